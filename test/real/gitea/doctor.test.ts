import { afterAll, beforeAll, expect, test } from "vitest";
import { GITEA_EVENTS } from "../../../src/app/doctor/gitea/check-repository-access.ts";
import { doctor, of } from "../../app/doctor/doctor.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { describeReal } from "../component.ts";
import { freePorts } from "../process/loopback.ts";
import { askGitea, createToken, type GiteaAccount } from "./account.ts";
import { botEnvironment, SMALL_FLEET } from "./fleet.ts";
import { type Gitea, startGitea } from "./gitea.ts";
import { createGiteaRepository, type GiteaRepository } from "./repository.ts";

describeReal("gitea", "raos doctor and a real Gitea", () => {
  let gitea: Gitea;
  let owner: GiteaAccount;
  let bot: GiteaAccount;
  let repository: GiteaRepository;
  beforeAll(async () => {
    gitea = await startGitea();
    owner = await gitea.user("robin");
    bot = await gitea.user("raos-bot");
    repository = await createGiteaRepository(owner, bot, SMALL_FLEET);
  }, 120_000);
  afterAll(async () => {
    await repository?.end();
    await gitea?.stop();
  });

  const asked = (env: Readonly<Record<string, string>>, ...argv: readonly string[]) =>
    doctor(temporaryFolder(), argv, env);
  const withToken = (token: string) => ({ ...botEnvironment(bot), GITEA_TOKEN: token });
  const addHook = (hook: object) =>
    repository.ask("POST", "/hooks", {
      ...{ type: "gitea", active: true, events: ["push", "pull_request", "pull_request_sync"] },
      ...{ config: { url: "https://raos.example/api/github/webhooks", content_type: "json", secret: "s" } },
      ...hook,
    });

  test("the server and a token with every scope; the account's repositories are looked at", {
    timeout: 120_000,
  }, async () => {
    const found = await asked(botEnvironment(bot));
    expect(of(found, "gitea")).toEqual([
      { status: "ok", message: expect.stringMatching(/^http:\S+ \(1\.\d+\S*\) accepts the token of raos-bot$/) },
    ]);
    expect(of(found, `repository ${repository.name}`)).toMatchObject([{ status: "ok" }]);
    expect(of(found, "webhook")).toEqual([
      { status: "off", message: expect.stringContaining("nobody can tell"), fix: expect.any(String) },
    ]);
    expect(JSON.stringify(found)).not.toContain(bot.token);
  });

  test.each<readonly [string, readonly string[], string, string, string]>([
    [
      "no scope for pull requests",
      ["read:user", "write:issue", "read:organization"],
      "gitea token",
      "failed",
      "write:repository",
    ],
    [
      "one to read alone",
      ["read:user", "read:repository", "write:issue", "read:organization"],
      "gitea token",
      "failed",
      "write:repository",
    ],
    [
      "no scope for issues",
      ["read:user", "write:repository", "read:organization"],
      "gitea token",
      "warning",
      "write:issue",
    ],
    [
      "no scope for organisations",
      ["read:user", "write:repository", "write:issue"],
      "gitea token",
      "warning",
      "read:organization",
    ],
    ["no scope for its own account", ["write:repository"], "gitea", "failed", "read:user"],
  ])("a token with %s", { timeout: 60_000 }, async (_, scopes, check, status, named) => {
    const before = await askGitea(owner, "GET", `/repos/${repository.name}/issues?state=all`);
    const found = await asked(withToken(await createToken(gitea.url, bot.login, scopes)));
    const said = found.filter((one) => one.check === check && one.status !== "ok");
    expect(said).toMatchObject([
      { status, message: expect.stringContaining(named), fix: expect.stringContaining("make a token") },
    ]);
    expect(await askGitea(owner, "GET", `/repos/${repository.name}/issues?state=all`)).toEqual(before);
  });

  test("a wrong token, no token, no server, and what is no Gitea", { timeout: 60_000 }, async () => {
    const wrong = await asked(withToken("0123456789abcdef0123456789abcdef01234567"));
    expect(of(wrong, "gitea")).toMatchObject([
      {
        status: "failed",
        message: expect.stringContaining("401"),
        fix: expect.stringContaining("GITEA_TOKEN is wrong"),
      },
    ]);
    expect(of(await asked({ GITEA_URL: gitea.url }), "gitea")).toMatchObject([
      { status: "failed", message: expect.stringContaining("set GITEA_TOKEN") },
    ]);
    expect(of(await asked({ GITEA_TOKEN: bot.token }), "gitea")).toMatchObject([
      { status: "failed", message: expect.stringContaining("GITEA_URL is not set") },
    ]);
    const [port = 0] = await freePorts(1);
    for (const url of [`http://127.0.0.1:${port}`, `${gitea.url}/below`])
      expect(of(await asked({ ...botEnvironment(bot), GITEA_URL: url }), "gitea")).toMatchObject([
        { status: "failed", message: `no Gitea or Forgejo answers at ${url}` },
      ]);
  });

  test("webhooks, as an administrator of the repository sees them", { timeout: 120_000 }, async () => {
    await askGitea(owner, "PUT", `/repos/${repository.name}/collaborators/${bot.login}`, { permission: "admin" });
    const env = botEnvironment(bot);
    const hooks = async () => of(await asked(env, "--repo", repository.address), "webhook");
    expect(await hooks()).toMatchObject([{ status: "off", message: expect.stringContaining("has none that ends in") }]);
    await addHook({ active: false });
    expect(await hooks()).toMatchObject([{ status: "failed", message: expect.stringContaining("is not active") }]);
    await addHook({});
    expect(await hooks()).toMatchObject([
      { status: "warning", message: expect.stringMatching(/does not send .*status/) },
    ]);
    const listed = await repository.ask("GET", "/hooks");
    for (const hook of Array.isArray(listed) ? listed : [])
      await repository.ask("PATCH", `/hooks/${hook.id}`, { events: GITEA_EVENTS, active: true });
    expect(await hooks()).toMatchObject([
      { status: "ok", message: "it sends every event to https://raos.example/api/github/webhooks" },
    ]);
    const { WEBHOOK_SECRET: _, ...silent } = env;
    expect(of(await asked(silent, "--repo", repository.address), "webhook")).toMatchObject([
      { status: "ok" },
      { status: "warning", message: expect.stringContaining("WEBHOOK_SECRET is not set") },
    ]);
  });

  test("a repository that is not there, may only be read, or takes no pull requests", {
    timeout: 120_000,
  }, async () => {
    const env = botEnvironment(bot);
    const said = async (name: string) => of(await asked(env, "--repo", `${gitea.url}/${name}`), `repository ${name}`);
    expect(await said("robin/nothing")).toMatchObject([
      { status: "failed", message: expect.stringContaining("no such repository") },
    ]);
    await askGitea(owner, "POST", "/user/repos", { name: "open", default_branch: "main", auto_init: true });
    expect(await said("robin/open")).toMatchObject([
      { status: "failed", message: expect.stringContaining("and not write") },
    ]);
    await askGitea(owner, "PUT", "/repos/robin/open/collaborators/raos-bot", { permission: "write" });
    await askGitea(owner, "PATCH", "/repos/robin/open", { has_pull_requests: false });
    expect(await said("robin/open")).toMatchObject([
      { status: "failed", message: expect.stringContaining("turned off") },
    ]);
    await askGitea(owner, "PATCH", "/repos/robin/open", { has_pull_requests: true, archived: true });
    expect(await said("robin/open")).toMatchObject([{ status: "off", message: expect.stringContaining("archived") }]);
  });
});
