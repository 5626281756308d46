import type { Instant } from "../domain/values/scalars.ts";

/** What was spent on models today (UTC), in US dollars. */
export interface DayBudget {
  spentOn(day: Instant): number;
  /** Adds to the day's sum; a negative amount returns a part of what was reserved before. */
  spend(day: Instant, dollars: number): void;
}

/** One budget for all investigations, in memory. A clock that goes back, or an amount that is not a number, never reduces the sum. */
export function createDayBudget(): DayBudget {
  let today = "";
  let sum = 0;
  const dayOf = (moment: Instant) => new Date(moment).toISOString().slice(0, 10);
  return {
    spentOn: (moment) => (dayOf(moment) > today ? 0 : sum),
    spend(moment, dollars) {
      if (dayOf(moment) > today) [today, sum] = [dayOf(moment), 0];
      sum = Number.isFinite(dollars) ? Math.max(0, sum + dollars) : Number.POSITIVE_INFINITY;
    },
  };
}
