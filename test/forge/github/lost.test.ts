import { describe, expect, it } from "vitest";
import { push } from "../../servers/github/model/people.ts";
import { proposalFor } from "../../support/forge/proposal.ts";
import { counted, fault, file, pullsOf, start } from "./start.ts";

describe("an answer that is lost", () => {
  const kinds = [
    { kind: "status", status: 502, effect: true },
    { kind: "status", status: 502, effect: false },
    { kind: "status", status: 500, effect: true },
    { kind: "reset", effect: true },
    { kind: "reset", effect: false },
    { kind: "truncate", effect: true },
  ] as const;

  it.each(kinds)("to opening, $kind $status with effect $effect: one pull request all the same", async (how) => {
    const at = await start();
    fault(at, { ...how, body: "createPullRequest" });
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    expect(pullsOf(at)).toEqual([{ number: 1, state: "OPEN", headRef: "raos/agent/acme/a", title: "Change a" }]);
    expect(await file(at, pull.head, "deploy/a.yaml")).toBe("a: 2\n");
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBe(pull.head);
    expect(counted(at)).toEqual(how.effect ? { writes: 1, reads: 4 } : { writes: 2, reads: 2 });
  });

  it.each(kinds)("to an update, $kind $status with effect $effect: one commit all the same", async (how) => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { ...how, body: "updatePullRequest" });
    const updated = await at.forge.update(pull, proposalFor("a", { "deploy/a.yaml": "a: 3\n" }), at.base, false);
    expect(await at.forge.pull(1)).toMatchObject({ head: updated.head, body: updated.body, botOnly: true });
    expect(await file(at, updated.head, "deploy/a.yaml")).toBe("a: 3\n");
    expect(await at.repository.git.git("rev-list", "--count", `${at.base.sha}..${updated.head}`)).toBe("2\n");
  });

  it.each(kinds)(
    "to either half of a replay, $kind $status with effect $effect: the pull request stays open",
    async (how) => {
      for (const body of ["createCommitOnBranch", "updatePullRequest"]) {
        const at = await start();
        const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
        const sha = await push(
          at.github.world,
          at.repository,
          at.person,
          "main",
          { "deploy/a.yaml": "a: 9\n" },
          "A person's change",
        );
        fault(at, { ...how, body });
        const replayed = await at.forge.update(
          pull,
          proposalFor("a", { "deploy/a.yaml": "a: 10\n" }),
          { branch: "main", sha },
          true,
        );
        expect(await at.forge.pull(1)).toMatchObject({
          state: "open",
          head: replayed.head,
          body: replayed.body,
          botOnly: true,
        });
        expect(await at.repository.git.git("rev-list", "--count", `${sha}..${replayed.head}`)).toBe("1\n");
        expect(await at.repository.git.git("for-each-ref", "--format=%(refname)", "refs/heads")).toBe(
          "refs/heads/main\nrefs/heads/raos/agent/acme/a\n",
        );
      }
    },
  );

  it.each(kinds)("to a close, $kind $status with effect $effect: closed with one comment", async (how) => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { ...how, body: "closePullRequest" });
    await at.forge.close(pull, "It is no longer needed.");
    expect(await at.forge.pull(1)).toMatchObject({ state: "closed", closedByBot: true });
    expect(at.repository.pulls.get(1)?.comments).toHaveLength(1);
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBeUndefined();
  });

  it.each(kinds)("to hands off, $kind $status with effect $effect: said once", async (how) => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { ...how, body: "addComment" });
    await at.forge.commentHandsOff(pull, "Your commit is safe.");
    expect(at.repository.pulls.get(1)?.comments).toHaveLength(1);
    const said = await at.forge.pull(1);
    expect(said?.handsOff).toBe(true);
    if (said !== undefined) await at.forge.commentHandsOff(said, "Your commit is safe.");
    expect(at.repository.pulls.get(1)?.comments).toHaveLength(1);
  });

  it.each(kinds)("to a merge, $kind $status with effect $effect: merged once", async (how) => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { ...how, body: "mergePullRequest" });
    const sha = await at.forge.merge(pull);
    expect(await at.forge.defaultBranch()).toMatchObject({ name: "main", sha });
    expect(await at.repository.git.git("rev-list", "--count", "--first-parent", `${at.base.sha}..main`)).toBe("1\n");
  });

  it("every time: an error that says so, and no second pull request later", async () => {
    const at = await start();
    fault(at, { kind: "status", status: 502, effect: true, times: 1000, route: "POST /graphql" });
    await expect(at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base)).rejects.toMatchObject({
      name: "ForgeError",
      code: "unavailable",
    });
    at.github.faults.splice(0);
    await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    expect(pullsOf(at)).toHaveLength(1);
  });
});
