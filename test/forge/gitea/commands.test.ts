import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeReal } from "../../real/component.ts";
import { askGitea, createToken, type GiteaAccount } from "../../real/gitea/account.ts";
import { botEnvironment, HELLO, SMALL_FLEET } from "../../real/gitea/fleet.ts";
import { type Gitea, startGitea } from "../../real/gitea/gitea.ts";
import { createGiteaRepository, type GiteaRepository } from "../../real/gitea/repository.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

vi.setConfig({ testTimeout: 180_000 });

describeReal("gitea", "commands on a real Gitea", () => {
  let gitea: Gitea;
  let owner: GiteaAccount;
  let bot: GiteaAccount;
  beforeAll(async () => {
    gitea = await startGitea();
    owner = await gitea.user("robin");
    bot = await gitea.user("raos-bot");
  });
  afterAll(() => gitea?.stop());

  const fleet = (files = SMALL_FLEET) => createGiteaRepository(owner, bot, files);
  const reconcile = (repository: GiteaRepository, env: Readonly<Record<string, string>> = {}, ...argv: string[]) => {
    const all = { ...botEnvironment(bot), RAOS_CACHE: temporaryFolder(), ...env };
    return raos(temporaryFolder(), ["reconcile", "--repo", repository.address, ...argv], all);
  };

  test("plan shows, reconcile opens, a second one does nothing, a merge ends it", async () => {
    const repository = await fleet();
    const env = { ...botEnvironment(bot), RAOS_CACHE: temporaryFolder() };
    const planned = await raos(temporaryFolder(), ["plan", "--quiet", "--repo", repository.address], env);
    expect([planned.code, planned.out]).toEqual([0, expect.stringContaining("acme/hello")]);
    const first = await reconcile(repository, env);
    expect([first.code, first.out]).toEqual([0, expect.stringMatching(/opened +acme\/hello +#1\b/)]);
    const second = await reconcile(repository, { RAOS_CACHE: temporaryFolder() });
    expect([second.code, second.out]).toEqual([0, expect.not.stringMatching(/opened|updated|closed/)]);
    await repository.merge(1);
    const third = await reconcile(repository, env);
    expect([third.code, third.out]).toEqual([0, expect.not.stringMatching(/opened|updated|closed/)]);
    const issues = await raos(temporaryFolder(), ["issue", "list", "--repo", repository.address], env);
    expect([issues.code, issues.out]).toEqual([0, "no issues\n"]);
    await repository.end();
  });

  test("with --path the files of a folder are proposed, on branches of that folder", async () => {
    const inFolder = Object.fromEntries(
      Object.entries(SMALL_FLEET).map(([path, text]) => [
        `platform/${path}`,
        text.replace("spec: {env", "spec: {path: platform, env"),
      ]),
    );
    const repository = await fleet(inFolder);
    const ran = await reconcile(repository, {}, "--path", "platform", "--forge", "gitea");
    expect([ran.code, ran.err, ran.out]).toEqual([0, "", expect.stringMatching(/opened +acme\/hello +#1\b/)]);
    expect(await repository.ask("GET", "/pulls/1")).toMatchObject({
      head: { ref: "raos/at/platform/agent/acme/hello" },
    });
    const files = await (await repository.fetched()).git(
      "ls-tree",
      "-r",
      "--name-only",
      "raos/at/platform/agent/acme/hello",
    );
    expect(files).toContain("platform/deploy/production/acme/hello/values.yaml");
    await repository.end();
  });

  test("what a person closed stays closed, until the spec changes", async () => {
    const repository = await fleet();
    await reconcile(repository);
    await repository.ask("PATCH", "/pulls/1", { state: "closed" });
    const refused = await reconcile(repository);
    expect(refused.out).toMatch(/skipped +acme\/hello +#1 +closed-by-a-person/);
    await repository.commit("main", { [HELLO]: SMALL_FLEET[HELLO]?.replace("Greet", "Salute") });
    expect((await reconcile(repository)).out).toMatch(/opened +acme\/hello +#3\b/);
    await repository.end();
  });

  test("adopt closes what another account opened, and the next pass opens it again", async () => {
    const repository = await fleet();
    await reconcile(repository, { GITEA_TOKEN: owner.token });
    const env = { ...botEnvironment(bot), RAOS_CACHE: temporaryFolder() };
    expect((await reconcile(repository, env)).out).toContain("not-opened-by-raos");
    const adopted = await raos(temporaryFolder(), ["pr", "adopt", "1", "--repo", repository.address], env);
    expect([adopted.code, adopted.out]).toEqual([0, expect.stringContaining("adopted #1")]);
    expect((await reconcile(repository, env)).out).toMatch(/opened +acme\/hello +#2\b/);
    await repository.end();
  });

  test.each<[string, (repository: GiteaRepository) => Promise<Readonly<Record<string, string>>>, RegExp]>([
    ["a wrong token", async () => ({ GITEA_TOKEN: "0".repeat(40) }), /401/],
    [
      "a token that may not read repositories",
      async () => ({ GITEA_TOKEN: await createToken(gitea.url, bot.login, ["read:user"]) }),
      /403.*scope/,
    ],
    [
      "a token that may only read",
      async () => ({
        GITEA_TOKEN: await createToken(gitea.url, bot.login, ["read:user", "read:repository", "read:issue"]),
      }),
      /403|denied|cannot be pushed to/,
    ],
    [
      "an account that may only read",
      async ({ name }) => {
        await askGitea(owner, "PUT", `/repos/${name}/collaborators/${bot.login}`, { permission: "read" });
        return {};
      },
      /403|denied|cannot be pushed to/,
    ],
    [
      "an archived repository",
      async (repository) => {
        await repository.ask("PATCH", "", { archived: true });
        return {};
      },
      /archived/,
    ],
    [
      "pull requests that are turned off",
      async (repository) => {
        await repository.ask("PATCH", "", { has_pull_requests: false });
        return {};
      },
      /turn them on in the settings/,
    ],
    [
      "a private repository that the account does not see",
      async (repository) => {
        await repository.ask("DELETE", `/collaborators/${bot.login}`);
        await repository.ask("PATCH", "", { private: true });
        return {};
      },
      /there is no repository .*, or this token may not see it/,
    ],
  ])("%s is said in a sentence, and leaves nothing behind", async (_, prepare, words) => {
    const repository = await fleet();
    const env = await prepare(repository);
    const ran = await reconcile(repository, env);
    expect(`${ran.out}${ran.err}`).toMatch(words);
    expect(`${ran.out}${ran.err}`).not.toContain(env.GITEA_TOKEN ?? bot.token);
    expect(await repository.branchHead("raos/agent/acme/hello")).toBeUndefined();
    await repository.end();
  });

  test("a repository that was renamed says its new name", async () => {
    const repository = await fleet();
    await repository.ask("PATCH", "", { name: `${repository.name.split("/")[1]}-new` });
    const ran = await reconcile(repository);
    expect(`${ran.out}${ran.err}`).toContain(`${repository.name}-new`);
    await repository.end();
  });
});
