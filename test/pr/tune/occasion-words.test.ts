import { expect, test } from "vitest";
import { occasionWords } from "../../../src/pr/tune/occasion-words.ts";

test.each([
  ["0 6 * * Mon", "UTC", "Every Monday at 06:00 (UTC)"],
  ["5 16 * * 0", "Europe/Berlin", "Every Sunday at 16:05 (Europe/Berlin)"],
  ["30 7 * * *", "UTC", "Every day at 07:30 (UTC)"],
  ["0 6 1 * *", "UTC", "At the times `0 6 1 * *` (UTC)"],
  ["*/5 6 * * Mon-Fri", "UTC", "At the times `*/5 6 * * Mon-Fri` (UTC)"],
])("the schedule %s in %s: %s", (cron, timezone, words) => {
  expect(occasionWords({ kind: "schedule", cron, timezone, at: 0 })).toBe(words);
});

test.each([
  [0, "Its query holds"],
  [600_000, "Its query has held for 10 minutes"],
  [3_600_000, "Its query has held for 1 hour"],
  [5_400_000, "Its query has held for 90 minutes"],
  [45_000, "Its query has held for 45 seconds"],
])("a query that holds for %i milliseconds: %s", (forMs, words) => {
  expect(occasionWords({ kind: "query", forMs })).toBe(words);
});
