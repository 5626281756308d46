import { tenantOf } from "../../domain/agent-key.ts";
import { isRevert } from "../../domain/alert/revert.ts";
import { causeOf } from "../../domain/branch-name.ts";
import type { RemedyCause } from "../../domain/cause.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { wereAllReadBack } from "../../pass/reported-alerts.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import { issueClosingSentence } from "../../pr/issue.ts";
import type { IncidentContext } from "./incident-context.ts";
import { replanPull } from "./replan-pull.ts";

/**
 * Plans the steps for the pull request and the issue of an incident without alerts in this pass. The incident has ended only
 * if every sender that reported it was read back completely.
 */
export async function* planWithoutAlerts(context: IncidentContext, branch: string): AsyncGenerator<Step> {
  const { pass } = context;
  const cause = causeOf(branch);
  if (cause?.kind !== "alert" || isUncertain(pass, cause)) return;
  const { world, policies, reported, forge } = pass;
  const unit = { cause, agents: [cause.agent] };
  const [pull, issue] = [forge.open.get(branch), context.issues.get(branch)];
  if (issue?.state === "open" && isRemoved(pass, cause.agent) && context.complete) {
    yield stepWithoutPlan(unit, { kind: "close-issue", issue, sentence: REMOVED, reason: "agent-removed" });
    return;
  }
  if (issue?.state === "open" && wereAllReadBack(reported.whole, issue) && context.complete) {
    const sentence = issueClosingSentence(world.now());
    yield stepWithoutPlan(unit, { kind: "close-issue", issue, sentence, reason: "resolved" });
    return;
  }
  if (pull === undefined) return;
  const remedy = policies.remedies.find((one) => one.name === cause.remedy);
  const hasEnded = !isRevert(cause) && wereAllReadBack(reported.whole, pull);
  if (hasEnded && remedy?.whenResolved === "close")
    yield stepWithoutPlan(unit, decide(cause, pull, "resolved", limitsOf(pass, context.complete)));
  else yield await replanPull(context, cause, pull, hasEnded ? { resolvedAt: world.now() } : "unknown");
}

/** What is said where the agent of an issue is gone. */
export const REMOVED = "The default branch has no such agent any more, so this issue is closed.";

/** Whether the default branch has no such agent; a whole tenant is never removed. */
export function isRemoved({ survey }: Pass, agent: AgentKey): boolean {
  return !agent.endsWith("/*") && survey.pathOf(agent) === undefined;
}

/** Whether a spec or policy is broken. Then a firing alert may belong to no agent for now, so the incident may not have ended. */
export function isUncertain({ policies, survey }: Pass, { agent }: RemedyCause): boolean {
  const isAbout = (key: AgentKey) =>
    key === "" || key === agent || (agent.endsWith("/*") && tenantOf(key) === tenantOf(agent));
  return policies.problems.length > 0 || survey.problems.some(({ key }) => isAbout(key));
}
