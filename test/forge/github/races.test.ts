import { describe, expect, it } from "vitest";
import { updateRefs } from "../../servers/github/git/refs.ts";
import { push, setBranch } from "../../servers/github/model/people.ts";
import { proposalFor } from "../../support/forge/proposal.ts";
import { counted, fault, file, pullsOf, start } from "./start.ts";

describe("what an earlier run left behind", () => {
  it("a branch without a pull request is started over", async () => {
    const at = await start();
    fault(at, { kind: "status", status: 500, effect: false, body: "createPullRequest" });
    const person = at.github.world;
    const caller = {
      kind: "installation",
      app: person.app,
      installation: at.installation,
      permissions: at.installation.permissions,
      repositoryIds: undefined,
      token: "",
    } as const;
    await updateRefs(person, caller, at.repository, [
      { ref: "refs/heads/raos/agent/acme/a", after: at.base.sha, force: false },
    ]);
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    expect(await at.repository.git.git("rev-list", "--count", `${at.base.sha}..${pull.head}`)).toBe("1\n");
    expect(await file(at, pull.head, "deploy/a.yaml")).toBe("a: 2\n");
  });

  it("a branch with an older content is not taken for the new one", async () => {
    const at = await start();
    const first = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const stored = at.repository.pulls.get(first.number);
    // As if the first document had ended after its commit: the branch is there, the pull request is not.
    at.repository.pulls.delete(first.number);
    at.repository.pullsByBranch.delete(first.branch);
    expect(stored?.state).toBe("OPEN");
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 3\n" }), at.base);
    expect(pullsOf(at).filter(({ state }) => state === "OPEN")).toHaveLength(1);
    expect(await at.forge.pull(pull.number)).toMatchObject({ head: pull.head, body: pull.body, state: "open" });
    expect(await file(at, pull.head, "deploy/a.yaml")).toBe("a: 3\n");
  });

  it("an open pull request of the same branch is brought up to date", async () => {
    const at = await start();
    await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const again = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 3\n" }, { title: "Newer" }), at.base);
    expect(pullsOf(at)).toEqual([{ number: 1, state: "OPEN", headRef: "raos/agent/acme/a", title: "Newer" }]);
    expect(await file(at, again.head, "deploy/a.yaml")).toBe("a: 3\n");
  });

  it("a branch that holds a person's commit is left alone", async () => {
    const at = await start();
    await push(at.github.world, at.repository, at.person, "main", {}, "nothing");
    const caller = { kind: "user", user: at.person, token: "" } as const;
    const head = await push(
      at.github.world,
      at.repository,
      at.person,
      "topic",
      { "deploy/a.yaml": "mine\n" },
      "A person's work",
    );
    await updateRefs(at.github.world, caller, at.repository, [
      { ref: "refs/heads/raos/agent/acme/a", after: head, force: false },
    ]);
    await expect(at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBe(head);
  });

  it("a merged pull request whose branch nobody deleted is no obstacle", async () => {
    const at = await start();
    const first = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const sha = await at.forge.merge(first);
    await at.repository.git.updateRefs([{ ref: `refs/heads/${first.branch}`, after: first.head, before: undefined }]);
    const second = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 3\n" }), { branch: "main", sha });
    expect(second.number).toBe(2);
    expect(await at.repository.git.git("rev-list", "--count", `${sha}..${second.head}`)).toBe("1\n");
  });
});

describe("a race", () => {
  it("with a person's commit: refused, and the text is what it was", async () => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const race = async (replay: boolean): Promise<void> => {
      // The commit comes after the forge looked and before it writes.
      const before = at.github.faults.length;
      fault(at, { kind: "slow", milliseconds: 150, route: "POST /graphql", body: "query Changed" });
      const update = at.forge.update(
        pull,
        proposalFor("a", { "deploy/a.yaml": "a: 3\n" }),
        replay
          ? {
              branch: "main",
              sha: await push(at.github.world, at.repository, at.person, "main", { "README.md": "x\n" }, "main moves"),
            }
          : at.base,
        replay,
      );
      await new Promise((resolve) => setTimeout(resolve, 75));
      await push(
        at.github.world,
        at.repository,
        at.person,
        pull.branch,
        { "deploy/a.yaml": "mine\n" },
        "A person's work",
      );
      await expect(update).rejects.toMatchObject({ code: "stale" });
      expect(at.repository.pulls.get(1)).toMatchObject({ title: pull.title, body: pull.body, state: "OPEN" });
      expect(at.github.faults.filter(({ times }) => times > 0).length).toBe(before);
    };
    await race(false);
  });

  it("with a person who makes a branch of that name: it stays theirs, and what it became is closed", async () => {
    const at = await start();
    await at.forge.pullRequests(["raos/agent/acme/a"]);
    await setBranch(at.github.world, at.repository, at.person, "raos/agent/acme/a", at.base.sha);
    const theirs = await push(
      at.github.world,
      at.repository,
      at.person,
      "raos/agent/acme/a",
      { "mine.txt": "mine\n" },
      "Mine",
    );
    await expect(at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBe(theirs);
    expect(await at.forge.pull(1)).toMatchObject({ state: "closed", closedByBot: true });
  });

  it("of twenty openings side by side", async () => {
    const at = await start();
    await at.forge.pullRequests(Array.from({ length: 20 }, (_, index) => `raos/agent/acme/n${index}`));
    counted(at);
    const pulls = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        at.forge.open(proposalFor(`n${index}`, { [`deploy/n${index}.yaml`]: `n: ${index}\n` }), at.base),
      ),
    );
    expect(new Set(pulls.map(({ number }) => number)).size).toBe(20);
    expect(counted(at)).toEqual({ writes: 20, reads: 0 });
  });
});
