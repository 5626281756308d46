import type { Config } from "../domain/kinds/kinds.ts";
import type { Step } from "./step.ts";

/** Why no more pull requests may be opened now. */
export type FullReason = "limits.openPulls" | "limits.pullsPerHour";

/** How many pull requests a pass may still open, for all causes. Nothing else counts limits. */
export interface Budget {
  /** Undefined where one more may be opened. */
  full(): FullReason | undefined;
  /** Counts a step that opens a pull request; where no more may be opened, the step is skipped for that reason. */
  admit(step: Step): Step;
}

/**
 * The budget of a pass, from the number of open pull requests and of those opened in the last hour. Where a number is undefined
 * (not known), nothing is opened. `isUnlimited`: everything may be opened, as `raos plan` shows it.
 */
export function createBudget(
  { spec: { limits } }: Config,
  counts: { readonly open: number; readonly openedLastHour: number | undefined },
  isUnlimited = false,
): Budget {
  let { open, openedLastHour = Number.NaN } = counts;
  const full = (): FullReason | undefined => {
    if (isUnlimited) return undefined;
    // Written so that a count that is not a number is over the limit.
    if (!(open < limits.openPulls)) return "limits.openPulls";
    return openedLastHour < limits.pullsPerHour ? undefined : "limits.pullsPerHour";
  };
  return {
    full,
    admit(step) {
      if (step.decision.kind !== "open") return step;
      const reason = full();
      if (reason !== undefined) return { ...step, decision: { kind: "skip", reason, pull: undefined } };
      open += 1;
      openedLastHour += 1;
      return step;
    },
  };
}
