import type { Cause } from "../domain/cause.ts";
import type { ChangeSet } from "../domain/change-set.ts";
import type { Decision } from "../domain/decision.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { Verdict } from "../domain/verdict.ts";

/** One cause, what should be done about it, and all that led there. */
export interface Step {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  readonly changes: ChangeSet | undefined;
  readonly verdict: Verdict | undefined;
  readonly proposal: Proposal | undefined;
  readonly decision: Decision;
  /** What this process remembers after the step was acted on, so that a later pass does not repeat the work. */
  readonly remember?: Remember;
}

export type Remember =
  /** Evidence was read for the issue of this key. */
  | { readonly kind: "evidence-read"; readonly key: string }
  /** Evidence was read for each of these, and nothing is to be done. */
  | { readonly kind: "nothing-found"; readonly keys: readonly string[] }
  /** The pull request of this branch stays as it is, as long as everything in `stamp` stays. */
  | { readonly kind: "unchanged-pull"; readonly branch: string; readonly stamp: string };

/** A step whose decision needs no plan. */
export function stepWithoutPlan(
  subject: { readonly cause: Cause; readonly agents: readonly AgentKey[] },
  decision: Decision,
): Step {
  const { cause, agents } = subject;
  return { cause, agents, changes: undefined, verdict: undefined, proposal: undefined, decision };
}
