import type { Config } from "../domain/kinds/kinds.ts";
import type { Instant } from "../domain/values/scalars.ts";

type Schedule = NonNullable<Config["spec"]["schedule"]>;
type Window = Schedule["windows"][number];
const DAYS: readonly string[] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/**
 * Whether the moment is in one of the schedule's windows, by the wall clock of its time zone. A window includes its first
 * minute and not its last. A window whose end is not after its start ends on the next day, and belongs to the day it starts
 * on. With an unknown time zone no window is ever open: limits fail closed.
 */
export function isWithinSchedule(schedule: Schedule | undefined, now: Instant): boolean {
  if (schedule === undefined) return true;
  const clock = wallClock(schedule.timezone, now);
  return clock !== undefined && schedule.windows.some((window) => includes(window, clock));
}

function includes(window: Window, clock: { readonly day: number; readonly minute: number }): boolean {
  const from = minutes(window.from);
  const to = minutes(window.to);
  if (from < to) return isOnDay(window, clock.day) && clock.minute >= from && clock.minute < to;
  const startedToday = isOnDay(window, clock.day) && clock.minute >= from;
  const startedYesterday = isOnDay(window, (clock.day + 6) % 7) && clock.minute < to;
  return startedToday || startedYesterday;
}

function isOnDay(window: Window, day: number): boolean {
  return window.days === undefined || window.days.some((name) => name === DAYS[day]);
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return hours * 60 + rest;
}

function wallClock(timeZone: string, now: Instant): { readonly day: number; readonly minute: number } | undefined {
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const parts = new Map(format.formatToParts(now).map((part) => [part.type, part.value]));
    const day = DAYS.indexOf(parts.get("weekday") ?? "");
    return { day, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
  } catch {
    return undefined;
  }
}
