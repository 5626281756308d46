import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Proposal } from "../../src/domain/change.ts";
import type { Base, Forge } from "../../src/forge/forge.ts";
import { BRANCH, baseNow, change, FLEET, type ForgeGround, type MakeGround, proposal } from "./ground.ts";

/** Opening and updating. */
export function openingContract(name: string, make: MakeGround): void {
  describe(`${name} as a forge: opens and updates`, () => {
    let ground: ForgeGround;
    let forge: Forge;
    let base: Base;

    beforeEach(async () => {
      ground = await make(FLEET);
      forge = ground.forge;
      base = await baseNow(forge);
    });
    afterEach(() => ground.end());

    const opened = (changed: Partial<Proposal> = {}) => forge.open(proposal(changed), base);

    test("names the default branch and its head", async () => {
      expect(await forge.defaultBranch()).toEqual({ name: "main", sha: await ground.branchHead("main") });
    });

    test("has no pull requests at first", async () => {
      expect(await forge.standing(["raos/agent/acme/triage"])).toEqual({ pulls: [], complete: true });
      expect(await forge.pull(1)).toBeUndefined();
    });

    test("opens: one commit on the base, holding the files", async () => {
      const pull = await opened({ labels: ["raos"] });
      expect(pull).toMatchObject({ title: "Deploy triage", body: "Why.", branch: BRANCH, base: "main", state: "open" });
      expect(await ground.branchHead(BRANCH)).toBe(pull.head);
      expect(await ground.parents(pull.head)).toEqual([base.sha]);
      expect(await ground.files(pull.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
      const { pulls, complete } = await forge.standing([]);
      expect(complete).toBe(true);
      expect(pulls).toEqual([{ ...pull, labels: ["raos"] }]);
      expect(pulls[0]).toMatchObject({ botOnly: true, closedByBot: false, handsOff: false });
      expect(await forge.pull(pull.number)).toEqual(pulls[0]);
    });

    test("deletes files and folders that a proposal takes away", async () => {
      const pull = await opened({ files: [change("deploy/old.yaml", undefined), change("a/b/c/d.yaml", "deep\n")] });
      const { "deploy/old.yaml": _, ...rest } = FLEET;
      expect(await ground.files(pull.head)).toEqual({ ...rest, "a/b/c/d.yaml": "deep\n" });
    });

    test("opened twice it is one pull request", async () => {
      const first = await opened();
      const second = await ground.another().open(proposal({}), base);
      expect(second.number).toBe(first.number);
      expect(second.head).toBe(first.head);
      expect((await forge.standing([BRANCH])).pulls).toHaveLength(1);
    });

    test("opened again with other content, what stands is brought to it", async () => {
      const first = await opened();
      const second = await opened({
        title: "Deploy triage, larger",
        files: [change("deploy/triage.yaml", "replicas: 2\n")],
      });
      expect(second.number).toBe(first.number);
      const now = await forge.pull(first.number);
      expect(now).toMatchObject({ title: "Deploy triage, larger", head: second.head, state: "open" });
      expect(await ground.files(second.head)).toMatchObject({ "deploy/triage.yaml": "replicas: 2\n" });
    });

    test("starts a branch anew that an interrupted run left behind", async () => {
      await ground.setBranch(BRANCH, base.sha);
      const pull = await opened();
      expect(await ground.branchHead(BRANCH)).toBe(pull.head);
      expect(await ground.files(pull.head)).toMatchObject({ "deploy/triage.yaml": "replicas: 1\n" });
      expect((await forge.standing([])).pulls.map(({ number }) => number)).toEqual([pull.number]);
    });

    test("updates with a commit on top", async () => {
      const pull = await opened();
      const files = [change("deploy/triage.yaml", "replicas: 3\n")];
      const now = await forge.update(pull, proposal({ title: "Three", body: "More.", files }), base, false);
      expect(await ground.parents(now.head)).toEqual([pull.head]);
      expect(await ground.files(now.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 3\n" });
      expect(await forge.pull(pull.number)).toMatchObject({
        title: "Three",
        body: "More.",
        head: now.head,
        botOnly: true,
      });
    });

    test("an update of the text moves no head", async () => {
      const pull = await opened();
      const now = await forge.update(pull, proposal({ title: "Other", body: "Words." }), base, false);
      expect(now).toMatchObject({ head: pull.head, title: "Other" });
      expect(await ground.branchHead(BRANCH)).toBe(pull.head);
      expect(await forge.pull(pull.number)).toMatchObject({ title: "Other", body: "Words.", head: pull.head });
    });

    test("an update of nothing changes nothing", async () => {
      const pull = await opened();
      expect((await forge.update(pull, proposal({}), base, false)).head).toBe(pull.head);
      expect(await ground.branchHead(BRANCH)).toBe(pull.head);
    });

    test("an update leaves nothing of what is no longer proposed", async () => {
      const pull = await opened({ files: [change("deploy/old.yaml", "old: 2\n"), change("deploy/x.yaml", "x\n")] });
      const now = await forge.update(pull, proposal({}), base, false);
      expect(await ground.files(now.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
    });

    test("replays on a base that changed under the same files", async () => {
      const pull = await opened({ files: [change("deploy/old.yaml", "old: 2\n")] });
      await ground.commit("main", { "deploy/old.yaml": "old: 9\n" });
      const fresh = await baseNow(forge);
      const now = await forge.update(pull, proposal({ files: [change("deploy/old.yaml", "old: 3\n")] }), fresh, true);
      expect(now.number).toBe(pull.number);
      expect(await ground.parents(now.head)).toEqual([fresh.sha]);
      expect(await ground.files(now.head)).toMatchObject({ "deploy/old.yaml": "old: 3\n" });
      expect(await forge.pull(pull.number)).toMatchObject({ state: "open", head: now.head, botOnly: true });
      await forge.merge(now);
    });

    test("does not update a branch that moved", async () => {
      const pull = await opened();
      const theirs = await ground.commit(BRANCH, { "mine.txt": "mine\n" });
      const files = [change("deploy/triage.yaml", "replicas: 3\n")];
      for (const replay of [false, true]) {
        const update = forge.update(pull, proposal({ title: "New", files }), base, replay);
        await expect(update).rejects.toMatchObject({ name: "ForgeError", code: "stale" });
      }
      expect(await ground.branchHead(BRANCH)).toBe(theirs);
      expect(await forge.pull(pull.number)).toMatchObject({ title: pull.title, body: pull.body });
    });
  });
}
