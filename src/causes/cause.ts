import type { Cause } from "../domain/cause.ts";
import type { Outcome } from "../domain/decision.ts";
import type { Pass } from "../pass/pass.ts";
import type { Step } from "../pass/step.ts";

/** What a cause plans in a pass. */
export interface CausePlan {
  /** What is certain before any step. */
  readonly outcomes: readonly Outcome[];
  /** Made as they are asked for. A cause neither acts, nor prints, nor counts what may be opened. */
  readonly steps: AsyncIterable<Step>;
}

/** A kind of cause, and how it plans its steps. */
export interface CausePlanner {
  readonly kind: Cause["kind"];
  plan(pass: Pass): CausePlan;
}
