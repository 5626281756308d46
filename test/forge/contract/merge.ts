import { describe, expect, test } from "vitest";
import { BRANCH, change, proposal } from "../../support/forge/proposal.ts";
import { FLEET, givenRepository, type MakeRepository } from "./test-repository.ts";

/** Merging, and counting what became of pull requests. */
export function mergingContract(name: string, make: MakeRepository): void {
  describe(`${name} as a forge: merges`, () => {
    const given = givenRepository(make);

    const numbersSince = async (since: number) =>
      ((await given.forge.recentPulls(since)) ?? []).map(({ number }) => number).sort((a, b) => a - b);
    /** Times are exact to the second. */
    const passing = () => new Promise((resolve) => setTimeout(resolve, 1100));

    test("merges with a merge commit", async () => {
      const pull = await given.open();
      const sha = await given.forge.merge(pull);
      expect(await given.repository.branchHead("main")).toBe(sha);
      expect(await given.repository.parents(sha)).toEqual([given.base.sha, pull.head]);
      expect(await given.repository.files(sha)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
      expect(await given.repository.branchHead(BRANCH)).toBeUndefined();
      expect(await given.forge.pull(pull.number)).toMatchObject({ state: "merged", closedByBot: false });
      expect((await given.forge.pullRequests([BRANCH])).pulls).toMatchObject([
        { number: pull.number, state: "merged" },
      ]);
    });

    test("knows no checks where nothing checks", async () => {
      expect(await given.forge.checks(await given.open())).toBe("none");
    });

    test("does not merge what conflicts", async () => {
      const pull = await given.open({ files: [change("deploy/old.yaml", "old: 2\n")] });
      const theirs = await given.repository.commit("main", { "deploy/old.yaml": "old: 9\n" });
      await expect(given.forge.merge(pull)).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await given.repository.branchHead("main")).toBe(theirs);
      expect(await given.forge.pull(pull.number)).toMatchObject({ state: "open", head: pull.head });
    });

    test("does not merge a head that nobody looked at", async () => {
      const pull = await given.open();
      await given.repository.commit(BRANCH, { "mine.txt": "mine\n" });
      await expect(given.forge.merge(pull)).rejects.toMatchObject({ name: "ForgeError", code: "stale" });
      expect(await given.repository.branchHead("main")).toBe(given.base.sha);
    });

    test("opens many at once, each with a number of its own, and merges them in any order", async () => {
      const names = Array.from({ length: 12 }, (_, index) => `agent-${index}`);
      const pulls = await Promise.all(
        names.map((agent, index) => {
          const files = [change(`deploy/${agent}.yaml`, `agent: ${agent}\n`)];
          const by = index % 2 === 0 ? given.forge : given.repository.another();
          return by.open(proposal({ branch: `raos/agent/acme/${agent}`, title: `Deploy ${agent}`, files }), given.base);
        }),
      );
      expect(new Set(pulls.map(({ number }) => number)).size).toBe(12);
      expect((await given.forge.pullRequests([])).pulls).toHaveLength(12);
      for (const pull of [...pulls].sort((a, b) => (a.branch < b.branch ? 1 : -1))) await given.forge.merge(pull);
      const files = await given.repository.files((await given.repository.branchHead("main")) ?? "");
      expect(Object.keys(files).filter((path) => path.startsWith("deploy/agent-"))).toHaveLength(12);
      expect((await given.forge.pullRequests([])).pulls).toEqual([]);
    });

    test("tells what was opened or ended after a moment, with its text", async () => {
      const first = await given.open();
      const other = await given.open({
        branch: "raos/agent/acme/other",
        files: [change("deploy/other.yaml", "a: 1\n")],
      });
      const before = other.createdAt;
      expect(first.endedAt).toBeUndefined();
      const later = await given.open({ branch: "raos/agent/acme/b", files: [change("b.yaml", "b\n")] });
      expect(await numbersSince(later.createdAt)).toEqual([]);
      await passing();
      await given.forge.close(first, "No longer needed.");
      await given.forge.merge(later);
      expect(await numbersSince(later.createdAt)).toEqual([first.number, later.number]);
      expect(await numbersSince(before - 60_000)).toEqual([first.number, other.number, later.number]);
      const told = (await given.forge.recentPulls(later.createdAt)) ?? [];
      expect(told.every((pull) => (pull.endedAt ?? 0) > later.createdAt && pull.body === "Why.")).toBe(true);
      expect(new Set(told.map(({ state }) => state))).toEqual(new Set(["closed", "merged"]));
    });

    test("lists the branches of what was opened after a moment, whatever became of it", async () => {
      const first = await given.open();
      expect(await given.forge.openedSince(first.createdAt - 1)).toEqual([first.branch]);
      await given.forge.close(first, "No longer needed.");
      const second = await given.open();
      await given.forge.merge(second);
      const opened = await given.forge.openedSince(first.createdAt - 1);
      expect(opened?.toSorted()).toEqual([first.branch, second.branch].sort());
      expect(await given.forge.openedSince(second.createdAt)).toEqual([]);
    });
  });
}
