import { expect, test } from "vitest";
import { createQuietRounds } from "../../../src/app/service/quiet-rounds.ts";
import type { Outcome } from "../../../src/domain/decision.ts";

/** Whether a round is left out after a pass with this outcome, when nothing is seen to have changed. */
function isQuietAfter(kind: Outcome["kind"], reason?: string): boolean {
  const rounds = createQuietRounds(() => 0);
  const outcome: Outcome = { cause: "alert", agent: "acme/triage", kind, ...(reason === undefined ? {} : { reason }) };
  rounds.note("acme/fleet", "stamp", [outcome]);
  return rounds.isQuiet("acme/fleet", "stamp");
}

test.each<readonly [Outcome["kind"], string | undefined, boolean]>([
  ["unchanged", "up-to-date", true],
  ["skipped", "closed-by-a-person", true],
  ["problem", undefined, true],
  ["unchanged", "checks-pending", false],
  ["unchanged", "checks-missing", false],
  ["unchanged", "review-required", false],
  ["unchanged", "in-merge-queue", false],
  ["unchanged", "base-moved", false],
  ["skipped", "limits.pullsPerHour", false],
  ["skipped", "forge-rule", false],
  ["opened", undefined, false],
])("after %s (%s) a quiet round is left out: %s", (kind, reason, isQuiet) => {
  expect(isQuietAfter(kind, reason)).toBe(isQuiet);
});
