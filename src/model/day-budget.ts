import type { Instant } from "../domain/scalars.ts";

/** What was spent on models today (UTC), in US dollars. In memory: a restart begins anew. */
export interface DayBudget {
  spentOn(day: Instant): number;
  spend(day: Instant, dollars: number): void;
}

export function createDayBudget(): DayBudget {
  let today = "";
  let sum = 0;
  const dayOf = (moment: Instant) => new Date(moment).toISOString().slice(0, 10);
  return {
    spentOn: (moment) => (dayOf(moment) === today ? sum : 0),
    spend(moment, dollars) {
      if (dayOf(moment) !== today) [today, sum] = [dayOf(moment), 0];
      sum += dollars;
    },
  };
}
