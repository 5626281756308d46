import type { AgentKey } from "./fleet.ts";

/** The result of the guardrails. Reviewers see the warnings of every kind of verdict. */
export type Verdict =
  | { readonly kind: "allow"; readonly warnings: readonly Violation[]; readonly lowRisk: boolean }
  | { readonly kind: "review"; readonly reasons: readonly Violation[]; readonly warnings: readonly Violation[] }
  | { readonly kind: "deny"; readonly violations: readonly Violation[]; readonly warnings: readonly Violation[] };

export interface Violation {
  readonly guardrail: string;
  readonly message: string;
  readonly agent: AgentKey | undefined;
  readonly environment: string | undefined;
}
