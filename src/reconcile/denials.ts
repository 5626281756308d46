import { isWholeTenant, tenantOf } from "../domain/agent-key.ts";
import type { Problem } from "../domain/problem.ts";
import type { Violation } from "../domain/verdict.ts";
import type { Step } from "../pass/step.ts";
import type { PlannedSteps } from "./plan-steps.ts";

/** Why the guardrails deny a step; empty where they do not, or where the step tells it in an issue. */
export function violationsOf({ decision, verdict }: Step): readonly Violation[] {
  return verdict?.kind === "deny" && !("report" in decision) && !("issue" in decision) ? verdict.violations : [];
}

/**
 * The denials of a step as Problems of the files that ask for the change: the agent's spec, or the tenant's. `pathOf` is that of the
 * plan.
 */
export function denialProblems(step: Step, pathOf: PlannedSteps["pathOf"]): readonly Problem[] {
  const [first] = step.agents;
  return violationsOf(step).map(({ guardrail, message, agent = first, environment }) => {
    const where = environment === undefined ? "" : ` (in ${environment})`;
    return {
      file: fileOf(step, agent, pathOf),
      line: 1,
      column: 1,
      pointer: "",
      message: `${guardrail} denies it: ${message}${where}`,
    };
  });
}

/** The file that asks for the change; a guardrail judges the whole, so no line is known. */
function fileOf({ cause, changes }: Step, agent: string | undefined, pathOf: PlannedSteps["pathOf"]): string {
  const edited = changes?.edits.find((edit) => edit.agent === agent)?.file;
  if (edited !== undefined) return edited;
  if (agent === undefined || isWholeTenant(agent))
    return cause.kind === "drift" && cause.scope.kind === "tenant"
      ? `tenants/${cause.scope.tenant}.yaml`
      : `tenants/${tenantOf(agent ?? "")}.yaml`;
  // A removed agent has no file any more; most are called like this.
  return pathOf(agent) ?? `agents/${agent}.yaml`;
}
