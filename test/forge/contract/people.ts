import { describe, expect, test } from "vitest";
import { BRANCH, change } from "../../support/forge/proposal.ts";
import { givenRepository, type MakeRepository } from "./test-repository.ts";

/** What people do to pull requests, and how the bot reacts. */
export function peopleContract(name: string, make: MakeRepository): void {
  describe(`${name} as a forge: leaves people's work alone`, () => {
    const given = givenRepository(make);

    test("never overwrites a person's branch", async () => {
      await given.repository.setBranch(BRANCH, given.base.sha);
      const theirs = await given.repository.commit(BRANCH, { "mine.txt": "mine\n" });
      await expect(given.open()).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await given.repository.branchHead(BRANCH)).toBe(theirs);
      expect((await given.forge.pullRequests([BRANCH])).pulls).toEqual([]);
    });

    test("sees a person's commit, and opens nothing over it", async () => {
      const pull = await given.open();
      const theirs = await given.repository.commit(BRANCH, { "mine.txt": "mine\n" });
      expect((await given.forge.pullRequests([])).pulls).toMatchObject([
        { number: pull.number, head: theirs, botOnly: false },
      ]);
      await expect(given.open()).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await given.repository.branchHead(BRANCH)).toBe(theirs);
    });

    test("says once that it keeps its hands off", async () => {
      const pull = await given.open();
      await given.forge.commentHandsOff(pull, "A person works on this branch.");
      const now = await given.forge.pull(pull.number);
      expect(now).toMatchObject({ handsOff: true, state: "open" });
      if (now !== undefined) await given.forge.commentHandsOff(now, "A person works on this branch.");
      const said = await given.repository.comments(pull.number);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain("A person works on this branch.");
    });

    test("closes with a sentence, and knows that it did", async () => {
      const pull = await given.open();
      await given.forge.close(pull, "No longer needed.");
      expect(await given.forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: true });
      expect(await given.repository.branchHead(BRANCH)).toBeUndefined();
      expect((await given.repository.comments(pull.number)).join("\n")).toContain("No longer needed.");
      expect((await given.forge.pullRequests([])).pulls).toEqual([]);
      expect((await given.forge.pullRequests([BRANCH])).pulls).toMatchObject([
        { number: pull.number, closedByBot: true },
      ]);
    });

    test("a person's close is theirs, also where the bot closes a moment later", async () => {
      const pull = await given.open();
      await given.repository.closeAsPerson(pull.number);
      expect(await given.forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
      await given.forge.close(pull, "No longer needed.");
      expect((await given.forge.pullRequests([BRANCH])).pulls).toMatchObject([{ state: "closed", closedByBot: false }]);
    });

    test("what a person deletes the branch of is closed by them", async () => {
      const pull = await given.open();
      await given.repository.setBranch(BRANCH, undefined);
      expect(await given.forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
    });

    test("opens another after a close, and lists the newest", async () => {
      const first = await given.open();
      await given.repository.closeAsPerson(first.number);
      const second = await given.open({ files: [change("deploy/triage.yaml", "replicas: 4\n")] });
      expect(second.number).toBeGreaterThan(first.number);
      await given.forge.close(second, "No longer needed.");
      expect((await given.forge.pullRequests([BRANCH, "raos/agent/acme/other"])).pulls).toMatchObject([
        { number: second.number, closedByBot: true },
      ]);
    });
  });
}
