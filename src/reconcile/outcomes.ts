import { isRemedyCause } from "../domain/cause.ts";
import type { Outcome } from "../domain/decision.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Step } from "../pass/step.ts";
import { foresee, type Result } from "./decisions.ts";
import { violationsOf } from "./denials.ts";

/** The outcomes of a step before it is acted on, one for each agent: its Problems, its denial, or the result of its decision. */
export function foreseenOutcomes(step: Step): readonly Outcome[] {
  const { decision } = step;
  const problems = step.changes?.problems ?? [];
  if (problems.length > 0) return outcomesOf(step, { kind: "problem", problems });
  const violations = violationsOf(step);
  if (violations.length > 0) {
    const reasons = violations.map(({ guardrail, message }) => `${guardrail}: ${message}`);
    return outcomesOf(step, { kind: "denied", reason: [...new Set(reasons)].join("; ") });
  }
  return outcomesOf(step, foresee(decision));
}

/** One outcome for each agent of a step. */
export function outcomesOf(step: Step, result: Result): readonly Outcome[] {
  const agents: readonly AgentKey[] = step.agents.length > 0 ? step.agents : [withoutAgents(step)];
  const remedy = isRemedyCause(step.cause) ? { remedy: step.cause.remedy } : {};
  return agents.map((agent) => ({ cause: step.cause.kind, agent, ...remedy, ...result }));
}

/** The agent of an outcome whose step is not about a single one. */
function withoutAgents({ cause }: Step): AgentKey {
  return cause.kind === "drift" && cause.scope.kind === "tenant" ? `${cause.scope.tenant}/*` : "*";
}

/** Orders outcomes by agent. */
export function byAgent(a: Outcome, b: Outcome): number {
  return a.agent < b.agent ? -1 : a.agent > b.agent ? 1 : 0;
}
