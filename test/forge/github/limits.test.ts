import { inspect } from "node:util";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { ForgeError } from "../../../src/forge/forge.ts";
import { createPacer, GITHUB_PACE } from "../../../src/forge/github/client/pace.ts";
import { createInstallations } from "../../../src/forge/github/installations.ts";
import { readFault } from "../../servers/github/faults/faults.ts";
import { NO_LIMITS, REAL_LIMITS } from "../../servers/github/limits.ts";
import { issueUserToken } from "../../servers/github/model/sign-in.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { proposalFor } from "../../support/forge/proposal.ts";

const started: Fleet[] = [];
afterEach(async () => {
  for (const fleet of started.splice(0)) await fleet.github.close();
});

async function start(options: Parameters<typeof fleetOnGitHub>[1] = {}) {
  const fleet = await fleetOnGitHub({ "a.yaml": "a: 1\n" }, options);
  started.push(fleet);
  return { ...fleet, base: { branch: "main", sha: fleet.base ?? "" } };
}

describe("rate limits", () => {
  it("a secondary limit is waited out for as long as GitHub asks", async () => {
    const { github, forge, base } = await start();
    const waits: unknown[] = [];
    const patient = forge({ warn: (fields) => waits.push(fields.retryAfter) });
    await patient.pullRequests(Array.from({ length: 6 }, (_, index) => `raos/agent/acme/n${index}`));
    // Four writes "a minute", and a minute of one and a half seconds.
    github.limiter.limits = { ...NO_LIMITS, writesPerMinute: 4, retryAfter: 2, minute: 1500 };
    const pulls = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        patient.open(proposalFor(`n${index}`, { [`n${index}.yaml`]: "n\n" }), base),
      ),
    );
    expect(new Set(pulls.map(({ number }) => number)).size).toBe(6);
    expect(waits.length).toBeGreaterThan(0);
    expect(waits.every((seconds) => typeof seconds === "number" && seconds >= 1 && seconds <= 2)).toBe(true);
  });

  it("one that would take too long is an error that says so, and nothing was written", async () => {
    const { github, forge, base, repository } = await start();
    const hasty = forge({ patience: 5 });
    await hasty.pullRequests([]);
    github.limiter.limits = { ...REAL_LIMITS, writesPerMinute: 0 };
    const refused = hasty.open(proposalFor("a", { "a.yaml": "a: 2\n" }), base);
    await expect(refused).rejects.toMatchObject({ name: "ForgeError", code: "rate-limited" });
    expect(repository.pulls.size).toBe(0);
  });

  it("so is the primary limit, in GraphQL and in REST", async () => {
    const { github, forge } = await start();
    const hasty = forge({ patience: 5 });
    await hasty.defaultBranch();
    await hasty.pullRequests([]);
    github.limiter.limits = { ...NO_LIMITS, perHour: 1 };
    await expect(hasty.pullRequests([])).rejects.toMatchObject({ code: "rate-limited" });
    await expect(hasty.defaultBranch()).rejects.toMatchObject({ code: "rate-limited" });
    const enterprise = forge({ patience: 5, baseUrl: `${github.url}/api/v3` });
    await expect(enterprise.pullRequests([])).rejects.toMatchObject({ code: "rate-limited" });
  });

  it("are not met by the number of requests under way", async () => {
    const { github, forge, base } = await start();
    const warnings: unknown[] = [];
    const wide = forge({ concurrency: 6, warn: (...entry) => warnings.push(entry) });
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    await wide.pullRequests(names.map((name) => `raos/agent/acme/${name}`));
    github.limiter.limits = { ...NO_LIMITS, concurrent: 6 };
    await Promise.all(names.map((name) => wide.open(proposalFor(name, { [`${name}.yaml`]: "n\n" }), base)));
    expect(warnings).toEqual([]);
  });

  it("the primary limit is waited out where that is soon", async () => {
    const { forge } = await start({ limits: { ...NO_LIMITS, perHour: 3, window: 1500 } });
    const patient = forge();
    for (let count = 0; count < 5; count++) expect((await patient.pullRequests([])).complete).toBe(true);
  });
});

describe("the pace", () => {
  /** A clock that only waiting moves. */
  function clock() {
    const time = { now: 1_000_000 };
    return {
      time,
      now: () => time.now,
      wait: async (milliseconds: number) => {
        time.now += milliseconds;
      },
    };
  }

  it("never sends more than GitHub allows in any minute and any hour", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 120_000 }), { maxLength: 300 }), async (pauses) => {
        const { time, now, wait } = clock();
        const pacer = createPacer({ perMinute: 7, perHour: 40 }, now, wait);
        const sent: number[] = [];
        for (const pause of pauses) {
          time.now += pause;
          await pacer.turn();
          sent.push(now());
        }
        for (const [index, at] of sent.entries()) {
          expect(sent.filter((other, position) => position <= index && other > at - 60_000).length).toBeLessThanOrEqual(
            7,
          );
          expect(
            sent.filter((other, position) => position <= index && other > at - 3_600_000).length,
          ).toBeLessThanOrEqual(40);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("lets a burst through at once, and stays below GitHub's own limits", async () => {
    const { time, now, wait } = clock();
    const pacer = createPacer(GITHUB_PACE, now, wait);
    for (let count = 0; count < (GITHUB_PACE.perMinute ?? 0); count++) await pacer.turn();
    expect(time.now).toBe(1_000_000);
    await pacer.turn();
    expect(time.now).toBe(1_060_000);
    expect(GITHUB_PACE.perMinute).toBeLessThan(80);
    expect(GITHUB_PACE.perHour).toBeLessThan(500);
  });
});

describe("what is refused", () => {
  it.each([
    ["contents", { pull_requests: "write", contents: "read", metadata: "read" }],
    ["pull_requests", { pull_requests: "read", contents: "write", metadata: "read" }],
  ] as const)("an app without write on %s cannot open, and leaves nothing behind", async (_, permissions) => {
    const { installation, forge, base, repository } = await start();
    installation.permissions = permissions;
    await expect(forge().open(proposalFor("a", { "a.yaml": "a: 2\n" }), base)).rejects.toMatchObject({
      name: "ForgeError",
      code: "forbidden",
    });
    expect(repository.pulls.size).toBe(0);
    expect(await repository.git.git("for-each-ref", "--format=%(refname)", "refs/heads")).toBe("refs/heads/main\n");
  });

  it.each([
    ["a suspended installation", { kind: "app", suspended: true }, "forbidden"],
    ["a wrong token", { kind: "token", token: "ghp_wrong0000000000000000" }, "unauthorized"],
  ] as const)("%s", async (_, how, code) => {
    const { installation, forge } = await start();
    if (how.kind === "app") installation.suspendedAt = "2026-01-01T00:00:00Z";
    const refused = forge(how.kind === "token" ? { auth: how } : {});
    await expect(refused.defaultBranch()).rejects.toMatchObject({ name: "ForgeError", code });
    await expect(refused.pullRequests([])).rejects.toMatchObject({ name: "ForgeError", code });
  });

  it("a repository that is not there, and one that the app was not given", async () => {
    const { forge } = await start();
    await expect(forge({ name: "nothing" }).defaultBranch()).rejects.toMatchObject({ code: "not-found" });
    await expect(forge({ owner: "nobody" }).defaultBranch()).rejects.toMatchObject({ code: "not-found" });
  });

  it("a server that is not there", async () => {
    const { forge } = await start();
    await expect(forge({ baseUrl: "http://127.0.0.1:9" }).defaultBranch()).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  it("one that never answers counts as lost after the timeout", async () => {
    const { github, forge } = await start();
    const hasty = forge({ timeout: 200 });
    await hasty.pullRequests([]);
    github.faults.push(readFault({ kind: "hang", times: 1000, route: "POST /graphql" }));
    await expect(hasty.pull(1)).rejects.toMatchObject({ code: "unavailable" });
  });

  it("never with a credential in the message, the properties or what is logged", async () => {
    const { github, forge, base } = await start();
    const logged: unknown[] = [];
    const warn = (...entry: unknown[]) => logged.push(entry);
    const token = issueUserToken(github.world, "robin");
    const secrets = [
      token,
      await forge().gitCredential(),
      github.world.app.privateKey.split("\n")[3] ?? "-",
      Buffer.from(`x-access-token:${token}`).toString("base64"),
    ];
    const errors: unknown[] = [];
    for (const auth of [
      { kind: "token", token } as const,
      {
        kind: "app",
        appId: github.world.app.id,
        privateKey: github.world.app.privateKey,
        installationId: undefined,
      } as const,
    ]) {
      for (const kind of ["status", "reset", "truncate"]) {
        github.faults.push(readFault({ kind, effect: false, times: 1000, route: "POST /graphql" }));
        await forge({ auth, warn })
          .open(proposalFor("a", { "a.yaml": "a: 2\n" }), base)
          .catch((error: unknown) => errors.push(error));
        github.faults.splice(0);
      }
      await forge({ auth, warn, name: "nothing" })
        .defaultBranch()
        .catch((error: unknown) => errors.push(error));
      await forge({ auth, warn, baseUrl: "http://127.0.0.1:9" })
        .defaultBranch()
        .catch((error: unknown) => errors.push(error));
    }
    expect(errors).toHaveLength(10);
    expect(errors.every((error) => error instanceof ForgeError)).toBe(true);
    const text = inspect([errors, logged], { depth: 20, showHidden: true });
    for (const secret of secrets) expect(text.includes(secret)).toBe(false);
  });
});

describe("a person's token", () => {
  it("does the same in that person's name", async () => {
    const { github, forge, base } = await start();
    const token = issueUserToken(github.world, "robin");
    const asRobin = forge({ auth: { kind: "token", token } });
    const pull = await asRobin.open(proposalFor("a", { "a.yaml": "a: 2\n" }), base);
    expect(await asRobin.pull(pull.number)).toMatchObject({ botOnly: true, state: "open" });
    expect(await asRobin.gitCredential()).toBe(token);
    await asRobin.close(pull, "No longer needed.");
    expect(await asRobin.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: true });
  });
});

describe("the app's installations", () => {
  it("are listed with their repositories, less those that are suspended", async () => {
    const { github, installation } = await start();
    const { app } = github.world;
    const options = { appId: app.id, privateKey: app.privateKey, baseUrl: github.url };
    expect(await Array.fromAsync(createInstallations(options).repositories())).toMatchObject([
      { repo: "acme/fleet", installation: installation.id },
    ]);
    installation.suspendedAt = "2026-01-01T00:00:00Z";
    expect(await Array.fromAsync(createInstallations(options).repositories())).toEqual([]);
  });
});
