import { isWholeTenant } from "../../domain/agent-key.ts";
import { momentOf } from "../../domain/alert/occasion.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { SkipReason } from "../../domain/decision.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";
import { cooldownOf, type IncidentContext, isRefused } from "../alert/incident-context.ts";
import { planIncident } from "../alert/plan-incident.ts";
import { replanPull } from "../alert/replan-pull.ts";

/** How long an issue that a person closed stays closed while the remedy still finds the same, in milliseconds: 30 days. */
const ANSWERED = 30 * 86_400_000;

/** The step for agents to which a remedy applies although no alert fires. Throws GitError or ForgeError. */
export async function planTunedUnit(context: IncidentContext, unit: IncidentUnit): Promise<Step> {
  const pull = context.pass.forge.open.get(branchFor(unit.cause));
  if (pull !== undefined) return replanPull(context, unit.cause, pull, "firing");
  return waitingStep(context, unit) ?? (await planIncident(context, unit));
}

/** The step where people have answered lately, or nothing may be opened, decided without evidence; undefined where it goes on. */
function waitingStep({ pass, ended, issues, complete }: IncidentContext, unit: IncidentUnit): Step | undefined {
  const branch = branchFor(unit.cause);
  const last = ended.get(branch);
  const skip = (reason: SkipReason) => stepWithoutPlan(unit, { kind: "skip", reason, pull: last });
  if (!complete) return skip("incomplete-read");
  const now = pass.world.now();
  const issue = issues.get(branch);
  if (issue?.state === "closed" && !issue.closedByBot && now - (issue.endedAt ?? 0) < ANSWERED)
    return stepWithoutPlan(unit, { kind: "keep-issue", issue, reason: "closed-by-a-person" });
  const full = pass.budget.full();
  if (full !== undefined && unit.remedy !== undefined && unit.remedy.edits.length > 0) return skip(full);
  const reason = last === undefined || last.closedByBot ? undefined : waitsAfter(last, unit, now);
  return reason === undefined ? undefined : skip(reason);
}

/** Why nothing is proposed so soon after the last pull request; undefined where it may be. */
function waitsAfter(last: PullRequest, unit: IncidentUnit, now: Instant): SkipReason | undefined {
  if (isRefused(last))
    return now - (last.endedAt ?? last.createdAt) < cooldownOf(unit) ? "closed-by-a-person" : undefined;
  // A tenant's earlier pull request was about other agents: those that it changed are held back by themselves.
  if (isWholeTenant(unit.cause.agent)) return undefined;
  const [incident] = unit.incidents;
  // A merged one was answered when it was opened: so a weekly schedule is not held up by a merge on the day after.
  const age = momentOf(incident?.occasion, now) - last.createdAt;
  return age < cooldownOf(unit) - HALF_A_DAY ? "cool-down" : undefined;
}

/** By how much the times of passes vary, in milliseconds. */
const HALF_A_DAY = 43_200_000;
