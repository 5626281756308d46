import type { ReportReason, StandingPull } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { IncidentStory, StandingIssue, WantedEdit } from "../domain/incident.ts";
import type { Instant } from "../domain/scalars.ts";
import type { Observatory } from "../observe/observatory.ts";
import { branchFor, causeOf } from "../pr/branch.ts";
import { decide } from "../pr/decide.ts";
import { decodeMarker } from "../pr/marker.ts";
import { renewedReport, reportOf } from "../pr/report.ts";
import { prepare } from "../prepare.ts";
import type { Setting, Step } from "../step.ts";
import { bare, cooldownOf, type Desk, isRefused, limitsOf } from "./desk.ts";
import type { IncidentUnit } from "./incident-units.ts";
import { investigate } from "./investigate.ts";
import { landed } from "./landed-edits.ts";
import { isSameChange } from "./material.ts";
import { considered, redacted } from "./rules.ts";
import { pathsOfAgents, type Subject, subjectOf } from "./subject.ts";

const DAY = 86_400_000;

/**
 * What comes of an incident that stands nowhere as a pull request: one where rules or a model find edits within the bounds,
 * else an issue that says why not. Throws GitError or ForgeError.
 */
export async function answered(desk: Desk, unit: IncidentUnit): Promise<Step> {
  const { setting } = desk;
  const { world, seen, view } = setting;
  const paths = pathsOfAgents(unit.agents, seen.environments, world.store);
  const snapshot = view.slice(paths);
  const read = await Promise.all(
    unit.incidents.map((one) => subjectOf(one, snapshot, view, seen.fleet, seen.pathOf(one.agent))),
  );
  const subjects = read.filter((subject) => subject !== undefined);
  const [first] = subjects;
  if (first === undefined) return bare(unit, { kind: "skip", reason: "spec-has-problems", pull: undefined });
  const observatory = world.observe(seen.fleet.config);
  const issue = desk.issues.get(branchFor(unit.cause));
  if (issue?.state === "open" && !isDue(world, unit)) return told(unit, issue, observatory);
  const isSpent = subjects.some((subject) => changesLeft(desk, subject, world.now()) < 1);
  const ruled = await considered(unit, subjects, observatory, world.now());
  const base: IncidentStory = { ...ruled.story, resolvedAt: undefined };
  if (ruled.edits.length > 0 && !isSpent) return proposed(desk, unit, subjects, ruled.edits, base);
  if (issue?.state === "open") return told(unit, issue, observatory);
  if (ruled.edits.length > 0) return reporting(desk, unit, base, "max-changes-per-day", []);
  const stuck = base.dropped.filter(({ reason }) => reason === "flapping" || reason === "undoes-a-person");
  if (stuck.length > 0) {
    const reasons = stuck.map(({ at, to, message }) => `${at} to ${JSON.stringify(to ?? null)}: ${message}`);
    return reporting(desk, unit, base, "question", reasons);
  }
  const wants = unit.remedy?.otherwise ?? "ask";
  if (wants === "none") return bare(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" });
  if (wants === "report") return reporting(desk, unit, base, "report", []);
  const asked = await investigate(setting, branchFor(unit.cause), first, ruled.story.evidence, observatory);
  if (asked.kind === "nobody") return reporting(desk, unit, base, "question", [asked.reason]);
  if (asked.kind === "pending") return bare(unit, { kind: "skip", reason: "investigating", pull: undefined });
  const { finding } = asked;
  const story = {
    ...base,
    finding,
    evidence: finding.evidence,
    dropped: [...base.dropped, ...finding.dropped],
  };
  if (finding.edits.length > 0 && !isSpent) return proposed(desk, unit, [first], finding.edits, story);
  if (finding.edits.length > 0) return reporting(desk, unit, story, "max-changes-per-day", []);
  return reporting(desk, unit, story, finding.kind === "found" ? "report" : "unresolved", []);
}

/** Whether evidence is to be read again for an incident whose issue is open: once in a cool-down. */
function isDue({ lookedAt, now }: Setting["world"], unit: IncidentUnit): boolean {
  const branch = branchFor(unit.cause);
  if (now() - (lookedAt.get(branch) ?? 0) < cooldownOf(unit)) return false;
  lookedAt.set(branch, now());
  return true;
}

/** An open issue follows what fires; what was found out when it was opened stays. */
async function told(unit: IncidentUnit, issue: StandingIssue, observatory: Observatory): Promise<Step> {
  const [first] = unit.incidents;
  if (first === undefined) return bare(unit, { kind: "keep-issue", issue, reason: "up-to-date" });
  const alerts = unit.incidents.flatMap((one) => one.alerts);
  const report = renewedReport(issue, {
    incident: await redacted({ ...first, alerts }, observatory),
    agents: unit.agents,
    remedy: { name: unit.cause.remedy, description: unit.remedy?.description ?? "" },
  });
  if (report === undefined) return bare(unit, { kind: "keep-issue", issue, reason: "up-to-date" });
  return bare(unit, { kind: "update-issue", issue, report, reason: "report" });
}

/** A pull request for these edits, or the issue that says why there is none. */
async function proposed(
  desk: Desk,
  unit: IncidentUnit,
  subjects: readonly Subject[],
  wanted: readonly WantedEdit[],
  story: IncidentStory,
): Promise<Step> {
  const { setting } = desk;
  const last = desk.ended.get(branchFor(unit.cause));
  const edits = landed(subjects, wanted);
  const refused = last !== undefined && isRefused(last) ? decodeMarker(last.body)?.edits : undefined;
  if (refused !== undefined && isSameChange(refused, edits))
    return bare(unit, { kind: "skip", reason: "closed-by-a-person", pull: last });
  const snapshot = await setting.view.slice(pathsOfAgents(unit.agents, setting.seen.environments, setting.world.store));
  const step = await prepare(setting, { cause: unit.cause, agents: unit.agents, tenants: [], edits, story }, snapshot);
  const { problems } = step.changes;
  if (problems.length > 0) {
    const said = problems.map(({ file, line, pointer, message }) => `${file}:${line} ${pointer}: ${message}`);
    return reporting(desk, unit, story, "denied", said);
  }
  if (step.verdict.kind === "deny" || step.proposal === undefined) {
    const violations = step.verdict.kind === "deny" ? step.verdict.violations : [];
    const said = violations.map(({ guardrail, message }) => `guardrail ${guardrail}: ${message}`);
    return { ...step, ...reporting(desk, unit, story, "denied", said), changes: step.changes };
  }
  return { ...step, decision: decide(unit.cause, last, step.proposal, limitsOf(desk)) };
}

/** How many pull requests the bot may still open about an agent today. */
function changesLeft(desk: Desk, { agent, environment }: Subject, now: Instant): number {
  const most = agent.environments.get(environment)?.spec.supervision.maxChangesPerDay ?? 3;
  const today = (desk.recent ?? []).filter((pull) => {
    const cause = causeOf(pull.branch);
    if (cause?.kind !== "alert" || now - pull.createdAt >= DAY) return false;
    if (cause.agent === agent.key) return true;
    // A storm's names the tenant; what it changed of this agent is in its marker, unless somebody else wrote that.
    if (!pull.textByBot) return cause.agent === `${agent.tenant}/*`;
    return agentsIn(pull).has(agent.key);
  });
  return most - today.length;
}

/** The agents that a pull request changes, by its marker: each incident of a storm asks it of all of them. */
function agentsIn(pull: StandingPull): ReadonlySet<AgentKey> {
  const known = CHANGED.get(pull) ?? new Set(decodeMarker(pull.body)?.edits.map((edit) => edit.agent));
  CHANGED.set(pull, known);
  return known;
}

const CHANGED = new WeakMap<StandingPull, ReadonlySet<AgentKey>>();

function reporting(
  desk: Desk,
  unit: IncidentUnit,
  story: IncidentStory,
  reason: ReportReason,
  reasons: readonly string[],
): Step {
  const key = branchFor(unit.cause);
  const issue = desk.issues.get(key);
  if (issue?.state === "open") return bare(unit, { kind: "keep-issue", issue, reason: "up-to-date" });
  desk.setting.world.lookedAt.set(key, desk.setting.world.now());
  const report = reportOf(story, { kind: reason, reasons }, key);
  return bare(unit, { kind: "open-issue", report, reason });
}
