import type { Verdict, Violation } from "../domain/verdict.ts";

/** What grants say of a change. */
export interface GrantFindings {
  readonly deny: readonly Violation[];
  readonly review: readonly Violation[];
}

/** The verdict of the guardrails, with what the grants say: they can only make it stricter. */
export function withFindings(verdict: Verdict, { deny, review }: GrantFindings): Verdict {
  if (deny.length === 0 && review.length === 0) return verdict;
  const { warnings } = verdict;
  if (verdict.kind === "deny")
    return { kind: "deny", violations: [...verdict.violations, ...deny], warnings: [...warnings, ...review] };
  const reasons = verdict.kind === "review" ? verdict.reasons : [];
  if (deny.length > 0) return { kind: "deny", violations: deny, warnings: [...reasons, ...review, ...warnings] };
  return { kind: "review", reasons: [...reasons, ...review], warnings };
}
