import type { Config } from "./domain/kinds.ts";

/** Why no more pull requests may be opened now. */
export type Full = "limits.openPulls" | "limits.pullsPerHour";

/** How many pull requests a pass may still open: checked here, whatever the cause. */
export interface Budget {
  /** Undefined where there is room for one more. */
  full(): Full | undefined;
  /** One is opened. */
  take(): void;
}

/**
 * The budget of a pass, from what is open and what was opened in the last hour; undefined where that is not known: then
 * nothing is opened. `isUnlimited`: everything is planned, however much may be opened, as `raos plan` does.
 */
export function createBudget(
  { spec: { limits } }: Config,
  counts: { readonly open: number; readonly openedLastHour: number | undefined },
  isUnlimited = false,
): Budget {
  let { open, openedLastHour = Number.NaN } = counts;
  return {
    full() {
      if (isUnlimited) return undefined;
      // Written so that a count that is not a number is over the limit.
      if (!(open < limits.openPulls)) return "limits.openPulls";
      return openedLastHour < limits.pullsPerHour ? undefined : "limits.pullsPerHour";
    },
    take() {
      open += 1;
      openedLastHour += 1;
    },
  };
}
