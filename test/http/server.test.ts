import { createHmac, randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import * as fc from "fast-check";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { WEBHOOK_PATH } from "../../src/domain/github/app-manifest.ts";
import type { Enqueued, Trigger } from "../../src/domain/trigger.ts";
import { createHttpListener, type HttpOptions } from "../../src/http/listener.ts";
import { type Service, startService } from "../../src/http/service.ts";
import { makeApp } from "../servers/github/model/sign-in.ts";
import { signWebhook } from "../support/forge/sign-webhook.ts";

const SECRET = "It's a Secret to Everybody";
const app = makeApp(7, "raos-test", SECRET);
const examples: readonly { readonly name: string; readonly examples: readonly Readonly<Record<string, unknown>>[] }[] =
  createRequire(import.meta.url)("@octokit/webhooks-examples/api.github.com/index.json");

const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop(1000);
});

async function start(changed: Partial<HttpOptions> = {}) {
  const triggers: Trigger[] = [];
  const metrics = new Registry();
  const listener = await createHttpListener({
    secret: SECRET,
    app: { appId: app.id, privateKey: app.privateKey },
    enqueue: (trigger): Enqueued => {
      triggers.push(trigger);
      return "queued";
    },
    metrics,
    notReady: () => undefined,
    warn: () => {},
    ...changed,
  });
  const service = await startService(listener, { host: "127.0.0.1", port: 0 });
  running.push(service);
  return { url: service.url, triggers, metrics };
}

function deliver(
  url: string,
  event: string,
  payload: unknown,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const all = {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": signWebhook(body, SECRET),
    ...headers,
  };
  const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return fetch(url + WEBHOOK_PATH, { method: "POST", headers: Object.fromEntries(kept), body });
}

const repository = { full_name: "acme/fleet", name: "fleet", owner: { login: "acme" }, default_branch: "main" };
const push = {
  ref: "refs/heads/main",
  before: "0".repeat(40),
  after: "1".repeat(40),
  repository,
  installation: { id: 5 },
  commits: [],
};
const SHA = "2".repeat(40);
const pull = (action: string, branch: string, merged = false, from = "acme/fleet") => ({
  action,
  number: 3,
  pull_request: { number: 3, merged, head: { ref: branch, repo: { full_name: from } } },
  repository,
  installation: { id: 5 },
});

const REVIEW = [{ kind: "review", repo: "acme/fleet", installation: 5 }];

describe("webhooks", () => {
  it.each([
    ["a push on the default branch", "push", push, [{ kind: "push", repo: "acme/fleet", installation: 5 }]],
    ["a push on another branch", "push", { ...push, ref: "refs/heads/topic" }, []],
    ["a tag named like the default branch", "push", { ...push, ref: "refs/tags/main" }, []],
    [
      "a merged pull request of the bot",
      "pull_request",
      pull("closed", "raos/agent/acme/triage", true),
      [{ kind: "merge", repo: "acme/fleet", installation: 5, pull: 3 }],
    ],
    [
      "a closed one",
      "pull_request",
      pull("closed", "raos/agent/acme/triage"),
      [{ kind: "pull", repo: "acme/fleet", installation: 5, pull: 3 }],
    ],
    [
      "a commit on one",
      "pull_request",
      pull("synchronize", "raos/agent/acme/triage"),
      [{ kind: "pull", repo: "acme/fleet", installation: 5, pull: 3 }],
    ],
    [
      "one from a fork that took the bot's branch name",
      "pull_request",
      pull("closed", "raos/agent/acme/triage", true, "mallory/fleet"),
      [],
    ],
    ["a person's pull request that is closed", "pull_request", pull("closed", "topic", true), []],
    ["a person's pull request: opened", "pull_request", pull("opened", "topic"), REVIEW],
    ["a person's pull request: edited", "pull_request", pull("edited", "topic"), REVIEW],
    ["a person's pull request: synchronize", "pull_request", pull("synchronize", "topic"), REVIEW],
    ["a person's pull request: reopened", "pull_request", pull("reopened", "topic"), REVIEW],
    [
      "a group of the merge queue",
      "merge_group",
      { action: "checks_requested", merge_group: { head_sha: SHA }, repository, installation: { id: 5 } },
      [{ kind: "review", repo: "acme/fleet", installation: 5 }],
    ],
    [
      "the button that runs a check again",
      "check_run",
      { action: "rerequested", check_run: { head_sha: SHA }, repository, installation: { id: 5 } },
      [{ kind: "review", repo: "acme/fleet", installation: 5, rerun: SHA }],
    ],
    [
      "the button that runs all checks again",
      "check_suite",
      { action: "rerequested", check_suite: { head_branch: null, head_sha: SHA }, repository, installation: { id: 5 } },
      [{ kind: "review", repo: "acme/fleet", installation: 5, rerun: SHA }],
    ],
    [
      "an installation",
      "installation",
      {
        action: "created",
        installation: { id: 6 },
        repositories: [{ full_name: "acme/one" }, { full_name: "acme/two" }],
      },
      [
        { kind: "repository", repo: "acme/one", installation: 6 },
        { kind: "repository", repo: "acme/two", installation: 6 },
      ],
    ],
    [
      "checks of a branch of the bot",
      "check_suite",
      {
        action: "completed",
        check_suite: { head_branch: "raos/alert/acme/triage", head_sha: SHA },
        repository,
        installation: { id: 5 },
      },
      [{ kind: "checks", repo: "acme/fleet", installation: 5 }],
    ],
    [
      "checks of somebody's branch",
      "check_suite",
      {
        action: "completed",
        check_suite: { head_branch: "topic", head_sha: SHA },
        repository,
        installation: { id: 5 },
      },
      [],
    ],
    [
      "a commit on one, as a Gitea says it",
      "pull_request",
      { ...pull("synchronized", "raos/agent/acme/triage"), installation: undefined },
      [{ kind: "pull", repo: "acme/fleet", installation: undefined, pull: 3 }],
    ],
    [
      "a pull request whose labels changed, on Gitea",
      "pull_request",
      { action: "label_updated", repository, pull_request: {} },
      [],
    ],
    [
      "a command in a comment on a Gitea, which does not say of which type an account is",
      "issue_comment",
      {
        action: "created",
        issue: { number: 3 },
        comment: { body: "/raos help" },
        sender: { login: "robin" },
        repository,
      },
      [{ kind: "comment", repo: "acme/fleet", installation: undefined }],
    ],
    [
      "an issue that is labelled as a request",
      "issues",
      {
        action: "labeled",
        issue: { number: 4, body: null, labels: [{ name: "bug" }, { name: "raos-create" }] },
        sender: { login: "robin", type: "User" },
        repository,
        installation: { id: 5 },
      },
      [{ kind: "comment", repo: "acme/fleet", installation: 5 }],
    ],
    [
      "an issue with another label",
      "issues",
      { action: "labeled", issue: { number: 4, labels: [{ name: "bug" }] }, sender: { type: "User" }, repository },
      [],
    ],
    [
      "an issue that is labelled as a request, as a Gitea says it",
      "issues",
      {
        action: "label_updated",
        issue: { number: 4, body: "", labels: [{ name: "raos-create" }] },
        sender: { login: "robin" },
        repository,
      },
      [{ kind: "comment", repo: "acme/fleet", installation: undefined }],
    ],
    [
      "a request whose issue is closed",
      "issues",
      { action: "closed", issue: { number: 4, labels: [{ name: "raos-create" }] }, sender: {}, repository },
      [],
    ],
    [
      "a status of a commit on a branch of the bot",
      "status",
      { state: "success", branches: [{ name: "topic" }, { name: "raos/agent/a/b" }], repository },
      [{ kind: "checks", repo: "acme/fleet", installation: undefined }],
    ],
    ["a status of somebody's commit", "status", { state: "success", branches: [{ name: "topic" }], repository }, []],
    [
      "a status on a Gitea, which names no branch",
      "status",
      { state: "failure", sha: SHA, repository: { ...repository, full_name: "acme.eu/fleet" } },
      [{ kind: "checks", repo: "acme.eu/fleet", installation: undefined }],
    ],
    ["a status that is not final", "status", { state: "pending", sha: SHA, repository }, []],
    ["a star", "star", { action: "created", repository }, []],
  ])("%s", async (_, event, payload, expected) => {
    const { url, triggers } = await start();
    const response = await deliver(url, event, payload);
    expect(response.status).toBe(200);
    expect(triggers).toEqual(expected);
  });

  it("takes every payload that GitHub publishes as an example", async () => {
    const { url, triggers } = await start();
    let sent = 0;
    for (const { name, examples: payloads } of examples) {
      for (const payload of payloads) {
        expect([name, (await deliver(url, name, payload)).status]).toEqual([name, 200]);
        sent++;
      }
    }
    expect(sent).toBeGreaterThan(300);
    expect(triggers.map(({ kind }) => kind)).toContain("repository");
  });

  it("is unmoved by a delivery that comes again, or late: it only rings", async () => {
    const { url, triggers } = await start();
    const guid = { "x-github-delivery": randomUUID() };
    for (let count = 0; count < 3; count++) expect((await deliver(url, "push", push, guid)).status).toBe(200);
    expect(new Set(triggers.map((trigger) => JSON.stringify(trigger))).size).toBe(1);
  });

  it.each([
    ["no signature", push, { "x-hub-signature-256": undefined }, 400],
    ["a wrong signature", push, { "x-hub-signature-256": signWebhook("something else", SECRET) }, 400],
    ["another secret's signature", push, { "x-hub-signature-256": signWebhook(JSON.stringify(push), "another") }, 400],
    [
      "SHA-1",
      push,
      { "x-hub-signature-256": `sha1=${createHmac("sha1", SECRET).update(JSON.stringify(push)).digest("hex")}` },
      400,
    ],
    ["an empty signature", push, { "x-hub-signature-256": "" }, 400],
    ["no event", push, { "x-github-event": undefined }, 400],
    ["no delivery id", push, { "x-github-delivery": undefined }, 400],
    ["a form", push, { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["no JSON, but signed", "{", {}, 400],
  ])("refuses %s", async (_, payload, headers, status) => {
    const { url, triggers, metrics } = await start();
    expect((await deliver(url, "push", payload, headers)).status).toBe(status);
    expect(triggers).toEqual([]);
    expect(await metrics.metrics()).toContain('raos_webhooks_total{event="unknown",result="refused"} 1');
  });

  it.each([
    "../../etc",
    "acme/..",
    "-x/fleet",
    "acme/fleet/more",
    "acme/fl eet",
    "https://evil/x",
    "acme\\fleet/x",
    "",
  ])("takes no repository called %j", async (full_name) => {
    const { url, triggers } = await start();
    const response = await deliver(url, "push", { ...push, repository: { ...repository, full_name } });
    expect([response.status, triggers]).toEqual([400, []]);
  });

  it("answers every signed payload with 200 or 400, whatever is in it", async () => {
    const { url } = await start();
    const events = [
      "push",
      "pull_request",
      "check_suite",
      "installation",
      "installation_repositories",
      "repository",
      "issue_comment",
      "issues",
      "status",
      "no_such",
    ];
    const actions = ["closed", "synchronize", "created", "added", "edited", undefined];
    const part = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constant(repository),
      fc.constant(pull("closed", "raos/x")),
    );
    const payloads = fc.record(
      {
        action: fc.constantFrom(...actions),
        ref: part,
        repository: part,
        pull_request: part,
        issue: part,
        state: part,
        installation: part,
        repositories: part,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...events), fc.oneof(payloads, fc.jsonValue()), async (event, payload) => {
        expect([200, 400]).toContain((await deliver(url, event, JSON.stringify(payload) ?? "null")).status);
      }),
      { numRuns: 1000 },
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("refuses what is too large, declared or not, and goes on", async () => {
    const { url, triggers } = await start({ largestBody: 1000 });
    expect((await deliver(url, "push", { ...push, padding: "x".repeat(1000) })).status).toBe(413);
    const chunked = await new Promise<number | undefined>((resolve) => {
      const request = httpRequest(
        url + WEBHOOK_PATH,
        {
          method: "POST",
          headers: { "transfer-encoding": "chunked", "x-hub-signature-256": signWebhook("another body", SECRET) },
        },
        (response) => resolve(response.statusCode),
      );
      request.on("error", () => {});
      for (let count = 0; count < 20; count++) request.write("x".repeat(100));
      request.end();
    });
    expect(chunked).toBe(413);
    expect((await deliver(url, "push", push)).status).toBe(200);
    expect(triggers).toHaveLength(1);
  });

  it("tells GitHub when there is no room, so that the delivery counts as failed", async () => {
    const { url, metrics } = await start({ enqueue: () => "full" });
    expect((await deliver(url, "push", push)).status).toBe(503);
    expect(await metrics.metrics()).toContain('raos_triggers_total{kind="push",outcome="full"} 1');
  });

  it.each(["", "  "])("does not start with the secret %j", async (secret) => {
    await expect(
      createHttpListener({
        secret,
        app: undefined,
        enqueue: () => "queued",
        metrics: new Registry(),
        notReady: () => undefined,
        warn: () => {},
      }),
    ).rejects.toThrow(/WEBHOOK_SECRET/);
  });

  it("works for a repository that is reconciled with a token", async () => {
    const { url, triggers } = await start({ app: undefined });
    expect((await deliver(url, "push", push)).status).toBe(200);
    expect(triggers).toHaveLength(1);
  });
});

describe("the other paths", () => {
  it("says how it is", async () => {
    let reason: string | undefined = "the repository was not read yet";
    const { url } = await start({ notReady: () => reason });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const early = await fetch(`${url}/readyz`);
    expect([early.status, await early.text()]).toEqual([503, "the repository was not read yet\n"]);
    reason = undefined;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('raos_http_request_duration_seconds_count{path="/readyz",status="503"} 1');
  });

  it.each([
    ["GET", "/", 404],
    ["GET", "/api/github/webhooks", 405],
    ["POST", "/metrics", 405],
    ["GET", "/probot", 404],
    ["GET", "/healthz/", 200],
    ["GET", "/healthz?x=1", 200],
    ["GET", "//healthz", 404],
  ])("%s %s → %i", async (method, path, status) => {
    const { url } = await start();
    expect((await fetch(url + path, { method })).status).toBe(status);
  });
});

describe("stopping", () => {
  it("answers what is under way and takes nothing new", async () => {
    let release: (() => void) | undefined;
    const service = await startService(
      (_, response) => {
        release = () => response.end("done");
      },
      { host: "127.0.0.1", port: 0 },
    );
    const under = fetch(service.url);
    while (release === undefined) await new Promise((resolve) => setImmediate(resolve));
    const stopped = service.stop(5000);
    await expect(fetch(service.url)).rejects.toThrow();
    release();
    expect(await (await under).text()).toBe("done");
    await stopped;
  });

  it("cuts off what does not end", async () => {
    const service = await startService(() => {}, { host: "127.0.0.1", port: 0 });
    const under = fetch(service.url);
    const cut = expect(under).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await service.stop(50);
    await cut;
  });
});
