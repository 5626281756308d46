import { partialSentences } from "../../domain/alert/evidence.ts";
import type { IncidentDetails, Issue, WantedEdit } from "../../domain/alert/incident.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { Edit } from "../../domain/change-set.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { EvidenceReader } from "../../observe/evidence-reader.ts";
import { limitsOf } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { type Prepared, prepare } from "../../pass/prepare.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { isSameChange } from "../../pr/same-change.ts";
import { withoutRefused } from "../../remedy/bounds/refused-edits.ts";
import { toFileEdits } from "../../remedy/file-edits.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";
import { withoutEdits } from "../../remedy/without-edits.ts";
import type { EditReach } from "../../spec/edit/place-of-edit.ts";
import { nothingFound, stepOfTuned } from "../tune/step-without-edits.ts";
import { applyRemedy } from "./apply-remedy.ts";
import { changesLeftToday } from "./changes-today.ts";
import { cutToGuardrails } from "./denied/cut-to-guardrails.ts";
import { denialReasons } from "./denied/denial-reasons.ts";
import { refusedEdits } from "./evidence/refused-edits.ts";
import { readSubjects, type Subject } from "./evidence/subject.ts";
import { cooldownOf, type IncidentContext, isRefused } from "./incident-context.ts";
import { investigate } from "./investigate.ts";
import { reportIncident, updateOpenIssue } from "./issue-steps.ts";

/** A unit of incidents that is being planned. */
interface PlannedUnit {
  readonly context: IncidentContext;
  readonly unit: IncidentUnit;
  /** Its agents with their present specs; at least one. */
  readonly subjects: readonly [Subject, ...Subject[]];
  readonly reader: EvidenceReader;
  /** Whether no more changes of one of its agents may be proposed today. */
  readonly isSpent: boolean;
}

/**
 * The step for a unit of incidents that has no open pull request: a pull request where its remedy, or a model, finds edits
 * within the bounds; otherwise an issue that says why there is none. Throws GitError or ForgeError.
 */
export async function planIncident(context: IncidentContext, unit: IncidentUnit): Promise<Step> {
  const { pass } = context;
  const [first, ...others] = await readSubjects(pass, unit);
  if (first === undefined) return stepWithoutPlan(unit, { kind: "skip", reason: "spec-has-problems", pull: undefined });
  const subjects = [first, ...others] as const;
  const reader = pass.world.evidenceReader(pass.survey.fleet.config, unit.cause.environment);
  const left = subjects.map((subject) => [subject.agent.key, changesLeftToday(pass, subject)] as const);
  for (const [agent, changes] of left)
    context.changesLeft.set(agent, Math.min(changes, context.changesLeft.get(agent) ?? changes));
  const isSpent = left.some(([, changes]) => changes < 1);
  const work: PlannedUnit = { context, unit, subjects, reader, isSpent };
  const issue = context.issues.get(branchFor(unit.cause));
  if (issue?.state === "open") return planWithOpenIssue(work, issue);
  const { edits, details } = await applyRemedy(pass, unit, subjects, reader, issue?.endedAt);
  return edits.length > 0 ? proposeOrReport(work, edits, details) : planWithoutEdits(work, details);
}

/**
 * The step for a unit with an open issue: evidence is read once per cool-down. The issue stays until there is
 * an edit to propose.
 */
async function planWithOpenIssue(work: PlannedUnit, issue: Issue): Promise<Step> {
  const { context, unit, subjects, reader, isSpent } = work;
  const key = branchFor(unit.cause);
  const { evidenceReadAt, now } = context.pass.world;
  if (now() - (evidenceReadAt.get(key) ?? 0) < cooldownOf(unit)) return updateOpenIssue(unit, issue, reader);
  // While the issue is open, the incident goes on.
  const { edits, details } = await applyRemedy(context.pass, unit, subjects, reader, now());
  const step =
    edits.length > 0 && !isSpent ? await propose(work, edits, details) : await updateOpenIssue(unit, issue, reader);
  return { ...step, remember: { kind: "evidence-read", key } };
}

/** The step for a remedy without an edit: a report, nothing, or a question to the model, as the remedy says. */
async function planWithoutEdits(work: PlannedUnit, details: IncidentDetails): Promise<Step> {
  const { context, unit } = work;
  const waiting = stepOfTuned(unit, details);
  if (waiting !== undefined) return waiting;
  if (isTooSoon(work, details))
    return stepWithoutPlan(unit, { kind: "skip", reason: "changed-since-alert", pull: undefined });
  const next = withoutEdits(details.dropped, unit.remedy?.otherwise ?? "ask", partialSentences(details.evidence));
  if (next.kind === "nothing")
    return stepWithoutPlan(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" });
  if (next.kind === "report") return reportIncident(context, unit, details, next.reason, next.reasons);
  return planByModel(work, details);
}

/** The step for an incident that the model investigates. */
async function planByModel(work: PlannedUnit, details: IncidentDetails): Promise<Step> {
  const { context, unit, subjects, reader } = work;
  const answer = await investigate(context.pass, branchFor(unit.cause), subjects[0], details.evidence, reader);
  if (answer.kind === "unavailable") return reportIncident(context, unit, details, "question", [answer.reason]);
  if (answer.kind === "pending") return stepWithoutPlan(unit, { kind: "skip", reason: answer.reason, pull: undefined });
  const { finding } = answer;
  const found = { ...details, finding, evidence: finding.evidence, dropped: [...details.dropped, ...finding.dropped] };
  if (finding.edits.length > 0) return proposeOrReport({ ...work, subjects: [subjects[0]] }, finding.edits, found);
  return reportIncident(context, unit, found, finding.kind === "found" ? "report" : "unresolved", []);
}

/** Whether an edit was dropped since the spec was changed so recently that the alert may still end by itself. */
function isTooSoon({ context, unit, subjects }: PlannedUnit, { dropped }: IncidentDetails): boolean {
  if (!dropped.some(({ reason }) => reason === "changed-since-alert" || reason === "not-rolled-out")) return false;
  const changed = subjects.map(({ versions }) => versions[0]?.at ?? 0);
  return context.pass.world.now() - Math.max(...changed) < cooldownOf(unit);
}

async function proposeOrReport(
  work: PlannedUnit,
  edits: readonly WantedEdit[],
  details: IncidentDetails,
): Promise<Step> {
  if (work.isSpent) return reportIncident(work.context, work.unit, details, "max-changes-per-day", []);
  return propose(work, edits, details);
}

/** A pull request for these edits, or the issue that says why there is none. */
async function propose(work: PlannedUnit, wanted: readonly WantedEdit[], found: IncidentDetails): Promise<Step> {
  const { context, unit, subjects } = work;
  const { pass } = context;
  const last = context.ended.get(branchFor(unit.cause));
  const planned = toFileEdits(subjects, wanted, reachOf(unit));
  if (isRefusedChange(last, planned))
    return stepWithoutPlan(unit, { kind: "skip", reason: "closed-by-a-person", pull: last });
  const { edits, dropped } = withoutRefused(planned, refusedEdits(pass));
  const details = { ...found, dropped: [...found.dropped, ...dropped] };
  if (edits.length === 0 && dropped.length > 0) return planWithoutEdits(work, details);
  const first = await prepareEdits(work, edits, details);
  const prepared = (await prepareCut(work, wanted, details, first)) ?? first;
  const { proposal } = prepared;
  if (prepared.verdict.kind !== "deny" && proposal !== undefined) {
    const decision = decide(unit.cause, last, proposal, limitsOf(pass, context.complete));
    const remember = unit.cause.kind === "tune" ? { remember: nothingFound(unit, details.agents) } : {};
    return { ...prepared, decision, ...remember };
  }
  const report = reportIncident(
    context,
    unit,
    details,
    "denied",
    denialReasons(wanted, first, pass.policies.guardrails),
  );
  return { ...report, changes: prepared.changes, verdict: prepared.verdict };
}

/** What an alert shows to be too little is too little elsewhere; what is measured without one says nothing of other environments. */
function reachOf({ cause }: IncidentUnit): EditReach {
  return cause.kind === "tune" ? "own" : "shared";
}

/** Whether a person has refused the same change. */
function isRefusedChange(last: PullRequest | undefined, edits: readonly Edit[]): boolean {
  const refused = last !== undefined && isRefused(last) ? decodeMarker(last.body)?.edits : undefined;
  return refused !== undefined && isSameChange(refused, edits);
}

async function prepareEdits(
  { context: { pass }, unit: { cause } }: PlannedUnit,
  edits: readonly Edit[],
  details: IncidentDetails,
): Promise<Prepared> {
  const { agents } = details;
  const snapshot = await pass.commit.slice(pathsOfAgents(agents, pass));
  return prepare(pass, { cause, agents, tenants: [], edits, details }, snapshot);
}

/** A denied change with its values cut to what the guardrails allow; undefined where that is none that may be proposed. */
async function prepareCut(
  work: PlannedUnit,
  wanted: readonly WantedEdit[],
  details: IncidentDetails,
  { verdict }: Prepared,
): Promise<Prepared | undefined> {
  const { context, unit, subjects } = work;
  const { pass, ended } = context;
  if (verdict.kind !== "deny") return undefined;
  const cut = cutToGuardrails(wanted, verdict.violations, pass.policies.guardrails, unit.remedy);
  const planned = cut === undefined ? [] : toFileEdits(subjects, cut, reachOf(unit));
  const { edits } = withoutRefused(planned, refusedEdits(pass));
  if (edits.length === 0 || isRefusedChange(ended.get(branchFor(unit.cause)), edits)) return undefined;
  const prepared = await prepareEdits(work, edits, details);
  return prepared.verdict.kind !== "deny" && prepared.proposal !== undefined ? prepared : undefined;
}
