import type { Config } from "../domain/kinds.ts";
import type { Instant } from "../domain/scalars.ts";

type Schedule = NonNullable<Config["spec"]["schedule"]>;
type Window = Schedule["windows"][number];
const DAYS: readonly string[] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/**
 * Whether the moment lies in one of the schedule's windows, by the wall clock of its time zone. A window holds its
 * first minute and not its last; one whose end is not after its start goes on past midnight and belongs to the day it
 * starts on. A time zone nobody knows is never open: limits fail closed.
 */
export function isOpen(schedule: Schedule | undefined, now: Instant): boolean {
  if (schedule === undefined) return true;
  const here = wallClock(schedule.timezone, now);
  return here !== undefined && schedule.windows.some((window) => holds(window, here));
}

function holds(window: Window, here: { readonly day: number; readonly minute: number }): boolean {
  const from = minutes(window.from);
  const to = minutes(window.to);
  if (from < to) return welcome(window, here.day) && here.minute >= from && here.minute < to;
  const startedToday = welcome(window, here.day) && here.minute >= from;
  const startedYesterday = welcome(window, (here.day + 6) % 7) && here.minute < to;
  return startedToday || startedYesterday;
}

function welcome(window: Window, day: number): boolean {
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
