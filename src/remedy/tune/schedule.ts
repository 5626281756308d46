import { Cron } from "croner";
import type { Instant } from "../../domain/values/scalars.ts";
import { cronFault } from "../../spec/check/rules/pod/cron.ts";

/** What is wrong with the fields of a schedule, as a sentence; undefined where nothing is. Its pattern was checked before. */
export function scheduleFault(cron: string): string | undefined {
  const fault = cronFault(cron);
  if (fault !== undefined) return fault;
  try {
    createCron(cron, "UTC");
    return undefined;
  } catch {
    return `${cron} is no schedule of cron; write one such as "0 6 * * Mon"`;
  }
}

/** What is wrong with the name of a time zone; undefined where nothing is. */
export function timezoneFault(timezone: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: timezone });
    return undefined;
  } catch {
    return `there is no time zone ${timezone}; write an IANA name such as Europe/Berlin`;
  }
}

/**
 * The last time of a schedule that is not after this moment, by the wall clock of its time zone; undefined where there was none
 * within `most` milliseconds, or the schedule is wrong. A time that summer time skips is the first one after it.
 */
export function lastScheduled(
  { cron, timezone }: { readonly cron: string; readonly timezone: string },
  now: Instant,
  most: number,
): Instant | undefined {
  try {
    // The times before a moment; so the next second is asked about, to find this one.
    const next = new Date((Math.floor(now / 1000) + 1) * 1000);
    const [last] = createCron(cron, timezone).previousRuns(1, next);
    const at = last?.getTime();
    return at !== undefined && at <= now && now - at <= most ? at : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing is scheduled: without a function, it only tells times. */
function createCron(cron: string, timezone: string): Cron {
  return new Cron(cron, { timezone, mode: "5-part" });
}
