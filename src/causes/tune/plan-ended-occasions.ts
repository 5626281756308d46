import { isWholeTenant, tenantOf } from "../../domain/agent-key.ts";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { RemedyCause } from "../../domain/cause.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { limitsOf } from "../../pass/pass.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import type { IncidentContext } from "../alert/incident-context.ts";
import { isRemoved, isUncertain, REMOVED } from "../alert/plan-without-alerts.ts";
import { replanPull } from "../alert/replan-pull.ts";
import type { OccasionReading } from "./read-occasions.ts";

/** Whether a remedy still finds something about an agent. */
type Standing = "holds" | "over" | "unknown";

/**
 * The steps for the open pull requests and issues of remedies without alerts that are not planned in this pass: an issue is closed once
 * the query was asked and no longer holds, a pull request too where its remedy says so; else that is kept up to date.
 */
export async function* planEndedOccasions(
  context: IncidentContext,
  readings: readonly OccasionReading[],
  planned: ReadonlySet<string>,
): AsyncGenerator<Step> {
  const { pass, issues } = context;
  for (const branch of new Set([...pass.forge.open.keys(), ...issues.keys()])) {
    const cause = causeOf(branch);
    if (cause?.kind !== "tune" || planned.has(branch) || isUncertain(pass, cause)) continue;
    const standing = standingOf(context, cause, readings);
    const issueStep = planIssue(context, cause, standing);
    if (issueStep !== undefined) yield issueStep;
    const pull = pass.forge.open.get(branch);
    if (pull !== undefined) yield await planPull(context, cause, pull, standing);
  }
}

function standingOf(
  { pass: { policies } }: IncidentContext,
  { agent, environment, remedy: name }: RemedyCause,
  readings: readonly OccasionReading[],
): Standing {
  const reading = readings.find((one) => one.remedy.name === name && one.environment === environment);
  const isAbout = (other: string) => (isWholeTenant(agent) ? tenantOf(agent) === tenantOf(other) : agent === other);
  if (reading?.incidents.some((incident) => isAbout(incident.agent))) return "holds";
  if (reading?.isWhole === true) return "over";
  return policies.remedies.some((one) => one.name === name && one.isEnabled) ? "unknown" : "over";
}

function planIssue(
  { pass, issues, complete }: IncidentContext,
  cause: RemedyCause,
  standing: Standing,
): Step | undefined {
  const issue = issues.get(branchFor(cause));
  if (issue?.state !== "open" || !complete) return undefined;
  const unit = { cause, agents: [cause.agent] };
  if (isRemoved(pass, cause.agent))
    return stepWithoutPlan(unit, { kind: "close-issue", issue, sentence: REMOVED, reason: "agent-removed" });
  if (standing !== "over") return undefined;
  return stepWithoutPlan(unit, { kind: "close-issue", issue, sentence: OVER, reason: "resolved" });
}

const OVER = "The remedy no longer finds what this issue is about, so it is closed.";

function planPull(
  context: IncidentContext,
  cause: RemedyCause,
  pull: PullRequest,
  standing: Standing,
): Promise<Step> | Step {
  const { pass, complete } = context;
  const remedy = pass.policies.remedies.find(({ name }) => name === cause.remedy);
  if (standing === "over" && (remedy === undefined || remedy.whenResolved === "close")) {
    const unit = { cause, agents: [cause.agent] };
    return stepWithoutPlan(unit, decide(cause, pull, "resolved", limitsOf(pass, complete)));
  }
  // What was found at a scheduled time stays true of that time.
  const isStanding = standing === "holds" || remedy?.trigger.kind === "schedule";
  return replanPull(context, cause, pull, isStanding ? "firing" : "unknown");
}
