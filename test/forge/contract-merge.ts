import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Proposal } from "../../src/domain/change.ts";
import type { Base, Forge } from "../../src/forge/forge.ts";
import { BRANCH, baseNow, change, FLEET, type ForgeGround, type MakeGround, proposal } from "./ground.ts";

/** Merging, and counting what became of pull requests. */
export function mergingContract(name: string, make: MakeGround): void {
  describe(`${name} as a forge: merges`, () => {
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

    test("merges with a merge commit", async () => {
      const pull = await opened();
      const sha = await forge.merge(pull);
      expect(await ground.branchHead("main")).toBe(sha);
      expect(await ground.parents(sha)).toEqual([base.sha, pull.head]);
      expect(await ground.files(sha)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
      expect(await ground.branchHead(BRANCH)).toBeUndefined();
      expect(await forge.pull(pull.number)).toMatchObject({ state: "merged", closedByBot: false });
      expect((await forge.standing([BRANCH])).pulls).toMatchObject([{ number: pull.number, state: "merged" }]);
    });

    test("does not merge what conflicts", async () => {
      const pull = await opened({ files: [change("deploy/old.yaml", "old: 2\n")] });
      const theirs = await ground.commit("main", { "deploy/old.yaml": "old: 9\n" });
      await expect(forge.merge(pull)).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await ground.branchHead("main")).toBe(theirs);
      expect(await forge.pull(pull.number)).toMatchObject({ state: "open", head: pull.head });
    });

    test("does not merge a head that nobody looked at", async () => {
      const pull = await opened();
      await ground.commit(BRANCH, { "mine.txt": "mine\n" });
      await expect(forge.merge(pull)).rejects.toMatchObject({ name: "ForgeError", code: "stale" });
      expect(await ground.branchHead("main")).toBe(base.sha);
    });

    test("opens many at once, each with a number of its own, and merges them in any order", async () => {
      const names = Array.from({ length: 12 }, (_, index) => `agent-${index}`);
      const pulls = await Promise.all(
        names.map((agent, index) => {
          const files = [change(`deploy/${agent}.yaml`, `agent: ${agent}\n`)];
          const by = index % 2 === 0 ? forge : ground.another();
          return by.open(proposal({ branch: `raos/agent/acme/${agent}`, title: `Deploy ${agent}`, files }), base);
        }),
      );
      expect(new Set(pulls.map(({ number }) => number)).size).toBe(12);
      expect((await forge.standing([])).pulls).toHaveLength(12);
      for (const pull of [...pulls].sort((a, b) => (a.branch < b.branch ? 1 : -1))) await forge.merge(pull);
      const files = await ground.files((await ground.branchHead("main")) ?? "");
      expect(Object.keys(files).filter((path) => path.startsWith("deploy/agent-"))).toHaveLength(12);
      expect((await forge.standing([])).pulls).toEqual([]);
    });

    test("counts what was opened after a moment, whatever became of it", async () => {
      const first = await opened();
      expect(await forge.openedSince(first.createdAt - 1)).toBe(1);
      await forge.close(first, "No longer needed.");
      const second = await opened();
      await forge.merge(second);
      expect(await forge.openedSince(first.createdAt - 1)).toBe(2);
      expect(await forge.openedSince(second.createdAt)).toBe(0);
    });
  });
}
