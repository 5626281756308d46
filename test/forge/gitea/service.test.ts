import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as z from "zod";
import { GITEA_EVENTS } from "../../../src/app/doctor/gitea/check-repository-access.ts";
import { describeReal } from "../../real/component.ts";
import { askGitea, type GiteaAccount } from "../../real/gitea/account.ts";
import { botEnvironment, HELLO, SMALL_FLEET } from "../../real/gitea/fleet.ts";
import { type Gitea, startGitea } from "../../real/gitea/gitea.ts";
import { createGiteaRepository, type GiteaRepository } from "../../real/gitea/repository.ts";
import { serve } from "../../support/cli/serve.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

vi.setConfig({ testTimeout: 300_000 });

describeReal("gitea", "raos serve on a real Gitea", () => {
  let gitea: Gitea;
  let owner: GiteaAccount;
  let bot: GiteaAccount;
  beforeAll(async () => {
    gitea = await startGitea();
    owner = await gitea.user("robin");
    bot = await gitea.user("raos-bot");
  });
  afterAll(() => gitea?.stop());

  /** The owner lets the Gitea knock at the bot's door, with a secret. */
  const addHook = (repository: GiteaRepository, url: string, secret: string) =>
    repository.ask("POST", "/hooks", {
      type: "gitea",
      active: true,
      events: GITEA_EVENTS,
      config: { url: `${url}/api/github/webhooks`, content_type: "json", secret },
    });
  const metric = async (url: string, line: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(
      text
        .split("\n")
        .find((one) => one.startsWith(`${line} `))
        ?.split(" ")[1] ?? 0,
    );
  };

  test("from an account's token to a merged pull request: every step comes by a webhook that the Gitea signed", async () => {
    const repository = await createGiteaRepository(owner, bot, SMALL_FLEET);
    const env = botEnvironment(bot);
    const served = await serve([], env);
    await addHook(repository, served.url, env.WEBHOOK_SECRET ?? "");
    const forge = await repository.forge();
    // The first round finds the repository, since the account may push to it.
    const first = await waitFor(async () => (await forge.pullRequests([])).pulls[0], 200);
    expect(first).toMatchObject({ botOnly: true, textByBot: true, openedByBot: true, base: "main" });
    expect(first.title).toContain("acme/hello");

    // A push with another agent brings the second pull request.
    const other = SMALL_FLEET[HELLO]?.replaceAll("hello", "bye").replace("Greet", "Take leave of");
    await repository.commit("main", { "agents/acme/bye.yaml": other });
    const second = await waitFor(
      async () => (await forge.pullRequests([])).pulls.find(({ title }) => title.includes("acme/bye")),
      200,
    );

    // A person merges one; its files are on the default branch, and the bot proposes nothing more for it.
    await repository.merge(first.number);
    await waitUntil(
      async () => (await metric(served.url, 'raos_webhooks_total{event="pull_request",result="queued"}')) > 0,
    );
    const files = await (await repository.fetched()).git("ls-tree", "-r", "--name-only", "main");
    expect(files).toContain("deploy/production/acme/hello/values.yaml");

    // A person's commit on the other: the bot says once that it keeps its hands off.
    await repository.commit(second.branch, { "deploy/production/acme/bye/values.yaml": "mine: true\n" });
    await repository.commit("main", { "agents/acme/bye.yaml": other?.replace("Take leave", "Say goodbye") });
    const theirs = await waitFor(async () => {
      const now = await forge.pull(second.number);
      return now?.handsOff === true ? now : undefined;
    }, 200);
    expect(theirs).toMatchObject({ state: "open", botOnly: false });
    expect(await repository.branchHead(second.branch)).toBe(theirs.head);

    // A person's pull request with a mistake gets the check.
    await repository.setBranch("topic", await repository.branchHead("main"));
    const broken = await repository.commit("topic", {
      [HELLO]: SMALL_FLEET[HELLO]?.replace("description", "descriptoin"),
    });
    await repository.ask("POST", "/pulls", { head: "topic", base: "main", title: "A mistake" });
    const Statuses = z.array(z.object({ context: z.string(), status: z.string(), description: z.string() }));
    const [status] = await waitFor(async () => {
      const found = Statuses.parse(await repository.ask("GET", `/commits/${broken}/statuses`));
      return found.length > 0 ? found : undefined;
    }, 200);
    expect(status).toMatchObject({ context: "raos", status: "failure" });
    expect(status?.description).toContain(HELLO);

    // A command in a comment is answered, once.
    await repository.ask("POST", `/issues/${second.number}/comments`, { body: "/raos help" });
    const Comments = z.array(z.object({ body: z.string(), user: z.object({ login: z.string() }) }));
    await waitUntil(async () => {
      const comments = Comments.parse(await repository.ask("GET", `/issues/${second.number}/comments`));
      return comments.some(({ body, user }) => user.login === bot.login && body.includes("/raos plan"));
    }, 100);

    // An issue becomes a request with its label, and is answered by the same way; here no model is configured.
    const Numbered = z.object({ id: z.int(), number: z.int().optional() });
    const label = Numbered.parse(await repository.ask("POST", "/labels", { name: "raos-create", color: "#0e8a16" }));
    const wish = Numbered.parse(await repository.ask("POST", "/issues", { title: "An agent that sings" }));
    await askGitea(owner, "PUT", `/repos/${repository.name}/collaborators/${bot.login}`, { permission: "admin" });
    await repository.ask("POST", `/issues/${wish.number}/labels`, { labels: [label.id] });
    await waitUntil(async () => {
      const comments = Comments.parse(await repository.ask("GET", `/issues/${wish.number}/comments`));
      return comments.some(({ body }) => body.includes("no model is configured"));
    }, 100);

    expect(await served.stop()).toBe(0);
    expect(JSON.stringify(served.log)).not.toContain(bot.token);
    await repository.end();
  });

  test("a webhook that is signed with another secret is refused", async () => {
    const repository = await createGiteaRepository(owner, bot, SMALL_FLEET);
    const served = await serve(["--repo", repository.address], botEnvironment(bot));
    await waitUntil(() => served.log.some(({ msg }) => msg === "repository reconciled"), 100);
    await addHook(repository, served.url, "another secret");
    await repository.commit("main", { "README.md": "Read me\n" });
    await waitUntil(
      async () => (await metric(served.url, 'raos_webhooks_total{event="unknown",result="refused"}')) > 0,
    );
    expect(await metric(served.url, 'raos_webhooks_total{event="push",result="queued"}')).toBe(0);
    await repository.end();
  });

  test("without --repo, what nothing can be proposed in is not served", async () => {
    const someone = await gitea.user("alex");
    const own = await gitea.user("raos-other");
    const [archived, readable, fine] = [
      await createGiteaRepository(someone, own, SMALL_FLEET),
      await createGiteaRepository(someone, own, SMALL_FLEET),
      await createGiteaRepository(someone, own, SMALL_FLEET),
    ];
    await archived.ask("PATCH", "", { archived: true });
    await askGitea(someone, "PUT", `/repos/${readable.name}/collaborators/${own.login}`, { permission: "read" });
    const served = await serve([], botEnvironment(own));
    await waitUntil(() => served.log.some(({ msg }) => msg === "repository reconciled"), 100);
    const reconciled = served.log.filter(({ msg }) => msg === "repository reconciled");
    expect(reconciled).toMatchObject([{ repo: fine.address }]);
    expect(served.log.some(({ msg }) => msg.includes("not reconciled"))).toBe(false);
    for (const one of [archived, readable, fine]) await one.end();
  });
});
