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

    const numbersSince = async (since: number) =>
      ((await forge.recent(since)) ?? []).map(({ number }) => number).sort((a, b) => a - b);
    /** Moments are told to the second. */
    const passing = () => new Promise((resolve) => setTimeout(resolve, 1100));

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

    test("knows no checks where nothing checks", async () => {
      expect(await forge.checks(await opened())).toBe("none");
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

    test("tells what was opened or ended after a moment, with its text", async () => {
      const first = await opened();
      const other = await opened({ branch: "raos/agent/acme/other", files: [change("deploy/other.yaml", "a: 1\n")] });
      const before = other.createdAt;
      expect(first.endedAt).toBeUndefined();
      const later = await opened({ branch: "raos/agent/acme/b", files: [change("b.yaml", "b\n")] });
      expect(await numbersSince(later.createdAt)).toEqual([]);
      await passing();
      await forge.close(first, "No longer needed.");
      await forge.merge(later);
      expect(await numbersSince(later.createdAt)).toEqual([first.number, later.number]);
      expect(await numbersSince(before - 60_000)).toEqual([first.number, other.number, later.number]);
      const told = (await forge.recent(later.createdAt)) ?? [];
      expect(told.every((pull) => (pull.endedAt ?? 0) > later.createdAt && pull.body === "Why.")).toBe(true);
      expect(new Set(told.map(({ state }) => state))).toEqual(new Set(["closed", "merged"]));
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
