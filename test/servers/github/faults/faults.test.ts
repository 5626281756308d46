import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { githubClient, type Person } from "../../../support/forge/github-client.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { gitEnvironment } from "../git/git-store.ts";
import { push, setBranch } from "../model/people.ts";
import { type Fleet, fleetOnGitHub } from "../setup.ts";
import { FAULTS, type Fault, readFault, takeFault } from "./faults.ts";
import { randomFrom } from "./random.ts";

let fleet: Fleet;
let robin: Person;
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "a.yaml": "a: 1\n" });
  robin = githubClient(fleet.github, "robin");
});
afterEach(() => fleet.github.close());

const fault = (wanted: Partial<Fault>) => fleet.github.faults.push(readFault({ ...wanted }));
const commit = (branch: string) =>
  push(fleet.github.world, fleet.repository, fleet.person, branch, { [`${branch}.yaml`]: "b: 1\n" }, "A commit", {
    from: fleet.base ?? "",
  });
async function opened(branch: string): Promise<number> {
  await commit(branch);
  const made = await robin.rest("POST", "/pulls", { title: branch, body: "", head: branch, base: "main" });
  expect(made.status).toBe(201);
  return fleet.repository.nextNumber - 1;
}
const ISSUES = '{ repository(owner: "acme", name: "fleet") { id name issues(first: 9) { totalCount } } }';

describe("a fault's answer", () => {
  it.each<[Partial<Fault>, Readonly<Record<string, unknown>>]>([
    [
      { kind: "status", status: 500 },
      { status: 500, text: expect.stringContaining("Unicorn") },
    ],
    [{ kind: "unavailable", milliseconds: 2000 }, { status: 503 }],
    [{ kind: "truncate" }, { broken: true, body: undefined }],
    [{ kind: "reset" }, { status: 0, broken: true }],
    [{ kind: "hang" }, { status: 0, broken: true }],
    [
      { kind: "slow", milliseconds: 20 },
      { status: 200, body: expect.objectContaining({ name: "fleet" }) },
    ],
    [
      { kind: "drip", milliseconds: 5 },
      { status: 200, body: expect.objectContaining({ name: "fleet" }) },
    ],
    [{ kind: "html" }, { status: 200, body: undefined, text: expect.stringContaining("<html>") }],
    [{ kind: "empty" }, { status: 200, text: "" }],
    [
      { kind: "primary-limit" },
      { status: 403, body: expect.objectContaining({ message: expect.stringMatching(/^API rate limit exceeded/) }) },
    ],
    [
      { kind: "secondary-limit" },
      { status: 403, body: expect.objectContaining({ message: expect.stringMatching(/secondary rate limit/) }) },
    ],
    [{ kind: "too-many-requests" }, { status: 429 }],
    [{ kind: "expired-token" }, { status: 401, body: expect.objectContaining({ message: "Bad credentials" }) }],
    [
      { kind: "suspended" },
      { status: 403, body: expect.objectContaining({ message: "This installation has been suspended" }) },
    ],
    [
      { kind: "forbidden" },
      { status: 403, body: expect.objectContaining({ message: "Resource not accessible by integration" }) },
    ],
    [{ kind: "not-found" }, { status: 404, body: expect.objectContaining({ message: "Not Found" }) }],
  ])("%o to a read of REST", async (wanted, heard) => {
    fault(wanted);
    expect(await robin.rest("GET", "")).toMatchObject(heard);
    expect(fleet.github.faults).toMatchObject([{ times: 0 }]);
  });

  it("names when a limit ends: the primary in its headers, the secondary in retry-after, or not at all", async () => {
    for (const [wanted, header, value] of [
      [{ kind: "primary-limit", milliseconds: 5000 }, "x-ratelimit-remaining", "0"],
      [{ kind: "secondary-limit", milliseconds: 5000 }, "retry-after", "5"],
      [{ kind: "too-many-requests", milliseconds: 5000 }, "retry-after", "5"],
      [{ kind: "secondary-limit", milliseconds: 0 }, "retry-after", null],
    ] as const) {
      fault(wanted);
      expect((await robin.rest("GET", "")).headers?.get(header)).toBe(value);
    }
  });

  const gone = { data: { repository: null }, errors: [{ path: ["repository"] }] };
  it.each<[Partial<Fault>, unknown]>([
    [{ kind: "forbidden" }, { ...gone, errors: [{ type: "FORBIDDEN" }] }],
    [{ kind: "not-found" }, { ...gone, errors: [{ type: "NOT_FOUND" }] }],
    [{ kind: "primary-limit" }, { errors: [{ type: "RATE_LIMITED" }] }],
    [
      { kind: "graphql-timeout" },
      { data: null, errors: [{ message: expect.stringMatching(/^Something went wrong/) }] },
    ],
    [
      { kind: "partial", field: "issues" },
      { ...gone, errors: [{ path: ["repository", "issues"] }] },
    ],
  ])("%o to a query of GraphQL comes with status 200", async (wanted, body) => {
    fault(wanted);
    expect(await robin.graphql(ISSUES)).toMatchObject({ status: 200, body });
  });

  it("of one field leaves the others, and nulls what cannot be without it", async () => {
    fault({ kind: "partial", field: "author" });
    const number = await opened("one");
    const { body } = await robin.graphql(
      `{ repository(owner: "acme", name: "fleet") { pullRequest(number: ${number}) { number author { login } } } }`,
    );
    expect(body).toMatchObject({
      data: { repository: { pullRequest: { number, author: null } } },
      errors: [{ path: ["repository", "pullRequest", "author"] }],
    });
  });

  it.each<[Partial<Fault>, number, string]>([
    [{ kind: "head-moved" }, 409, "Head branch was modified. Review and try the merge again."],
    [{ kind: "base-modified" }, 405, "Base branch was modified. Review and try the merge again."],
    [{ kind: "validation" }, 422, "Validation Failed"],
  ])("%o to a merge: it is refused, and nothing is merged", async (wanted, status, message) => {
    const number = await opened("one");
    fault(wanted);
    expect(await robin.rest("PUT", `/pulls/${number}/merge`, {})).toMatchObject({ status, body: { message } });
    expect(fleet.repository.pulls.get(number)?.state).toBe("OPEN");
    fault(wanted);
    const [, id] = /"node_id":"(PR_[^"]+)"/.exec((await robin.rest("GET", `/pulls/${number}`)).text) ?? [];
    const merge = `mutation { mergePullRequest(input: {pullRequestId: "${id}"}) { clientMutationId } }`;
    expect(await robin.graphql(merge)).toMatchObject({
      status: 200,
      body: { data: { mergePullRequest: null }, errors: [{ type: "UNPROCESSABLE" }] },
    });
    expect(fleet.repository.pulls.get(number)?.state).toBe("OPEN");
  });

  it.each<[Partial<Fault>, boolean]>([
    [{ kind: "reset", effect: true }, true],
    [{ kind: "reset" }, false],
    [{ kind: "status", effect: true }, true],
    [{ kind: "graphql-timeout" }, true],
    [{ kind: "graphql-timeout", effect: false }, false],
    [{ kind: "truncate" }, true],
    [{ kind: "secondary-limit" }, false],
    [{ kind: "expired-token" }, false],
    [{ kind: "validation" }, false],
    [{ kind: "partial" }, true],
  ])("%o to a write: the write is done: %s", async (wanted, isDone) => {
    const id = /"id":"(R_[^"]+)"/.exec((await robin.graphql(ISSUES)).text)?.[1];
    fault({ ...wanted, body: "mutation" });
    await robin.graphql(
      `mutation { createIssue(input: {repositoryId: "${id}", title: "One"}) { issue { number title body state } } }`,
    );
    expect(fleet.repository.issues.size).toBe(isDone ? 1 : 0);
  });
});

describe("which requests a fault befalls", () => {
  it("those that it can befall, that its route and body match, as often as it says", () => {
    const faults = [readFault({ kind: "head-moved", times: 2 }), readFault({ kind: "stale", route: "/pulls" })];
    const taken = (channel: "rest" | "graphql" | "git", route: string, isWrite: boolean, body = "") =>
      takeFault(faults, { channel, route, body, isWrite }, () => 0)?.kind;
    expect(taken("rest", "GET /repos/acme/fleet", false)).toBeUndefined();
    expect(taken("rest", "PUT /repos/acme/fleet/pulls/1/merge", true)).toBe("head-moved");
    expect(taken("graphql", "POST /graphql", true, "mergePullRequest")).toBe("head-moved");
    expect(taken("graphql", "POST /graphql", true, "mergePullRequest")).toBeUndefined();
    expect(taken("rest", "POST /repos/acme/fleet/pulls", true)).toBeUndefined();
    expect(taken("rest", "GET /repos/acme/fleet/pulls", false)).toBe("stale");
  });

  it("by chance, the same ones for the same seed", () => {
    const hits = (seed: number) => {
      const random = randomFrom(seed);
      const faults = [readFault({ kind: "status", chance: 0.3, times: 1000 })];
      const asked = { channel: "rest", route: "GET /", body: "", isWrite: false } as const;
      return Array.from({ length: 200 }, () => takeFault(faults, asked, random) !== undefined);
    };
    expect(hits(7)).toEqual(hits(7));
    expect(hits(7)).not.toEqual(hits(8));
    const count = hits(7).filter(Boolean).length;
    expect(count).toBeGreaterThan(30);
    expect(count).toBeLessThan(90);
  });

  it("there are twenty kinds and more", () => {
    expect(Object.keys(FAULTS).length).toBeGreaterThanOrEqual(20);
  });

  it("a kind that is none is refused", () => {
    expect(() => readFault({ kind: "earthquake" })).toThrow(/kind is one of status, /);
  });
});

describe("lists that lag behind", () => {
  const late = (requests = 3) => fault({ kind: "stale", requests, times: 1000 });
  const titles = async (state = "open") =>
    [...(await robin.rest("GET", `/pulls?state=${state}`)).text.matchAll(/"title":"(\w+)"/g)].map((match) => match[1]);
  const FIELDS = "number state comments(first: 9) { totalCount }";
  const query = (fields: string) => robin.graphql(`{ repository(owner: "acme", name: "fleet") { ${fields} } }`);

  it("show a pull request that was opened only later; by its number it is there at once", async () => {
    late();
    const number = await opened("one");
    expect(await titles()).toEqual([]);
    expect(await robin.rest("GET", `/pulls/${number}`)).toMatchObject({ status: 200, body: { state: "open" } });
    expect(await query(`pullRequests(first: 9) { totalCount } pullRequest(number: ${number}) { state }`)).toMatchObject(
      {
        body: { data: { repository: { pullRequests: { totalCount: 0 }, pullRequest: { state: "OPEN" } } } },
      },
    );
    expect(await titles()).toEqual(["one"]);
  });

  it("show one that was closed or merged as open, with its branch", async () => {
    const [one, two] = [await opened("one"), await opened("two")];
    late();
    await robin.rest("GET", "");
    await robin.rest("PATCH", `/pulls/${one}`, { state: "closed" });
    await robin.rest("PUT", `/pulls/${two}/merge`, {});
    expect(await titles()).toEqual(["two", "one"]);
    expect(
      await query(`pullRequests(first: 9, states: [OPEN], headRefName: "two") { nodes { ${FIELDS} } }`),
    ).toMatchObject({
      body: { data: { repository: { pullRequests: { nodes: [{ number: two, state: "OPEN" }] } } } },
    });
    expect(await robin.rest("GET", `/pulls/${two}`)).toMatchObject({ body: { state: "closed", merged: true } });
    expect(await titles()).toEqual([]);
    expect(await titles("all")).toEqual(["two", "one"]);
  });

  it("leave out a comment that was just made, and who closed", async () => {
    const number = await opened("one");
    late(2);
    await robin.rest("POST", `/issues/${number}/comments`, { body: "Said" });
    await robin.rest("PATCH", `/pulls/${number}`, { state: "closed" });
    const events = "timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { totalCount }";
    const asked = () => query(`pullRequest(number: ${number}) { ${FIELDS} ${events} }`);
    const shown = (comments: number, closings: number) => ({
      body: {
        data: {
          repository: {
            pullRequest: {
              state: "CLOSED",
              comments: { totalCount: comments },
              timelineItems: { totalCount: closings },
            },
          },
        },
      },
    });
    expect(await asked()).toMatchObject(shown(0, 0));
    expect(await asked()).toMatchObject(shown(1, 0));
    expect(await asked()).toMatchObject(shown(1, 1));
  });

  it("leave out an issue that was just opened", async () => {
    late();
    const id = /"id":"(R_[^"]+)"/.exec((await robin.graphql(ISSUES)).text)?.[1];
    await robin.graphql(`mutation { createIssue(input: {repositoryId: "${id}", title: "One"}) { clientMutationId } }`);
    const count = async () => /"totalCount":(\d)/.exec((await robin.graphql(ISSUES)).text)?.[1];
    expect([await count(), await count(), await count(), await count()]).toEqual(["0", "0", "0", "1"]);
    expect(await query("issue(number: 1) { title }")).toMatchObject({
      body: { data: { repository: { issue: { title: "One" } } } },
    });
  });

  it("of refs show a branch that was made, moved or deleted as it was", async () => {
    fault({ kind: "stale-refs", requests: 2, times: 1000 });
    const one = await commit("one");
    const refs = () => query('one: ref(qualifiedName: "refs/heads/one") { target { oid } }');
    const at = (oid: string | null) => ({
      body: { data: { repository: { one: oid === null ? null : { target: { oid } } } } },
    });
    expect(await refs()).toMatchObject(at(null));
    expect(await robin.rest("GET", "/git/ref/heads/one")).toMatchObject({ status: 404 });
    expect(await refs()).toMatchObject(at(one));
    await setBranch(fleet.github.world, fleet.repository, fleet.person, "one", undefined);
    expect(await refs()).toMatchObject(at(one));
    await refs();
    expect(await refs()).toMatchObject(at(null));
  });

  it("cost nothing, and keep nothing, where no fault asks for them", async () => {
    await opened("one");
    expect(fleet.github.world.history.moments.get(fleet.repository)).toBeUndefined();
  });
});

describe("Git over HTTP that goes wrong", () => {
  const clone = async () => {
    const folder = temporaryFolder();
    const url = `http://robin:${robin.token}@${fleet.github.url.slice("http://".length)}/acme/fleet`;
    const args = ["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=1", "clone", "--quiet", url, folder];
    return promisify(execFile)("git", args, {
      env: { ...gitEnvironment(), GIT_TERMINAL_PROMPT: "0" },
      timeout: 20_000,
    }).then(
      () => "cloned",
      (error: unknown) => String(error),
    );
  };

  it.each<[Partial<Fault>, RegExp]>([
    [{ kind: "status", status: 503, route: "GIT GET", times: 9 }, /error: 503/],
    [{ kind: "reset", route: "GIT GET", times: 9 }, /^Error/],
    [{ kind: "truncate", route: "GIT POST", times: 9 }, /fatal|early EOF|hung up/i],
    [{ kind: "hang", route: "GIT POST", times: 9 }, /too slow|timed out|fatal/i],
    [{ kind: "expired-token", route: "GIT GET", times: 9 }, /Authentication failed/],
    [{ kind: "not-found", route: "GIT GET", times: 9 }, /not found/],
    [{ kind: "slow", milliseconds: 50, route: "GIT POST" }, /^cloned$/],
    [{ kind: "drip", milliseconds: 5, route: "GIT POST" }, /^cloned$/],
  ])("%o", async (wanted, heard) => {
    fault(wanted);
    expect(await clone()).toMatch(heard);
    fleet.github.faults.splice(0);
  });

  it("and nothing of the API's befalls it, nor the other way round", async () => {
    fault({ kind: "status", times: 9 });
    expect(await clone()).toBe("cloned");
    fleet.github.faults.splice(0);
    fault({ kind: "status", times: 9, route: "GIT" });
    expect((await robin.rest("GET", "")).status).toBe(200);
  });
});

describe("webhooks that go wrong", () => {
  it("come twice with one id, after the next, or never", async () => {
    const { webhooks, random: _ } = fleet.github;
    webhooks.keeps = true;
    const came = async (mischief: typeof webhooks.deliveryFaults, count: number) => {
      webhooks.deliveryFaults = mischief;
      webhooks.deliveries.splice(0);
      for (let index = 0; index < count; index++) await commit(`b${index}-${Object.values(mischief).join("")}`);
      await webhooks.settled();
      return webhooks.deliveries.map(({ item, payload }) => `${item.guid} ${/"ref":"([^"]+)/.exec(payload)?.[1]}`);
    };
    const twice = await came({ twice: 1, late: 0, lost: 0 }, 2);
    expect(twice).toHaveLength(4);
    expect(new Set(twice).size).toBe(2);
    expect(await came({ twice: 0, late: 0, lost: 1 }, 2)).toEqual([]);
    const order = (await came({ twice: 0, late: 0.5, lost: 0 }, 20)).map((line) =>
      Number(/heads\/b(\d+)-/.exec(line)?.[1]),
    );
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_unused, index) => index));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  });
});
