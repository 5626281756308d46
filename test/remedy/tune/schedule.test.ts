import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lastScheduled, scheduleFault, timezoneFault } from "../../../src/remedy/tune/schedule.ts";

const WEEK = 7 * 86_400_000;

function last(cron: string, now: string, timezone = "UTC", most = WEEK): string | undefined {
  const at = lastScheduled({ cron, timezone }, Date.parse(now), most);
  return at === undefined ? undefined : new Date(at).toISOString();
}

describe("the last time of a schedule", () => {
  test.each([
    ["this very moment", "0 6 * * Mon", "2026-06-01T06:00:00Z", "UTC", "2026-06-01T06:00:00.000Z"],
    ["not a moment to come", "0 6 * * Mon", "2026-06-01T05:59:59.999Z", "UTC", "2026-05-25T06:00:00.000Z"],
    ["days ago", "0 6 * * Mon", "2026-06-07T23:00:00Z", "UTC", "2026-06-01T06:00:00.000Z"],
    ["by the clock of a time zone", "0 6 * * Mon", "2026-06-01T05:00:00Z", "Europe/Berlin", "2026-06-01T04:00:00.000Z"],
    ["in winter", "0 6 * * Mon", "2026-01-05T06:00:00Z", "Europe/Berlin", "2026-01-05T05:00:00.000Z"],
    ["each quarter of an hour", "*/15 8-10 * * 1-5", "2026-06-01T09:50:00Z", "UTC", "2026-06-01T09:45:00.000Z"],
    ["too long ago", "0 6 1 * *", "2026-06-20T00:00:00Z", "UTC", undefined],
    ["never", "0 6 31 2 *", "2026-06-20T00:00:00Z", "UTC", undefined],
    ["of a time zone that there is not", "0 6 * * *", "2026-06-20T00:00:00Z", "Europe/Berln", undefined],
  ])("%s", (_, cron, now, timezone, expected) => {
    expect(last(cron, now, timezone)).toBe(expected);
  });

  test("a time that summer time skips is caught up on that day, once", () => {
    // In Berlin the clock goes from 02:00 to 03:00 on 29 March 2026.
    const found = new Set(
      Array.from({ length: 24 }, (_, hour) =>
        last("30 2 * * *", `2026-03-29T${String(hour).padStart(2, "0")}:45:00Z`, "Europe/Berlin"),
      ),
    );
    expect([...found].filter((at) => at?.startsWith("2026-03-29"))).toHaveLength(1);
  });

  test("is never after the moment, and no scheduled time lies between", () => {
    const field = (most: number) => fc.oneof(fc.constant("*"), fc.integer({ min: 0, max: most }).map(String));
    fc.assert(
      fc.property(field(59), field(23), field(6), fc.integer({ min: 0, max: 2 * WEEK }), (minute, hour, day, after) => {
        const cron = `${minute} ${hour} * * ${day}`;
        const now = Date.parse("2026-06-01T00:00:00Z") + after;
        const at = lastScheduled({ cron, timezone: "UTC" }, now, 2 * WEEK) ?? Number.NaN;
        expect(scheduleFault(cron)).toBeUndefined();
        expect(at).toBeLessThanOrEqual(now);
        expect(lastScheduled({ cron, timezone: "UTC" }, at + (now - at) / 2, 2 * WEEK)).toBe(at);
      }),
      { numRuns: 200 },
    );
  });
});

test("faults of schedules and time zones", () => {
  expect(scheduleFault("0 6 * * Mon")).toBeUndefined();
  expect(scheduleFault("60 6 * * Mon")).toBe("60 is no minute; write numbers from 0 to 59, *, or */5");
  expect(scheduleFault("0 6 30 2 *")).toContain("none of these months has a day 30");
  expect(timezoneFault("Asia/Tokyo")).toBeUndefined();
  expect(timezoneFault("Moon/Base")).toBe("there is no time zone Moon/Base; write an IANA name such as Europe/Berlin");
});
