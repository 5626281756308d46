import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeReal } from "../../real/component.ts";
import { askGitea, type GiteaAccount } from "../../real/gitea/account.ts";
import { botEnvironment, HELLO, SMALL_FLEET } from "../../real/gitea/fleet.ts";
import { type Gitea, startGitea } from "../../real/gitea/gitea.ts";
import { createGiteaRepository, type GiteaRepository } from "../../real/gitea/repository.ts";
import { serve } from "../../support/cli/serve.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

vi.setConfig({ testTimeout: 300_000 });

const configOf = (spec: string) => `apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: ${spec}\n`;

describeReal("gitea", "an organisation on a real Gitea", () => {
  let gitea: Gitea;
  let owner: GiteaAccount;
  let bot: GiteaAccount;
  beforeAll(async () => {
    gitea = await startGitea();
    owner = await gitea.user("robin");
    bot = await gitea.user("raos-bot");
  });
  afterAll(() => gitea?.stop());

  const titles = async (repository: GiteaRepository) =>
    (await (await repository.forge()).pullRequests([])).pulls.map(({ title }) => title);

  test("is inherited and heard when it changes; a repository with specs, with the topic, or named is asked to configure RAOS", async () => {
    const named = "{environments: [{name: eu}], onboarding: {repositories: [chosen]}}";
    const organisation = await createGiteaRepository(owner, bot, { "raos.yaml": configOf(named) }, ".github");
    const inheriting = await createGiteaRepository(owner, bot, { ...SMALL_FLEET, "raos.yaml": configOf("{}") });
    const specs = await createGiteaRepository(owner, bot, { [HELLO]: SMALL_FLEET[HELLO] ?? "" });
    const tagged = await createGiteaRepository(owner, bot, { "README.md": "Agents to come\n" });
    await askGitea(owner, "PUT", `/repos/${tagged.name}/topics`, { topics: ["raos"] });
    const chosen = await createGiteaRepository(owner, bot, { "README.md": "Agents to come\n" }, "chosen");
    const plain = await createGiteaRepository(owner, bot, { "README.md": "No agents\n" });
    const all = [organisation, inheriting, specs, tagged, chosen, plain];

    const env = botEnvironment(bot);
    const served = await serve([], env);
    await organisation.ask("POST", "/hooks", {
      ...{ type: "gitea", active: true, events: ["push"] },
      config: { url: `${served.url}/api/github/webhooks`, content_type: "json", secret: env.WEBHOOK_SECRET },
    });
    await waitUntil(() => served.log.filter(({ msg }) => msg === "repository reconciled").length >= all.length, 400);
    const found: Record<string, readonly string[]> = {};
    for (const [name, one] of Object.entries({ organisation, inheriting, specs, tagged, chosen, plain }))
      found[name] = await titles(one);
    expect(found).toEqual({
      organisation: [],
      inheriting: [expect.stringContaining("acme/hello")],
      specs: ["Configure RAOS"],
      tagged: ["Configure RAOS"],
      chosen: ["Configure RAOS"],
      plain: [],
    });

    // A push to the organisation's repository reaches the others.
    await organisation.commit("main", { "raos.yaml": configOf("{environments: [{name: us}]}") });
    const forge = await inheriting.forge();
    const [pull] = (await forge.pullRequests([])).pulls;
    await waitFor(async () => {
      const files = await (await inheriting.fetched()).git("ls-tree", "-r", "--name-only", pull?.branch ?? "main");
      return files.includes("deploy/us/acme/hello/values.yaml") ? true : undefined;
    }, 200);
    // RAOS is not wanted any more where only the organisation asked for it.
    await waitUntil(async () => (await titles(chosen)).length === 0, 200);
    expect(await titles(tagged)).toEqual(["Configure RAOS"]);
    expect(await served.stop()).toBe(0);
    for (const one of all) await one.end();
  });
});
