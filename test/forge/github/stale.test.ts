import { describe, expect, it } from "vitest";
import { encodeIssueMarker } from "../../../src/domain/alert/issue-marker.ts";
import { setBranch } from "../../servers/github/model/people.ts";
import { proposalFor } from "../../support/forge/proposal.ts";
import { fault, file, pullsOf, type Started, start as startPlain } from "./start.ts";

/** A GitHub whose replicas may lag. */
async function start(): Promise<Started> {
  const at = await startPlain();
  at.github.world.history.depth = 1000;
  // What a replica shows is as of a request: one before anything is written.
  await at.forge.pullRequests([]);
  return at;
}

/** From now on lists, and refs with `refs`, are as they were before anything below was done. */
function lag(at: Started, refs = false): void {
  fault(at, { kind: refs ? "stale-refs" : "stale", requests: 500, times: 1000 });
}
const wanted = (value: number) => proposalFor("a", { "deploy/a.yaml": `a: ${value}\n` });
const report = { key: "raos/alert/acme/a/default/x", title: "Why?", body: "", labels: [] };
const issue = { ...report, body: `Why?\n\n${encodeIssueMarker({ key: report.key })}` };

describe("lists that are older than a write", () => {
  it("do not hide what this process opened", async () => {
    const at = await start();
    const pull = await at.forge.open(wanted(2), at.base);
    lag(at);
    expect(await at.forge.pullRequests([])).toMatchObject({ pulls: [pull], complete: true });
    expect(await at.forge.openedSince(0)).toEqual([pull.branch]);
    expect(await at.forge.recentPulls(0)).toEqual([pull]);
  });

  it("do not bring back what this process closed or merged", async () => {
    const at = await start();
    const one = await at.forge.open(wanted(2), at.base);
    const two = await at.forge.open(proposalFor("b", { "deploy/b.yaml": "b: 2\n" }), at.base);
    // The lag is of requests: it begins where both are listed.
    await at.forge.pullRequests([]);
    const before = at.github.world.history.request;
    await at.forge.close(one, "No longer needed.");
    await at.forge.merge(two);
    fault(at, { kind: "stale", requests: at.github.world.history.request - before, times: 1000 });
    const { pulls, complete } = await at.forge.pullRequests([one.branch]);
    expect(complete).toBe(true);
    expect(pulls.map(({ number, state, closedByBot }) => ({ number, state, closedByBot }))).toEqual([
      { number: one.number, state: "closed", closedByBot: true },
    ]);
  });

  it.each([false, true])("do not make another process destroy a pull request (refs lag: %s)", async (refs) => {
    const at = await start();
    const pull = await at.forge.open(wanted(2), at.base);
    const other = at.connect();
    lag(at);
    if (refs) lag(at, true);
    for (const value of [2, 3]) await other.open(wanted(value), at.base).catch(() => {});
    at.github.faults.splice(0);
    expect(pullsOf(at).map(({ number, state }) => ({ number, state }))).toEqual([{ number: 1, state: "OPEN" }]);
    expect(await at.forge.pull(pull.number)).toMatchObject({ state: "open", botOnly: true });
    // What the other wanted is made of it, once it is listed.
    await other.open(wanted(3), at.base);
    expect(pullsOf(at)).toHaveLength(1);
    expect(await file(at, pull.branch, "deploy/a.yaml")).toBe("a: 3\n");
  });

  // GitHub may open a pull request and say of its branch, beside it, that something went wrong.
  it.each([
    ["a list that lags", { kind: "stale", requests: 500 }],
    ["no list", { kind: "status", status: 502 }],
  ] as const)("do not make a pull request look like a mistake: %s", async (_, failing) => {
    const at = await start();
    await at.forge.pullRequests([wanted(2).branch]);
    fault(at, { kind: "partial", field: "ref", body: "createPullRequest" });
    fault(at, { ...failing, body: "query Branch", times: 1000 });
    await expect(at.forge.open(wanted(2), at.base)).rejects.toThrow(/stale|list|unavailable|502/);
    at.github.faults.splice(0);
    expect(pullsOf(at)).toMatchObject([{ number: 1, state: "OPEN" }]);
    await at.forge.open(wanted(2), at.base);
    expect(pullsOf(at)).toMatchObject([{ number: 1, state: "OPEN" }]);
  });

  it("a failure of GitHub's own beside an open pull request does not delete its branch", async () => {
    const at = await start();
    await at.forge.pullRequests([wanted(2).branch]);
    fault(at, { kind: "partial", field: "pullRequest", body: "createPullRequest" });
    expect(await at.forge.open(wanted(2), at.base)).toMatchObject({ number: 1 });
    expect(pullsOf(at)).toMatchObject([{ number: 1, state: "OPEN" }]);
  });

  it("do not double an issue", async () => {
    const at = await start();
    const opened = await at.forge.openIssue(issue);
    lag(at);
    expect((await at.forge.openIssue(issue)).number).toBe(opened.number);
    expect((await at.forge.issues()).issues).toEqual([opened]);
    await at.forge.closeIssue(opened, "Over.");
    expect((await at.forge.issues()).issues.map(({ state }) => state)).toEqual(["closed"]);
    expect(at.repository.issues.size).toBe(1);
  });

  it("nor does an answer that was lost", async () => {
    const at = await start();
    fault(at, { kind: "status", status: 502, effect: true, body: "createIssue" });
    await expect(at.forge.openIssue(issue)).rejects.toMatchObject({ code: "unavailable" });
    lag(at);
    await expect(at.forge.openIssue(issue)).rejects.toMatchObject({ code: "stale" });
    at.github.faults.splice(0);
    expect((await at.forge.openIssue(issue)).number).toBe(1);
    expect(at.repository.issues.size).toBe(1);
  });
});

describe("branches of people", () => {
  it("are not taken for the commit on which a pull request is opened again", async () => {
    const at = await start();
    const pull = await at.forge.open(wanted(2), at.base);
    for (const branch of ["raos-replay/1", "raos/replay/1", "raos/replay/2"])
      await setBranch(at.github.world, at.repository, at.person, branch, pull.head);
    await at.forge.update(pull, wanted(3), at.base, true);
    const narrower = proposalFor("a", { "deploy/b.yaml": "b: 2\n" });
    const [now] = (await at.forge.pullRequests([])).pulls;
    if (now === undefined) throw new Error("no pull request");
    await at.forge.update(now, narrower, at.base, true);
    for (const branch of ["raos-replay/1", "raos/replay/2"])
      expect(await at.repository.git.resolve(`refs/heads/${branch}`)).toBe(pull.head);
  });
});
