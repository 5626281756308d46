import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { push } from "../model/people.ts";
import { issueInstallationToken, issueUserToken } from "../model/sign-in.ts";
import { type Fleet, fleetOnGitHub } from "../setup.ts";
import { operations } from "./openapi.ts";

let fleet: Fleet;
let token: string;
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" });
  const { world } = fleet.github;
  token = issueInstallationToken(world, world.app, fleet.installation, fleet.installation.permissions, undefined).token;
});
afterEach(() => fleet.github.close());

async function ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(fleet.github.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, answer };
}

const REPO = "/repos/acme/fleet";

async function branch(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  await ask("POST", `${REPO}/git/refs`, { ref: `refs/heads/${name}`, sha: fleet.base });
  return push(fleet.github.world, fleet.repository, fleet.person, name, files, `On ${name}`);
}

describe("REST", () => {
  it("answers every route it has as GitHub's OpenAPI describes it", async () => {
    // The server itself checks each answer and says 599 where it is not what GitHub describes.
    await branch("topic", { "a.yaml": "a: 2\n" });
    const statuses: (readonly [string, number])[] = [];
    const seen = async (method: string, path: string, body?: unknown, as = token) => {
      const { status, answer } = await ask(method, path, body, { authorization: `Bearer ${as}` });
      statuses.push([`${method} ${path}`, status]);
      expect([`${method} ${path}`, status === 599 ? answer : "as described"]).toEqual([
        `${method} ${path}`,
        "as described",
      ]);
    };
    await seen("GET", REPO);
    await seen("GET", `${REPO}/git/ref/heads/main`);
    await seen("GET", `${REPO}/git/matching-refs/heads/to`);
    await seen("POST", `${REPO}/pulls`, { title: "Topic", head: "topic", base: "main", body: "Why" });
    await seen("GET", `${REPO}/pulls`);
    await seen("GET", `${REPO}/pulls/1`);
    await seen("GET", `${REPO}/pulls/1`);
    await seen("PATCH", `${REPO}/pulls/1`, { title: "Another" });
    await seen("POST", `${REPO}/issues/1/comments`, { body: "A remark" });
    await seen("GET", `${REPO}/issues/1/comments`);
    await seen("POST", `${REPO}/issues/1/labels`, { labels: ["raos", "new"] });
    await seen("PUT", `${REPO}/pulls/1/merge`, { merge_method: "merge" });
    await seen("GET", `${REPO}/pulls/1`);
    await seen("PATCH", `${REPO}/git/refs/heads/topic`, { sha: fleet.base, force: true });
    await seen("DELETE", `${REPO}/git/refs/heads/topic`);
    await seen("GET", "/installation/repositories");
    await seen("GET", "/rate_limit");
    await seen("GET", "/user", undefined, issueUserToken(fleet.github.world, "robin"));
    expect(statuses.filter(([, status]) => status >= 300)).toEqual([]);
  });

  it.each([
    ["GET", "/repos/acme/nothing", undefined, 404],
    ["GET", "/no/such/route", undefined, 404],
    ["GET", `${REPO}/branches`, undefined, 404],
    ["GET", `${REPO}/git/ref/heads/nothing`, undefined, 404],
    ["GET", `${REPO}/pulls/99`, undefined, 404],
    ["POST", `${REPO}/pulls`, "{", 400],
    ["POST", `${REPO}/pulls`, { title: 1 }, 422],
    ["POST", `${REPO}/pulls`, { title: "T", head: "nothing", base: "main" }, 422],
    ["POST", `${REPO}/pulls`, { title: "T", head: "main", base: "main" }, 422],
    ["POST", `${REPO}/git/refs`, { ref: "refs/heads/main", sha: "0".repeat(40) }, 422],
    ["POST", `${REPO}/git/refs`, { ref: "refs/heads/a..b", sha: "1".repeat(40) }, 422],
    ["PATCH", `${REPO}/git/refs/heads/nothing`, { sha: "1".repeat(40) }, 422],
    ["DELETE", `${REPO}/git/refs/heads/main`, undefined, 422],
    ["GET", "/user", undefined, 403],
    ["GET", "/app", undefined, 401],
  ])("%s %s %j → %i", async (method, path, body, status) => {
    expect((await ask(method, path, body)).status).toBe(status);
  });

  it("says Not Found as GitHub does", async () => {
    expect((await ask("GET", "/repos/acme/nothing")).answer).toEqual({
      message: "Not Found",
      documentation_url: "https://docs.github.com/rest",
      status: "404",
    });
  });

  it("asks for credentials, and refuses those that are none", async () => {
    for (const wrong of ["Bearer ghs_wrong", "Basic d3Jvbmc6d3Jvbmc=", "Bearer a.b.c", "Digest x"]) {
      expect((await ask("GET", REPO, undefined, { authorization: wrong })).status).toBe(401);
    }
    expect((await ask("GET", REPO, undefined, { authorization: "" })).status).toBe(404);
  });

  it("answers 304 for a known tag, which costs nothing", async () => {
    const first = await ask("GET", REPO);
    const tag = first.headers.get("etag") ?? "";
    const again = await ask("GET", REPO, undefined, { "if-none-match": tag });
    expect([again.status, again.answer]).toEqual([304, undefined]);
    expect(again.headers.get("x-ratelimit-used")).toBe(first.headers.get("x-ratelimit-used"));
    await push(fleet.github.world, fleet.repository, fleet.person, "main", { "a.yaml": "a: 9\n" }, "More");
    const ref = await ask("GET", `${REPO}/git/ref/heads/main`);
    expect(
      (await ask("GET", `${REPO}/git/ref/heads/main`, undefined, { "if-none-match": ref.headers.get("etag") ?? "" }))
        .status,
    ).toBe(304);
    await push(fleet.github.world, fleet.repository, fleet.person, "main", { "a.yaml": "a: 10\n" }, "More");
    expect(
      (await ask("GET", `${REPO}/git/ref/heads/main`, undefined, { "if-none-match": ref.headers.get("etag") ?? "" }))
        .status,
    ).toBe(200);
  });

  it("holds an installation to its permissions", async () => {
    const { world } = fleet.github;
    token = issueInstallationToken(
      world,
      world.app,
      fleet.installation,
      { contents: "read", metadata: "read" },
      undefined,
    ).token;
    expect((await ask("GET", REPO)).status).toBe(200);
    const refused = await ask("POST", `${REPO}/git/refs`, { ref: "refs/heads/x", sha: fleet.base });
    expect([refused.status, refused.answer]).toMatchObject([
      403,
      { message: "Resource not accessible by integration" },
    ]);
    expect((await ask("GET", `${REPO}/pulls`)).status).toBe(403);
    token = issueInstallationToken(world, world.app, fleet.installation, { contents: "read" }, [1]).token;
    expect((await ask("GET", REPO)).status).toBe(404);
  });

  it("lets a token expire, and a suspended installation do nothing", async () => {
    const { world } = fleet.github;
    fleet.installation.suspendedAt = "2026-01-01T00:00:00Z";
    expect((await ask("GET", REPO)).status).toBe(403);
    fleet.installation.suspendedAt = undefined;
    const held = world.tokens.get(token);
    if (held === undefined) throw new Error("no token");
    world.tokens.set(token, { ...held, expiresAt: world.now() });
    expect((await ask("GET", REPO)).status).toBe(401);
  });
});

describe("the life of a pull request", () => {
  const pull = async () => (await ask("GET", `${REPO}/pulls/1`)).answer;
  const openTopic = async () => {
    const head = await branch("topic", { "a.yaml": "a: 2\n" });
    expect((await ask("POST", `${REPO}/pulls`, { title: "Topic", head: "topic", base: "main" })).status).toBe(201);
    return head;
  };

  it("there is one for two branches", async () => {
    await openTopic();
    const second = await ask("POST", `${REPO}/pulls`, { title: "Topic", head: "topic", base: "main" });
    expect(second.status).toBe(422);
    expect(second.answer).toMatchObject({
      message: "Validation Failed",
      errors: [{ resource: "PullRequest", code: "custom", message: "A pull request already exists for acme:topic." }],
    });
  });

  it("its body has a limit", async () => {
    await openTopic();
    expect((await ask("PATCH", `${REPO}/pulls/1`, { body: "é".repeat(65_536) })).status).toBe(200);
    expect((await ask("PATCH", `${REPO}/pulls/1`, { body: "é".repeat(65_537) })).status).toBe(422);
    expect((await ask("POST", `${REPO}/issues/1/comments`, { body: "x".repeat(65_537) })).status).toBe(422);
  });

  it("whether it merges is computed when first asked for", async () => {
    await openTopic();
    await push(fleet.github.world, fleet.repository, fleet.person, "main", { "a.yaml": "a: 9\n" }, "In the way");
    expect(await pull()).toMatchObject({ mergeable: null, mergeable_state: "unknown" });
    expect(await pull()).toMatchObject({
      mergeable: false,
      mergeable_state: "dirty",
      commits: 1,
      additions: 1,
      deletions: 1,
      changed_files: 1,
    });
    const refused = await ask("PUT", `${REPO}/pulls/1/merge`, {});
    expect([refused.status, refused.answer]).toMatchObject([405, { message: "Pull Request is not mergeable" }]);
  });

  it("is not merged at a head that was not looked at", async () => {
    await openTopic();
    expect((await ask("PUT", `${REPO}/pulls/1/merge`, { sha: fleet.base })).status).toBe(409);
  });

  it("closes where its branch is forced onto its base, and does not open again", async () => {
    const head = await openTopic();
    await ask("PATCH", `${REPO}/git/refs/heads/topic`, { sha: fleet.base, force: true });
    expect(await pull()).toMatchObject({ state: "closed", merged: false });
    await ask("PATCH", `${REPO}/git/refs/heads/topic`, { sha: head, force: true });
    expect((await ask("PATCH", `${REPO}/pulls/1`, { state: "open" })).status).toBe(422);
  });

  it("closes with its branch, and opens again where the branch is back as it was", async () => {
    const head = await openTopic();
    await ask("DELETE", `${REPO}/git/refs/heads/topic`);
    expect(await pull()).toMatchObject({ state: "closed", head: { sha: head } });
    expect((await ask("PATCH", `${REPO}/pulls/1`, { state: "open" })).status).toBe(422);
    await ask("POST", `${REPO}/git/refs`, { ref: "refs/heads/topic", sha: head });
    expect((await ask("PATCH", `${REPO}/pulls/1`, { state: "open" })).status).toBe(200);
  });

  it("is merged where its commits come to the base by another way", async () => {
    const head = await openTopic();
    await ask("PATCH", `${REPO}/git/refs/heads/main`, { sha: head });
    expect(await pull()).toMatchObject({ state: "closed", merged: true, merge_commit_sha: head });
  });

  it("refuses an update that is no fast-forward", async () => {
    await openTopic();
    expect((await ask("PATCH", `${REPO}/git/refs/heads/topic`, { sha: fleet.base })).status).toBe(422);
  });
});

describe("the description", () => {
  it("finds fault with what GitHub would not send", () => {
    const { checkAnswer, checkBody, checkEvent } = operations();
    expect(checkAnswer("GET /repos/{owner}/{repo}/git/ref/{ref}", 200, { ref: "refs/heads/main" })).toMatch(/node_id/);
    expect(checkAnswer("GET /repos/{owner}/{repo}/git/ref/{ref}", 418, {})).toMatch(/no status 418/);
    expect(checkAnswer("DELETE /repos/{owner}/{repo}/git/refs/{ref}", 204, {})).toMatch(/a body/);
    expect(checkBody("POST /repos/{owner}/{repo}/pulls", { head: 3 })).toMatch(/head|base/);
    expect(checkEvent("push", {})).toMatch(/required/);
    expect(checkEvent("no-such", {})).toMatch(/no webhook/);
  });
});
