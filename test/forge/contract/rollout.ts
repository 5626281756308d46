import { describe, expect, test } from "vitest";
import { givenRepository, type MakeRepository } from "./test-repository.ts";

/** What the bot says on merged pull requests of what became of them. */
export function rolloutContract(name: string, make: MakeRepository): void {
  describe(`${name} as a forge: says what became of a merged pull request`, () => {
    const given = givenRepository(make);

    test("in one comment, which is replaced, and read back by other processes", async () => {
      const pull = await given.open();
      await given.forge.merge(pull);
      const merged = await given.forge.pull(pull.number);
      expect(merged).toMatchObject({ state: "merged", openedByBot: true, textByBot: true });
      expect(merged?.rollout).toBeUndefined();
      await given.forge.showRollout(pull, "Rolling out.\n\n`<!-- not a marker -->`");
      expect((await given.repository.another().pull(pull.number))?.rollout).toBe(
        "Rolling out.\n\n`<!-- not a marker -->`",
      );
      await given.forge.showRollout(pull, "Verified.");
      await given.repository.another().showRollout(pull, "Verified.");
      expect((await given.forge.pull(pull.number))?.rollout).toBe("Verified.");
      const recent = await given.repository.another().recentPulls(pull.createdAt - 60_000);
      expect(recent).toMatchObject([{ number: pull.number, state: "merged", rollout: "Verified." }]);
      const said = await given.repository.comments(pull.number);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain("Verified.");
    });
  });
}
