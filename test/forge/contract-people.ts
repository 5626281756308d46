import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Proposal } from "../../src/domain/change.ts";
import type { Base, Forge } from "../../src/forge/forge.ts";
import { BRANCH, baseNow, change, FLEET, type ForgeGround, type MakeGround, proposal } from "./ground.ts";

/** What people do, and what the bot then does. */
export function peopleContract(name: string, make: MakeGround): void {
  describe(`${name} as a forge: gives way to people`, () => {
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

    test("never overwrites a person's branch", async () => {
      await ground.setBranch(BRANCH, base.sha);
      const theirs = await ground.commit(BRANCH, { "mine.txt": "mine\n" });
      await expect(opened()).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await ground.branchHead(BRANCH)).toBe(theirs);
      expect((await forge.standing([BRANCH])).pulls).toEqual([]);
    });

    test("sees a person's commit, and opens nothing over it", async () => {
      const pull = await opened();
      const theirs = await ground.commit(BRANCH, { "mine.txt": "mine\n" });
      expect((await forge.standing([])).pulls).toMatchObject([{ number: pull.number, head: theirs, botOnly: false }]);
      await expect(opened()).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await ground.branchHead(BRANCH)).toBe(theirs);
    });

    test("says once that it keeps its hands off", async () => {
      const pull = await opened();
      await forge.handsOff(pull, "A person works on this branch.");
      const now = await forge.pull(pull.number);
      expect(now).toMatchObject({ handsOff: true, state: "open" });
      if (now !== undefined) await forge.handsOff(now, "A person works on this branch.");
      const said = await ground.comments(pull.number);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain("A person works on this branch.");
    });

    test("closes with a sentence, and knows that it did", async () => {
      const pull = await opened();
      await forge.close(pull, "No longer needed.");
      expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: true });
      expect(await ground.branchHead(BRANCH)).toBeUndefined();
      expect((await ground.comments(pull.number)).join("\n")).toContain("No longer needed.");
      expect((await forge.standing([])).pulls).toEqual([]);
      expect((await forge.standing([BRANCH])).pulls).toMatchObject([{ number: pull.number, closedByBot: true }]);
    });

    test("a person's close is theirs, also where the bot closes a moment later", async () => {
      const pull = await opened();
      await ground.closeAsPerson(pull.number);
      expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
      await forge.close(pull, "No longer needed.");
      expect((await forge.standing([BRANCH])).pulls).toMatchObject([{ state: "closed", closedByBot: false }]);
    });

    test("what a person deletes the branch of is closed by them", async () => {
      const pull = await opened();
      await ground.setBranch(BRANCH, undefined);
      expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
    });

    test("opens anew after a close, and tells the newest", async () => {
      const first = await opened();
      await ground.closeAsPerson(first.number);
      const second = await opened({ files: [change("deploy/triage.yaml", "replicas: 4\n")] });
      expect(second.number).toBeGreaterThan(first.number);
      await forge.close(second, "No longer needed.");
      expect((await forge.standing([BRANCH, "raos/agent/acme/other"])).pulls).toMatchObject([
        { number: second.number, closedByBot: true },
      ]);
    });
  });
}
