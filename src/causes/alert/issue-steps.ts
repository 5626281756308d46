import type { IncidentDetails, Issue } from "../../domain/alert/incident.ts";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import { isRemedyCause, type RemedyCause } from "../../domain/cause.ts";
import type { ReportReason } from "../../domain/decision.ts";
import type { EvidenceReader } from "../../observe/evidence-reader.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { proposeIssue, updatedIssueOf } from "../../pr/issue.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";
import { redactIncident } from "./evidence/redact-incident.ts";
import type { IncidentContext } from "./incident-context.ts";

/**
 * The issue of each key: the oldest open one, else the one that was opened last. Others of the same key are duplicates: two
 * processes opened one each at the same moment, or a list of issues was out of date.
 */
export function issuesByKey(issues: readonly Issue[]): {
  readonly byKey: ReadonlyMap<string, Issue>;
  readonly duplicates: readonly Issue[];
} {
  const oldestFirst = issues.toSorted((a, b) => a.createdAt - b.createdAt || a.number - b.number);
  const open = oldestFirst.filter((issue) => issue.state === "open");
  const firstOpen = new Map(open.toReversed().map((issue) => [issue.key, issue]));
  return {
    byKey: new Map([...oldestFirst.map((issue) => [issue.key, issue] as const), ...firstOpen]),
    duplicates: open.filter((issue) => firstOpen.get(issue.key) !== issue),
  };
}

/** Updates the title and first paragraph of an open issue to the alerts that fire now; its findings stay as they are. */
export async function updateOpenIssue(unit: IncidentUnit, issue: Issue, reader: EvidenceReader): Promise<Step> {
  const upToDate = stepWithoutPlan(unit, { kind: "keep-issue", issue, reason: "up-to-date" });
  const [first] = unit.incidents;
  if (first === undefined) return upToDate;
  const alerts = unit.incidents.flatMap((one) => one.alerts);
  const report = updatedIssueOf(issue, {
    incident: await redactIncident({ ...first, alerts }, reader),
    agents: unit.agents,
    remedy: { name: unit.cause.remedy, description: unit.remedy?.description ?? "" },
  });
  if (report === undefined) return upToDate;
  return stepWithoutPlan(unit, { kind: "update-issue", issue, report, reason: "report" });
}

/**
 * Opens an issue that says why no pull request is opened, after evidence was read; an issue that is open already stays as it
 * is.
 */
export function reportIncident(
  context: IncidentContext,
  unit: IncidentUnit,
  details: IncidentDetails,
  reason: ReportReason,
  reasons: readonly string[],
): Step {
  const step = issueStep(context, unit, details, reason, reasons);
  if (step.decision.kind === "keep-issue") return step;
  return { ...step, remember: { kind: "evidence-read", key: branchFor(unit.cause) } };
}

/** As `reportIncident`, for an incident whose evidence was not read. */
export function issueStep(
  context: IncidentContext,
  unit: IncidentUnit,
  details: IncidentDetails,
  reason: ReportReason,
  reasons: readonly string[],
): Step {
  const key = branchFor(unit.cause);
  const issue = context.issues.get(key);
  if (issue?.state === "open") return stepWithoutPlan(unit, { kind: "keep-issue", issue, reason: "up-to-date" });
  const report = proposeIssue(details, { kind: reason, reasons }, key);
  return stepWithoutPlan(unit, { kind: "open-issue", report, reason });
}

/** Closes an issue because a pull request is open for the incident now. */
export function closeSupersededIssue(unit: IncidentUnit, issue: Issue): Step {
  const sentence = "A pull request proposes a change for this now, so this issue is closed.";
  return stepWithoutPlan(unit, { kind: "close-issue", issue, sentence, reason: "superseded" });
}

/** Closes a duplicate issue. No step for an issue whose key is not that of a cause of this kind. */
export function* closeDuplicateIssue(issue: Issue, kind: RemedyCause["kind"]): Generator<Step> {
  const cause = causeOf(issue.key);
  if (!isRemedyCause(cause) || cause.kind !== kind) return;
  const sentence = "Another open issue is about the same incident; the older one stays.";
  yield stepWithoutPlan(
    { cause, agents: [cause.agent] },
    { kind: "close-issue", issue, sentence, reason: "duplicate" },
  );
}
