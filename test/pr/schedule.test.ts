import { describe, expect, test } from "vitest";
import { isWithinSchedule } from "../../src/pr/schedule.ts";

const berlin = {
  timezone: "Europe/Berlin",
  windows: [{ days: ["Mon", "Tue", "Wed", "Thu", "Fri"] as const, from: "08:00", to: "17:00" }],
};
const at = (windows: readonly { days?: string[]; from: string; to: string }[], timezone = "UTC") => ({
  timezone,
  windows,
});
const open = (schedule: unknown, moment: string) =>
  isWithinSchedule(JSON.parse(JSON.stringify(schedule)), Date.parse(moment));

describe("the schedule", () => {
  test("without one it is always open", () => {
    expect(isWithinSchedule(undefined, 0)).toBe(true);
  });

  test.each([
    ["Monday morning, before the window", "2026-01-05T06:59:59Z", false],
    ["Monday, its first minute", "2026-01-05T07:00:00Z", true],
    ["Monday, its last minute", "2026-01-05T15:59:59Z", true],
    ["Monday, after it", "2026-01-05T16:00:00Z", false],
    ["Saturday", "2026-01-03T10:00:00Z", false],
    ["in summer the same wall clock is an hour earlier", "2026-07-06T06:00:00Z", true],
    ["and ends an hour earlier", "2026-07-06T15:00:00Z", false],
  ])("office hours in Berlin: %s", (_, moment, expected) => {
    expect(open(berlin, moment)).toBe(expected);
  });

  const night = at([{ days: ["Fri"], from: "22:00", to: "04:00" }]);
  test.each([
    ["Friday before midnight", "2026-01-09T23:00:00Z", true],
    ["the Saturday it goes on into", "2026-01-10T03:59:00Z", true],
    ["that Saturday after its end", "2026-01-10T04:00:00Z", false],
    ["the next night", "2026-01-10T23:00:00Z", false],
    ["Friday's early morning, which was Thursday's night", "2026-01-09T03:00:00Z", false],
  ])("a night from Friday on: %s", (_, moment, expected) => {
    expect(open(night, moment)).toBe(expected);
  });

  test("without days it is every day", () => {
    expect(open(at([{ from: "09:00", to: "10:00" }]), "2026-01-04T09:30:00Z")).toBe(true);
  });

  test("one window of several is enough", () => {
    const two = at([
      { from: "01:00", to: "02:00" },
      { from: "09:00", to: "10:00" },
    ]);
    expect(open(two, "2026-01-04T09:30:00Z")).toBe(true);
    expect(open(two, "2026-01-04T08:30:00Z")).toBe(false);
  });

  test("from and to the same is the whole day", () => {
    expect(open(at([{ from: "00:00", to: "00:00" }]), "2026-01-04T00:00:00Z")).toBe(true);
    expect(open(at([{ from: "12:00", to: "12:00" }]), "2026-01-04T11:59:00Z")).toBe(true);
  });

  test("midnight is hour 0, not 24", () => {
    expect(open(at([{ from: "00:00", to: "01:00" }]), "2026-01-04T00:30:00Z")).toBe(true);
  });

  test("a zone half an hour off", () => {
    expect(open(at([{ from: "09:00", to: "09:30" }], "Asia/Kolkata"), "2026-01-04T03:30:00Z")).toBe(true);
    expect(open(at([{ from: "09:00", to: "09:30" }], "Asia/Kolkata"), "2026-01-04T04:00:00Z")).toBe(false);
  });

  test("a time zone nobody knows, or no moment at all, is never open", () => {
    expect(open(at([{ from: "00:00", to: "00:00" }], "Mars/Olympus"), "2026-01-04T09:30:00Z")).toBe(false);
    expect(isWithinSchedule({ timezone: "UTC", windows: [{ from: "00:00", to: "00:00" }] }, Number.NaN)).toBe(false);
  });
});
