import { describe, expect, test } from "vitest";
import { BRANCH, change, proposal } from "../../support/forge/proposal.ts";
import { baseNow, FLEET, givenRepository, type MakeRepository } from "./test-repository.ts";

/** Opening and updating. */
export function openingContract(name: string, make: MakeRepository): void {
  describe(`${name} as a forge: opens and updates`, () => {
    const given = givenRepository(make);

    test("names the default branch and its head", async () => {
      expect(await given.forge.defaultBranch()).toMatchObject({
        name: "main",
        sha: await given.repository.branchHead("main"),
      });
    });

    test("has no pull requests at first", async () => {
      expect(await given.forge.pullRequests(["raos/agent/acme/triage"])).toMatchObject({ pulls: [], complete: true });
      expect(await given.forge.pull(1)).toBeUndefined();
    });

    test("opens: one commit on the given.base, holding the files", async () => {
      const pull = await given.open({ labels: ["raos"] });
      expect(pull).toMatchObject({ title: "Deploy triage", body: "Why.", branch: BRANCH, base: "main", state: "open" });
      expect(await given.repository.branchHead(BRANCH)).toBe(pull.head);
      expect(await given.repository.parents(pull.head)).toEqual([given.base.sha]);
      expect(await given.repository.files(pull.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
      const { pulls, complete } = await given.forge.pullRequests([]);
      expect(complete).toBe(true);
      expect(pulls).toEqual([{ ...pull, labels: ["raos"] }]);
      expect(pulls[0]).toMatchObject({ botOnly: true, closedByBot: false, handsOff: false });
      expect(await given.forge.pull(pull.number)).toEqual(pulls[0]);
    });

    test("deletes files and folders that a proposal takes away", async () => {
      const pull = await given.open({
        files: [change("deploy/old.yaml", undefined), change("a/b/c/d.yaml", "deep\n")],
      });
      const { "deploy/old.yaml": _, ...rest } = FLEET;
      expect(await given.repository.files(pull.head)).toEqual({ ...rest, "a/b/c/d.yaml": "deep\n" });
    });

    test("opened twice it is one pull request", async () => {
      const first = await given.open();
      const second = await given.repository.another().open(proposal({}), given.base);
      expect(second.number).toBe(first.number);
      expect(second.head).toBe(first.head);
      expect((await given.forge.pullRequests([BRANCH])).pulls).toHaveLength(1);
    });

    test("opened again with other content, the open pull request is updated to it", async () => {
      const first = await given.open();
      const second = await given.open({
        title: "Deploy triage, larger",
        files: [change("deploy/triage.yaml", "replicas: 2\n")],
      });
      expect(second.number).toBe(first.number);
      const now = await given.forge.pull(first.number);
      expect(now).toMatchObject({ title: "Deploy triage, larger", head: second.head, state: "open" });
      expect(await given.repository.files(second.head)).toMatchObject({ "deploy/triage.yaml": "replicas: 2\n" });
    });

    test("starts over on a branch that an interrupted run left behind", async () => {
      await given.repository.setBranch(BRANCH, given.base.sha);
      const pull = await given.open();
      expect(await given.repository.branchHead(BRANCH)).toBe(pull.head);
      expect(await given.repository.files(pull.head)).toMatchObject({ "deploy/triage.yaml": "replicas: 1\n" });
      expect((await given.forge.pullRequests([])).pulls.map(({ number }) => number)).toEqual([pull.number]);
    });

    test("updates with a commit on top", async () => {
      const pull = await given.open();
      const files = [change("deploy/triage.yaml", "replicas: 3\n")];
      const now = await given.forge.update(pull, proposal({ title: "Three", body: "More.", files }), given.base, false);
      expect(await given.repository.parents(now.head)).toEqual([pull.head]);
      expect(await given.repository.files(now.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 3\n" });
      expect(await given.forge.pull(pull.number)).toMatchObject({
        title: "Three",
        body: "More.",
        head: now.head,
        botOnly: true,
      });
    });

    test("an update of the text moves no head", async () => {
      const pull = await given.open();
      const now = await given.forge.update(pull, proposal({ title: "Other", body: "Words." }), given.base, false);
      expect(now).toMatchObject({ head: pull.head, title: "Other" });
      expect(await given.repository.branchHead(BRANCH)).toBe(pull.head);
      expect(await given.forge.pull(pull.number)).toMatchObject({ title: "Other", body: "Words.", head: pull.head });
    });

    test("an update of nothing changes nothing", async () => {
      const pull = await given.open();
      expect((await given.forge.update(pull, proposal({}), given.base, false)).head).toBe(pull.head);
      expect(await given.repository.branchHead(BRANCH)).toBe(pull.head);
    });

    test("an update leaves nothing of what is no longer proposed", async () => {
      const pull = await given.open({ files: [change("deploy/old.yaml", "old: 2\n"), change("deploy/x.yaml", "x\n")] });
      const now = await given.forge.update(pull, proposal({}), given.base, false);
      expect(await given.repository.files(now.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
    });

    test("replays on a base that changed under the same files", async () => {
      const pull = await given.open({ files: [change("deploy/old.yaml", "old: 2\n")] });
      await given.repository.commit("main", { "deploy/old.yaml": "old: 9\n" });
      const fresh = await baseNow(given.forge);
      const now = await given.forge.update(
        pull,
        proposal({ files: [change("deploy/old.yaml", "old: 3\n")] }),
        fresh,
        true,
      );
      expect(now.number).toBe(pull.number);
      expect(await given.repository.parents(now.head)).toEqual([fresh.sha]);
      expect(await given.repository.files(now.head)).toMatchObject({ "deploy/old.yaml": "old: 3\n" });
      expect(await given.forge.pull(pull.number)).toMatchObject({ state: "open", head: now.head, botOnly: true });
      await given.forge.merge(now);
    });

    test("does not update a branch that moved", async () => {
      const pull = await given.open();
      const theirs = await given.repository.commit(BRANCH, { "mine.txt": "mine\n" });
      const files = [change("deploy/triage.yaml", "replicas: 3\n")];
      for (const replay of [false, true]) {
        const update = given.forge.update(pull, proposal({ title: "New", files }), given.base, replay);
        await expect(update).rejects.toMatchObject({ name: "ForgeError", code: "stale" });
      }
      expect(await given.repository.branchHead(BRANCH)).toBe(theirs);
      expect(await given.forge.pull(pull.number)).toMatchObject({ title: pull.title, body: pull.body });
    });
  });
}
