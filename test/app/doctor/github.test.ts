import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { freePorts } from "../../real/process/loopback.ts";
import { push } from "../../servers/github/model/people.ts";
import { issueUserToken } from "../../servers/github/model/sign-in.ts";
import { APP_PERMISSIONS, addAccount, addRepository, install } from "../../servers/github/model/world.ts";
import { listen } from "../../servers/loopback.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait.ts";
import { appFleet, configOf, doctor, FILES, of } from "./doctor.ts";

/** An address at which nobody listens. */
const [PORT = 0] = await freePorts(1);
const DEAD = `http://127.0.0.1:${PORT}`;

describe("the credential", () => {
  test("of an App that has all it needs", async () => {
    const { env, github } = await appFleet();
    const found = await doctor(temporaryFolder(), [], env);
    expect(of(found, "github")).toEqual([{ status: "ok", message: `${github.url} accepts the App raos-test (4242)` }]);
    expect(of(found, "installation")).toEqual([{ status: "ok", message: "it has every permission and event" }]);
    expect(of(found, "repository acme/fleet")).toEqual([
      { status: "ok", message: "default branch main, no problems in its specs" },
    ]);
    expect(of(found, "chart")).toEqual([{ status: "ok", message: "charts/agent is a chart of the repository" }]);
    expect(github.requests.filter(({ method, path }) => method !== "GET" && !path.endsWith("/access_tokens"))).toEqual(
      [],
    );
  });

  test("of a person, and a wrong one", async () => {
    const { github } = await appFleet();
    const server = { GITHUB_SERVER_URL: github.url, GITHUB_API_URL: github.url };
    const argv = ["--repo", `${github.url}/acme/fleet`];
    const env = { ...server, GITHUB_TOKEN: issueUserToken(github.world, "robin") };
    const good = await doctor(temporaryFolder(), argv, env);
    expect(of(good, "github")).toEqual([{ status: "ok", message: `${github.url} accepts the token of robin` }]);
    expect(of(good, "repository")).toMatchObject([{ status: "ok" }]);
    const wrong = `ghp_${"A1b2C3d4".repeat(5)}`;
    const bad = await doctor(temporaryFolder(), argv, { ...server, GITHUB_TOKEN: wrong });
    expect(of(bad, "github")).toEqual([
      {
        status: "failed",
        message: expect.stringMatching(/^ask who signs in: GitHub answered 401/),
        fix: expect.stringMatching(/^GITHUB_TOKEN is wrong/),
      },
    ]);
    expect(of(bad, "repository")).toMatchObject([{ status: "failed" }]);
    expect(JSON.stringify([...good, ...bad])).not.toMatch(/ghp_/);
  });

  test("a key of another App, no number, no GitHub there", async () => {
    const { env } = await appFleet();
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const other = await doctor(temporaryFolder(), [], { ...env, PRIVATE_KEY: privateKey });
    expect(of(other, "github")).toEqual([
      {
        status: "failed",
        message: expect.stringMatching(/^sign in as the App: GitHub answered 401/),
        fix: expect.stringMatching(/^APP_ID and PRIVATE_KEY do not belong together/),
      },
    ]);
    // One mistake is said once.
    expect(other.filter(({ status }) => status === "failed")).toHaveLength(1);
    const noNumber = await doctor(temporaryFolder(), [], { ...env, APP_ID: "raos" });
    expect(of(noNumber, "github")).toEqual([{ status: "failed", message: "APP_ID is a whole number" }]);
    const half = await doctor(temporaryFolder(), [], { APP_ID: "1" });
    expect(of(half, "github")).toMatchObject([
      { status: "failed", message: expect.stringContaining("PRIVATE_KEY_PATH") },
    ]);
    const dead = { ...env, GITHUB_SERVER_URL: DEAD, GITHUB_API_URL: DEAD };
    const down = await doctor(temporaryFolder(), ["--repo", `${DEAD}/acme/fleet`], dead);
    expect(of(down, "github")).toEqual([
      {
        status: "failed",
        message: `sign in as the App: 127.0.0.1:${PORT} cannot be reached: 127.0.0.1 refuses the connection to port ${PORT} (ECONNREFUSED)`,
        fix: expect.stringContaining("GITHUB_SERVER_URL"),
      },
    ]);
    expect(JSON.stringify([other, noNumber, down])).not.toContain("PRIVATE KEY");
  });
});

describe("an installation", () => {
  test("is suspended", async () => {
    const { env, installation, github } = await appFleet();
    installation.suspendedAt = "2026-01-01T00:00:00Z";
    const found = await doctor(temporaryFolder(), [], env);
    expect(of(found, "installation acme")).toEqual([
      {
        status: "failed",
        message: "it is suspended, so RAOS does nothing there",
        fix: `unsuspend it: ${github.url}/organizations/acme/settings/installations/${installation.id}`,
      },
    ]);
  });

  test("lacks permissions: some wait to be accepted, some the App does not ask for", async () => {
    const { env, installation, github } = await appFleet();
    const { app } = github.world;
    const { merge_queues: _, checks: __, ...asked } = APP_PERMISSIONS;
    app.permissions = { ...asked, checks: "write" };
    installation.permissions = { ...asked, checks: "read" };
    installation.events = ["push", "pull_request", "check_run", "repository", "issues", "issue_comment", "check_suite"];
    const found = await doctor(temporaryFolder(), [], env);
    expect(of(found, "installation acme")).toEqual([
      {
        status: "warning",
        message: 'it lacks "checks" (write): pull requests have no check of RAOS',
        fix: `it waits to be accepted: ${github.url}/organizations/acme/settings/installations/${installation.id}/permissions/update`,
      },
      {
        status: "warning",
        message: 'it lacks "merge queues" (read): groups of a merge queue have no check of RAOS',
        fix: `let the App ask for it, then accept it: ${github.url}/organizations/acme/settings/apps/raos-test/permissions`,
      },
      {
        status: "warning",
        message: 'it is not sent "merge group": what these tell is seen on the timer only',
        fix: `subscribe the App to them: ${github.url}/organizations/acme/settings/apps/raos-test/permissions`,
      },
    ]);
  });

  test("lacks what RAOS cannot do without, on a person's account", async () => {
    const { env, github, person } = await appFleet();
    const { contents: _, ...rest } = APP_PERMISSIONS;
    const own = install(github.world, person, rest);
    const found = await doctor(temporaryFolder(), [], env);
    expect(of(found, "installation robin")).toEqual([
      {
        status: "failed",
        message: 'it lacks "contents" (write): RAOS cannot read specs or write branches',
        fix: `it waits to be accepted: ${github.url}/settings/installations/${own.id}/permissions/update`,
      },
    ]);
  });

  test("is nowhere", async () => {
    const { env, github } = await appFleet();
    github.world.installations.clear();
    const found = await doctor(temporaryFolder(), [], env);
    expect(of(found, "installations")).toEqual([
      {
        status: "failed",
        message: "the App raos-test is not installed anywhere",
        fix: `install it: ${github.url}/apps/raos-test/installations/new`,
      },
    ]);
    expect(of(found, "repositories")).toMatchObject([{ status: "off" }]);
  });
});

describe("the webhook", () => {
  /** An App whose webhook goes to a service that answers this, after a push. */
  async function delivered(status: number, path = "/api/github/webhooks") {
    const url = await listen((request, response) => {
      request.resume().on("end", () => response.writeHead(status).end());
    });
    const fleet = await appFleet(FILES, { hookUrl: `${url}${path}?token=hush` });
    await waitUntil(() => fleet.github.webhooks.deliveries.length > 0);
    return { ...fleet, url };
  }

  test("arrives", async () => {
    const { env, url } = await delivered(202);
    expect(of(await doctor(temporaryFolder(), [], env), "webhook")).toEqual([
      { status: "ok", message: `${url}/api/github/webhooks took the last 1 deliveries, the newest 0 min ago` },
    ]);
  });

  test.each([
    [401, "was answered 401", /^WEBHOOK_SECRET is another one/],
    [404, "was answered 404", /^what answers there is not raos serve/],
    [503, "was answered 503", /^see the log of raos serve/],
  ])("is answered %i", async (status, outcome, fix) => {
    const { env } = await delivered(status);
    expect(of(await doctor(temporaryFolder(), [], env), "webhook")).toEqual([
      { status: "failed", message: `the last delivery (push, 0 min ago) ${outcome}`, fix: expect.stringMatching(fix) },
    ]);
  });

  test("gets no answer", async () => {
    const { env, github } = await appFleet(FILES, { hookUrl: `${DEAD}/api/github/webhooks` });
    await waitUntil(() => github.webhooks.deliveries.length > 0);
    expect(of(await doctor(temporaryFolder(), [], env), "webhook")).toEqual([
      {
        status: "failed",
        message: "the last delivery (push, 0 min ago) got no answer",
        fix: expect.stringMatching(/^is raos serve running/),
      },
    ]);
  });

  test("some were lost, and one was sent again", async () => {
    const fleet = await delivered(500);
    const url = await listen((request, response) => void request.resume().on("end", () => response.end()));
    fleet.github.webhooks.hookUrl = `${url}/api/github/webhooks`;
    await push(fleet.github.world, fleet.repository, fleet.person, "main", { "a.txt": "a" }, "More");
    await waitUntil(() => fleet.github.webhooks.deliveries.length > 1);
    expect(of(await doctor(temporaryFolder(), [], fleet.env), "webhook")).toMatchObject([
      { status: "warning", message: "the last delivery arrived 0 min ago; 1 of the last 2 did not" },
    ]);
    await fleet.github.webhooks.redeliver(1);
    expect(of(await doctor(temporaryFolder(), [], fleet.env), "webhook")).toMatchObject([{ status: "ok" }]);
  });

  test("there is none, nobody can tell, the address is another, and no secret is set", async () => {
    const { env, github } = await appFleet();
    const { WEBHOOK_SECRET: _, ...without } = env;
    expect(of(await doctor(temporaryFolder(), [], without), "webhook")).toMatchObject([
      { status: "off", message: "the App has no webhook: RAOS reads on its timer" },
      { status: "warning", message: expect.stringContaining("WEBHOOK_SECRET is not set") },
    ]);
    github.webhooks.hookUrl = "https://bot.acme.example/api/github/webhooks";
    expect(of(await doctor(temporaryFolder(), [], env), "webhook")).toMatchObject([
      { status: "warning", message: expect.stringContaining("nobody can tell whether it arrives") },
    ]);
    github.webhooks.hookUrl = "https://user:hush@bot.acme.example/hooks?secret=hush";
    const found = await doctor(temporaryFolder(), [], env);
    expect(of(found, "webhook")).toMatchObject([
      { status: "failed", message: "its address https://bot.acme.example/hooks is not that of raos serve" },
    ]);
    expect(JSON.stringify(found)).not.toContain("hush");
  });
});

describe("a repository", () => {
  test("that is archived, absent, empty, or has rules for the bot's branches", async () => {
    const { env, github, repository, person } = await appFleet();
    const { world, root, url } = github;
    repository.branchRules.set("raos/", [
      { type: "creation", ruleset_source_type: "Repository", ruleset_source: "acme/fleet", ruleset_id: 1 },
      { type: "required_signatures", ruleset_source_type: "Repository", ruleset_source: "acme/fleet", ruleset_id: 1 },
      { type: "non_fast_forward", ruleset_source_type: "Organization", ruleset_source: "acme", ruleset_id: 2 },
    ]);
    const old = await addRepository(world, { root, owner: "acme", name: "old" });
    old.isArchived = true;
    await addRepository(world, { root, owner: "acme", name: "empty" });
    const plain = await addRepository(world, { root, owner: "acme", name: "plain" });
    await push(world, plain, person, "main", { "README.md": "nothing\n" }, "Nothing");
    const all = await doctor(temporaryFolder(), [], env);
    expect(of(all, "repository acme/fleet")).toEqual([
      {
        status: "warning",
        message: "rules hold for the branches raos/**: nobody may create them; nobody may rebuild them (force push)",
        fix: `leave raos/** out of these rulesets, or let RAOS' App bypass them: ${url}/acme/fleet/settings/rules`,
      },
      { status: "ok", message: "default branch main, no problems in its specs" },
    ]);
    expect(of(all, "repository acme/empty")).toMatchObject([
      { status: "warning", message: "its default branch main has no commit" },
    ]);
    expect(of(all, "repository acme/plain")).toMatchObject([
      { status: "off", message: "it has no raos.yaml and no agent" },
    ]);
    // The App's own list leaves archived ones out.
    expect(of(all, "repository acme/old")).toEqual([]);
    const one = await doctor(temporaryFolder(), ["--repo", `${url}/acme/old`], env);
    expect(of(one, "repository")).toEqual([{ status: "off", message: "it is archived, so RAOS leaves it alone" }]);
    const none = await doctor(temporaryFolder(), ["--repo", `${url}/acme/none`], env);
    expect(of(none, "repository")).toMatchObject([
      { status: "failed", message: "there is no such repository, or this credential may not see it" },
    ]);
    const foreign = await doctor(temporaryFolder(), ["--repo", "https://github.evil.example/acme/fleet"], env);
    expect(of(foreign, "repository")).toMatchObject([
      { status: "failed", message: expect.stringContaining("credentials are sent to") },
    ]);
  });

  test("that the token may only read", async () => {
    const { github, repository } = await appFleet();
    addAccount(github.world, "reader", "User");
    repository.collaborators.set("reader", "read");
    const env = {
      ...{ GITHUB_SERVER_URL: github.url, GITHUB_API_URL: github.url },
      GITHUB_TOKEN: issueUserToken(github.world, "reader"),
    };
    const found = await doctor(temporaryFolder(), ["--repo", `${github.url}/acme/fleet`], env);
    expect(of(found, "repository")).toMatchObject([
      { status: "failed", message: "the token may read it, and not write" },
    ]);
  });

  test("whose raos.yaml is broken, whose specs have problems, whose chart is not there", async () => {
    const { env, github, repository, person } = await appFleet({ ...FILES, "raos.yaml": "kind: [\n" });
    const broken = await doctor(temporaryFolder(), [], env);
    expect(of(broken, "repository acme/fleet")).toMatchObject([
      {
        status: "failed",
        message: expect.stringMatching(/^raos\.yaml cannot be read: raos\.yaml:\d+: /),
        fix: "raos validate says all of it",
      },
    ]);
    const files = {
      "raos.yaml": configOf({ chart: { path: "charts/other" } }),
      "agents/support/a.yaml":
        "apiVersion: raos.dev/v1alpha1\nkind: Agent\nmetadata: {name: a, namespace: support}\nspec: {descrption: x}\n",
    };
    await push(github.world, repository, person, "main", files, "Worse");
    const worse = await doctor(temporaryFolder(), [], env);
    expect(of(worse, "repository acme/fleet")).toMatchObject([
      {
        status: "warning",
        message: expect.stringMatching(
          /^default branch main, \d+ problems? in its files, the first in agents\/support\/a\.yaml:4: /,
        ),
      },
    ]);
    expect(of(worse, "chart")).toMatchObject([
      { status: "failed", message: "charts/other/Chart.yaml is not in the default branch, so nothing can be deployed" },
    ]);
  });

  test("two have one Prometheus: it is asked once", async () => {
    const asked: string[] = [];
    const prometheus = await listen((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(500).end();
    });
    const files = { ...FILES, "raos.yaml": configOf({ prometheus: { url: prometheus } }) };
    const { env, github, person } = await appFleet(files);
    const twin = await addRepository(github.world, { root: github.root, owner: "acme", name: "twin" });
    await push(github.world, twin, person, "main", files, "The same");
    const found = await doctor(temporaryFolder(), [], env);
    expect(found.map(({ check }) => check).filter((check) => check.startsWith("prometheus"))).toEqual([
      "prometheus default (acme/fleet)",
    ]);
    expect(asked).toHaveLength(2);
  });
});

test("the text is in columns, each failure with what to do below it", async () => {
  const { env, installation } = await appFleet();
  installation.suspendedAt = "2026-01-01T00:00:00Z";
  const { code, out } = await raos(temporaryFolder(), ["doctor"], env);
  expect(code).toBe(1);
  const lines = out.split("\n");
  const at = lines.findIndex((line) => line.startsWith("failed   installation acme"));
  expect(lines[at]).toMatch(/^failed {3}installation acme {2}it is suspended, so RAOS does nothing there$/);
  expect(lines[at + 1]).toMatch(/^ {28}→ unsuspend it: http/);
  expect(lines.at(-2)).toMatch(/^\d+ ok, \d+ warnings, 1 failed, \d+ off$/);
});
