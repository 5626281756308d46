import type { Instant } from "../domain/scalars.ts";

/** What was spent on models today (UTC), in US dollars. In memory: a restart begins anew. */
export interface DayBudget {
  spentOn(day: Instant): number;
  /** Adds to the day; what is less than nothing gives back a part of what was set aside before. */
  spend(day: Instant, dollars: number): void;
}

/** One budget is shared by all that spend. It fails closed: a clock that goes back, or a sum that is none, renews nothing. */
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
