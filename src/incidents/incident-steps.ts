import type { Alert } from "../domain/alert.ts";
import type { Cause, Decision, Outcome, StandingPull } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { IncidentStory, StandingIssue, WantedEdit } from "../domain/incident.ts";
import type { Instant } from "../domain/scalars.ts";
import { branchFor, causeOf } from "../pr/branch.ts";
import { decide } from "../pr/decide.ts";
import { decodeMarker } from "../pr/marker.ts";
import { closingReport, reportOf } from "../pr/report.ts";
import { incidentsOf } from "../remedy/incidents.ts";
import type { Setting, Step } from "../step.ts";
import { type IncidentUnit, incidentUnits } from "./incident-units.ts";
import { investigate } from "./investigate.ts";
import { isSameChange } from "./material.ts";
import { landed, planned } from "./proposal.ts";
import { replayed } from "./replay-pull.ts";
import { considered } from "./rules.ts";
import { pathsOfAgents, type Subject, subjectOf } from "./subject.ts";

/** What stood on the forge when the pass began, and what was opened since. */
export interface Standing {
  readonly counts: { open: number; openedLastHour: number };
  /** Open pull requests by branch. */
  readonly open: ReadonlyMap<string, StandingPull>;
}

interface Desk extends Standing {
  readonly setting: Setting;
  /** The newest ended pull request of each branch. */
  readonly ended: ReadonlyMap<string, StandingPull>;
  readonly issues: ReadonlyMap<string, StandingIssue>;
  /** Every pull request of the last week; undefined where that could not be read. */
  readonly recent: readonly StandingPull[] | undefined;
  readonly complete: boolean;
}

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** What alerts say of no agent of ours: one outcome for each reason and name of an alert. */
export function ignoredOutcomes(setting: Setting, alerts: readonly Alert[]): readonly Outcome[] {
  const { ignored } = found(setting, alerts);
  const firing = ignored.filter(({ alert }) => alert.status === "firing");
  const groups = Map.groupBy(firing, ({ alert, reason }) => `${reason}: ${alert.name}`);
  return [...groups]
    .map(([reason, list]): Outcome => {
      const times = list.length === 1 ? "" : ` (${list.length} alerts)`;
      return { cause: "alert", agent: "*", kind: "skipped", reason: `${reason}${times}` };
    })
    .sort((a, b) => ((a.reason ?? "") < (b.reason ?? "") ? -1 : 1));
}

/**
 * What should be done about these alerts, and about the pull requests that earlier ones led to: one step for each incident.
 * Reads the forge once, evidence only for an incident that stands nowhere yet. Throws GitError or ForgeError.
 */
export async function* incidentSteps(
  setting: Setting,
  alerts: readonly Alert[],
  standing: Standing,
): AsyncGenerator<Step> {
  const { world, seen } = setting;
  const { incidents } = found(setting, alerts);
  const ours = [...standing.open.values()].filter((pull) => causeOf(pull.branch)?.kind === "alert");
  if (incidents.length === 0 && ours.length === 0 && alerts.length === 0) return;
  const issues = await world.forge.issues();
  const byKey = new Map(issues.issues.toSorted((a, b) => a.createdAt - b.createdAt).map((one) => [one.key, one]));
  const units = incidentUnits(
    incidents,
    setting.policies.remedies,
    new Set([...standing.open.keys(), ...byKey.keys()]),
  );
  const unknown = units.map((unit) => branchFor(unit.cause)).filter((branch) => !standing.open.has(branch));
  const ended = unknown.length === 0 ? { pulls: [], complete: true } : await world.forge.standing(unknown);
  const desk: Desk = {
    ...standing,
    setting,
    ended: new Map(ended.pulls.map((pull) => [pull.branch, pull])),
    issues: byKey,
    recent: unknown.length === 0 ? [] : await world.forge.recent(world.now() - WEEK),
    complete: setting.open.complete && ended.complete && issues.complete,
  };
  const handled = new Set<string>();
  for (const unit of units) {
    handled.add(branchFor(unit.cause));
    const step = await stepOf(desk, unit);
    if (step.decision.kind === "open") {
      standing.counts.open += 1;
      standing.counts.openedLastHour += 1;
    }
    yield step;
    const issue = byKey.get(branchFor(unit.cause));
    if (step.decision.kind === "open" && issue?.state === "open") yield superseded(unit, issue);
  }
  for (const pull of ours.filter((one) => !handled.has(one.branch))) {
    const cause = causeOf(pull.branch);
    if (cause?.kind === "alert" && !seen.problems.some(({ key }) => key === cause.agent))
      yield await replayed(setting, cause, pull, undefined);
  }
}

function found({ seen, policies }: Setting, alerts: readonly Alert[]) {
  const directory = { facts: seen.fleet.facts, tenants: seen.fleet.tenants, config: seen.fleet.config };
  return incidentsOf(alerts, directory, policies.remedies);
}

async function stepOf(desk: Desk, unit: IncidentUnit): Promise<Step> {
  const branch = branchFor(unit.cause);
  const pull = desk.open.get(branch);
  const issue = desk.issues.get(branch);
  const over = resolvedAt(unit);
  if (pull !== undefined) {
    if (over !== undefined && unit.remedy?.whenResolved === "close") return closing(desk, unit, pull);
    return replayed(desk.setting, unit.cause, pull, over);
  }
  if (over !== undefined) {
    if (issue?.state !== "open") return bare(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" });
    return bare(unit, { kind: "close-issue", issue, sentence: closingReport(over), reason: "resolved" });
  }
  return (await waiting(desk, unit)) ?? (await answered(desk, unit));
}

/** Whether the incident has to wait, told without asking anybody anything. */
async function waiting(desk: Desk, unit: IncidentUnit): Promise<Step | undefined> {
  const { world } = desk.setting;
  const branch = branchFor(unit.cause);
  const last = desk.ended.get(branch);
  const skip = (reason: Extract<Decision, { kind: "skip" }>["reason"]) =>
    bare(unit, { kind: "skip", reason, pull: last });
  if (!desk.complete || desk.recent === undefined) return skip("doubtful-read");
  const issue = desk.issues.get(branch);
  const began = Math.min(...unit.incidents.flatMap((one) => one.alerts.map((alert) => alert.startsAt)));
  if (issue?.state === "closed" && !issue.closedByBot && (issue.endedAt ?? 0) >= began)
    return bare(unit, { kind: "keep-issue", issue, reason: "closed-by-a-person" });
  const cooldown = unit.remedy?.cooldownMs ?? 3_600_000;
  if (last !== undefined && !last.closedByBot && world.now() - (last.endedAt ?? last.createdAt) < cooldown)
    return skip(last.state === "closed" ? "closed-by-a-person" : "cool-down");
  return undefined;
}

async function answered(desk: Desk, unit: IncidentUnit): Promise<Step> {
  const { setting } = desk;
  const { world, seen, view } = setting;
  const paths = pathsOfAgents(unit.agents, seen.environments, world.store);
  const snapshot = await view.slice(paths);
  const read = await Promise.all(
    unit.incidents.map((one) => subjectOf(one, snapshot, view, seen.fleet, seen.pathOf(one.agent))),
  );
  const subjects = read.filter((subject) => subject !== undefined);
  const [first] = subjects;
  if (first === undefined) return bare(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" });
  const most = subjects.map((subject) => changesLeft(desk, subject, world.now()));
  const observatory = world.observe(seen.fleet.config);
  const ruled = await considered(unit, subjects, observatory, world.now());
  const base: IncidentStory = { ...ruled.story, resolvedAt: undefined };
  const issue = desk.issues.get(branchFor(unit.cause));
  if (ruled.edits.length > 0) {
    if (most.some((left) => left < 1))
      return bare(unit, { kind: "skip", reason: "max-changes-per-day", pull: undefined });
    return proposed(desk, unit, subjects, ruled.edits, base);
  }
  const wants = unit.remedy?.otherwise ?? "ask";
  if (wants === "none") return bare(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" });
  if (issue?.state === "open") return bare(unit, { kind: "keep-issue", issue, reason: "up-to-date" });
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
  if (finding.edits.length > 0 && most.every((left) => left >= 1))
    return proposed(desk, unit, [first], finding.edits, story);
  return reporting(desk, unit, story, finding.kind === "found" ? "report" : "unresolved", []);
}

/** A pull request for these edits, or the issue that says why there is none. */
function proposed(
  desk: Desk,
  unit: IncidentUnit,
  subjects: readonly Subject[],
  wanted: readonly WantedEdit[],
  story: IncidentStory,
): Promise<Step> | Step {
  const { setting, counts } = desk;
  const branch = branchFor(unit.cause);
  const last = desk.ended.get(branch);
  const edits = landed(subjects, wanted);
  const refused = last?.state === "closed" && !last.closedByBot ? decodeMarker(last.body)?.edits : undefined;
  if (last !== undefined && refused !== undefined && isSameChange(refused, edits))
    return bare(unit, { kind: "skip", reason: "closed-by-a-person", pull: last });
  return planned(setting, unit.cause, unit.agents, edits, story).then((step) => {
    if (step.changes.problems.length > 0) return { ...step, decision: nothingToDo };
    if (step.verdict.kind === "deny" || step.proposal === undefined) {
      const reasons =
        step.verdict.kind === "deny"
          ? step.verdict.violations.map((violation) => `${violation.guardrail}: ${violation.message}`)
          : [];
      return { ...step, ...reporting(desk, unit, story, "denied", reasons), changes: step.changes };
    }
    const limits = {
      ...counts,
      config: setting.seen.fleet.config,
      now: setting.world.now(),
      complete: desk.complete,
    };
    return { ...step, decision: decide(unit.cause, last, step.proposal, limits) };
  });
}

const nothingToDo = { kind: "unchanged", pull: undefined, reason: "nothing-to-do" } as const;

/** How many pull requests the bot may still open about an agent today. */
function changesLeft(desk: Desk, { agent, environment }: Subject, now: Instant): number {
  const most = agent.environments.get(environment)?.spec.supervision.maxChangesPerDay ?? 3;
  const today = (desk.recent ?? []).filter((pull) => {
    const cause = causeOf(pull.branch);
    return cause?.kind === "alert" && cause.agent === agent.key && now - pull.createdAt < DAY;
  });
  return most - today.length;
}

function reporting(
  desk: Desk,
  unit: IncidentUnit,
  story: IncidentStory,
  reason: "question" | "report" | "denied" | "unresolved",
  reasons: readonly string[],
): Step {
  const key = branchFor(unit.cause);
  const issue = desk.issues.get(key);
  if (issue?.state === "open") return bare(unit, { kind: "keep-issue", issue, reason: "up-to-date" });
  const report = reportOf(story, { kind: reason, reasons }, key);
  return bare(unit, { kind: "open-issue", report, reason });
}

function superseded(unit: IncidentUnit, issue: StandingIssue): Step {
  const sentence = "A pull request proposes a change for this now, so this issue is closed.";
  return bare(unit, { kind: "close-issue", issue, sentence, reason: "superseded" });
}

function closing({ setting, counts, complete }: Desk, unit: IncidentUnit, pull: StandingPull): Step {
  const limits = { ...counts, config: setting.seen.fleet.config, now: setting.world.now(), complete };
  return bare(unit, decide(unit.cause, pull, undefined, limits));
}

/** The moment the last alert ended, where all have. */
function resolvedAt({ incidents }: IncidentUnit): Instant | undefined {
  const alerts = incidents.flatMap((one) => one.alerts);
  if (alerts.some((alert) => alert.status === "firing")) return undefined;
  return Math.max(...alerts.map((alert) => alert.endsAt ?? alert.startsAt));
}

function bare(unit: { readonly cause: Cause; readonly agents: readonly AgentKey[] }, decision: Decision): Step {
  const { cause, agents } = unit;
  return { cause, agents, changes: undefined, verdict: undefined, proposal: undefined, decision };
}
