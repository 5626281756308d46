import { branchFor } from "../../domain/branch-name.ts";
import type { SkipReason } from "../../domain/decision.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { limitsOf } from "../../pass/pass.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import { issueClosingSentence } from "../../pr/issue.ts";
import { incidentStateOf, isMeasured, unitWith } from "../../remedy/incident-state.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";
import { cooldownOf, firingSince, type IncidentContext } from "./incident-context.ts";
import { planIncident } from "./plan-incident.ts";
import { planWithoutData } from "./plan-without-data.ts";
import { replanPull } from "./replan-pull.ts";

/** The step for a unit of incidents with alerts in this pass. Throws GitError or ForgeError. */
export async function planUnit(context: IncidentContext, unit: IncidentUnit): Promise<Step> {
  const pull = context.pass.forge.open.get(branchFor(unit.cause));
  const state = incidentStateOf(unit.incidents.flatMap((one) => one.alerts));
  switch (state.kind) {
    case "firing":
      return planFiring(context, unitWith(unit, isMeasured), pull);
    case "resolved":
      if (pull !== undefined) return planOpenPull(context, unit, pull, state.at);
      return closeResolvedIssue(context, unit, state.at);
    case "firing-without-data":
    case "ended-without-data":
      if (pull !== undefined) return replanPull(context, unit.cause, pull, "unknown");
      return planWithoutData(context, unit, state, () => waitingStep(context, unit));
    default:
      return state satisfies never;
  }
}

async function planFiring(context: IncidentContext, unit: IncidentUnit, pull: PullRequest | undefined): Promise<Step> {
  if (pull !== undefined) return planOpenPull(context, unit, pull, undefined);
  return waitingStep(context, unit) ?? (await planIncident(context, unit));
}

function planOpenPull(
  context: IncidentContext,
  unit: IncidentUnit,
  pull: PullRequest,
  resolved: Instant | undefined,
): Promise<Step> | Step {
  if (resolved !== undefined && unit.remedy?.whenResolved === "close")
    return stepWithoutPlan(unit, decide(unit.cause, pull, "resolved", limitsOf(context.pass, context.complete)));
  return replanPull(context, unit.cause, pull, resolved === undefined ? "firing" : { resolvedAt: resolved });
}

function closeResolvedIssue(context: IncidentContext, unit: IncidentUnit, resolved: Instant): Step {
  const issue = context.issues.get(branchFor(unit.cause));
  if (issue?.state !== "open")
    return stepWithoutPlan(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" });
  const sentence = issueClosingSentence(resolved);
  return stepWithoutPlan(unit, { kind: "close-issue", issue, sentence, reason: "resolved" });
}

/** The step of an incident that has to wait, decided without evidence; undefined where it does not have to wait. */
function waitingStep({ pass, ended, issues, complete }: IncidentContext, unit: IncidentUnit): Step | undefined {
  const branch = branchFor(unit.cause);
  const last = ended.get(branch);
  const skip = (reason: SkipReason) => stepWithoutPlan(unit, { kind: "skip", reason, pull: last });
  if (!complete || pass.forge.recent === undefined) return skip("incomplete-read");
  const issue = issues.get(branch);
  const began = firingSince(unit.incidents.flatMap((one) => one.alerts));
  if (issue?.state === "closed" && !issue.closedByBot && (issue.endedAt ?? 0) >= began)
    return stepWithoutPlan(unit, { kind: "keep-issue", issue, reason: "closed-by-a-person" });
  if (last === undefined || last.closedByBot) return undefined;
  const isRecent = pass.world.now() - (last.endedAt ?? last.createdAt) < cooldownOf(unit);
  return isRecent ? skip(last.state === "closed" ? "closed-by-a-person" : "cool-down") : undefined;
}
