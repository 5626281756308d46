import { describe, expect, test } from "vitest";
import { createQuietRounds } from "../../../src/app/service/quiet-rounds.ts";
import type { Outcome } from "../../../src/domain/decision.ts";

const HOUR = 3_600_000;
const outcome = (kind: Outcome["kind"], reason?: string): Outcome => ({
  ...{ cause: "drift", agent: "acme/triage", kind },
  ...(reason === undefined ? {} : { reason }),
});

describe("a round in which nothing has changed", () => {
  test("is left out after a pass that left nothing to do, for less than an hour", () => {
    let now = 0;
    const quiet = createQuietRounds(() => now);
    expect(quiet.isQuiet("acme/fleet", "a")).toBe(false);
    quiet.note("acme/fleet", "a", [outcome("unchanged", "up-to-date"), outcome("skipped", "closed-by-a-person")]);
    now = HOUR - 1;
    expect([
      quiet.isQuiet("acme/fleet", "a"),
      quiet.isQuiet("acme/fleet", "b"),
      quiet.isQuiet("acme/other", "a"),
    ]).toEqual([true, false, false]);
    now = HOUR;
    expect(quiet.isQuiet("acme/fleet", "a")).toBe(false);
  });

  test.each([
    ["opened something", outcome("opened")],
    ["waits for a limit", outcome("skipped", "limits.pullsPerHour")],
    ["waits for checks", outcome("unchanged", "checks-pending")],
    ["waits for a check that nothing reports", outcome("unchanged", "checks-missing")],
    ["waits for a review", outcome("unchanged", "review-required")],
    ["waits for the merge queue", outcome("unchanged", "in-merge-queue")],
    ["has to verify a merge again", outcome("unchanged", "base-moved")],
    ["waits for a time", outcome("skipped", "outside-schedule")],
    ["was refused by the forge", outcome("skipped", "forge-unavailable")],
    ["did not read everything", outcome("skipped", "incomplete-read")],
    ["reached its deadline", outcome("skipped", "deadline")],
    ["was denied", outcome("denied", "a guardrail")],
  ])("is not left out after a pass that %s", (_name, one) => {
    const quiet = createQuietRounds(() => 0);
    quiet.note("acme/fleet", "a", [outcome("unchanged", "up-to-date"), one]);
    expect(quiet.isQuiet("acme/fleet", "a")).toBe(false);
  });

  test("is not left out where the forge does not say what changed", () => {
    const quiet = createQuietRounds(() => 0);
    quiet.note("acme/fleet", undefined, [outcome("unchanged")]);
    expect(quiet.isQuiet("acme/fleet", undefined)).toBe(false);
  });
});
