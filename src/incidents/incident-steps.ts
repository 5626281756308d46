import type { Alert } from "../domain/alert.ts";
import type { Cause, Decision, Outcome, ReportReason, StandingPull } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Incident, IncidentStory, StandingIssue, WantedEdit } from "../domain/incident.ts";
import type { Instant } from "../domain/scalars.ts";
import type { Observatory } from "../observe/observatory.ts";
import { branchFor, causeOf } from "../pr/branch.ts";
import { decide } from "../pr/decide.ts";
import { decodeMarker } from "../pr/marker.ts";
import { closingReport, renewedReport, reportOf } from "../pr/report.ts";
import { type Ignored, incidentsOf } from "../remedy/incidents.ts";
import type { Setting, Step } from "../step.ts";
import { inOrder } from "./in-order.ts";
import { type IncidentUnit, incidentUnits } from "./incident-units.ts";
import { investigate } from "./investigate.ts";
import { isSameChange } from "./material.ts";
import { landed, planned } from "./proposal.ts";
import { replayed } from "./replay-pull.ts";
import { considered, redacted } from "./rules.ts";
import { pathsOfAgents, type Subject, subjectOf } from "./subject.ts";

/** What stood on the forge when the pass began, and what was opened since. */
export interface Standing {
  readonly counts: { open: number; openedLastHour: number };
  /** Open pull requests by branch. */
  readonly open: ReadonlyMap<string, StandingPull>;
  readonly issues: { readonly issues: readonly StandingIssue[]; readonly complete: boolean };
  /** Every pull request of the last week; undefined where that could not be read. */
  readonly recent: readonly StandingPull[] | undefined;
}

interface Desk extends Omit<Standing, "issues"> {
  readonly setting: Setting;
  /** The newest ended pull request of each branch. */
  readonly ended: ReadonlyMap<string, StandingPull>;
  readonly issues: ReadonlyMap<string, StandingIssue>;
  readonly complete: boolean;
}

const HOUR = 3_600_000;
const DAY = 86_400_000;
/** Incidents that are looked into at a time: each waits for Prometheus, Loki, Kubernetes and Git. */
const AT_A_TIME = 8;

/** Whose these alerts are, and which are nobody's. */
export function attributed({ seen, policies }: Setting, alerts: readonly Alert[]): ReturnType<typeof incidentsOf> {
  const directory = { facts: seen.fleet.facts, tenants: seen.fleet.tenants, config: seen.fleet.config };
  return incidentsOf(alerts, directory, policies.remedies);
}

/** What alerts say of no agent of ours: one outcome for each reason and name of an alert. */
export function ignoredOutcomes(ignored: readonly Ignored[]): readonly Outcome[] {
  const firing = ignored.filter(({ alert }) => alert.status === "firing");
  const groups = Map.groupBy(firing, ({ alert, reason }) => `${reason}: ${alert.name}`);
  return [...groups]
    .map(([reason, list]): Outcome => {
      const times = list.length === 1 ? "" : ` (${list.length} alerts)`;
      return { cause: "alert", agent: "*", kind: "skipped", reason: `${reason}${times}` };
    })
    .sort((a, b) => ((a.reason ?? "") < (b.reason ?? "") ? -1 : 1));
}

/** Alerts, firing and resolved. `whole`: they were read back from their source, so that nothing else fires. */
export interface Reported {
  readonly alerts: readonly Alert[];
  readonly whole: boolean;
}

/**
 * What should be done about these alerts, and about the pull requests and issues that earlier ones led to: one step for each
 * incident. Reads the forge once, evidence only where no pull request stands. Throws GitError or ForgeError.
 */
export async function* incidentSteps(
  setting: Setting,
  { alerts, whole }: Reported,
  incidents: readonly Incident[],
  standing: Standing,
): AsyncGenerator<Step> {
  const { world } = setting;
  const ours = [...standing.open.values()].filter((pull) => causeOf(pull.branch)?.kind === "alert");
  if (incidents.length === 0 && ours.length === 0 && alerts.length === 0 && !whole) return;
  const { issues } = standing;
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
    complete: setting.open.complete && ended.complete && issues.complete,
  };
  const handled = new Set<string>();
  for await (const [unit, found] of inOrder(units, AT_A_TIME, (one) => stepOf(desk, one))) {
    handled.add(branchFor(unit.cause));
    const step = withinLimits(found, setting, standing.counts);
    if (step.decision.kind === "open") {
      standing.counts.open += 1;
      standing.counts.openedLastHour += 1;
    }
    yield step;
    const issue = byKey.get(branchFor(unit.cause));
    if (step.decision.kind === "open" && issue?.state === "open") yield superseded(unit, issue);
  }
  for (const branch of new Set([...ours.map((pull) => pull.branch), ...byKey.keys()])) {
    const cause = handled.has(branch) ? undefined : causeOf(branch);
    const step = cause?.kind === "alert" ? await stepWithoutAlerts(desk, cause, whole) : undefined;
    if (step !== undefined) yield step;
  }
}

/** Others may have been opened since this one was thought of. */
function withinLimits(step: Step, { seen }: Setting, counts: Standing["counts"]): Step {
  if (step.decision.kind !== "open") return step;
  const { openPulls, pullsPerHour } = seen.fleet.config.spec.limits;
  const skip = (reason: "limits.openPulls" | "limits.pullsPerHour"): Step => {
    return { ...step, decision: { kind: "skip", reason, pull: undefined } };
  };
  if (!(counts.open < openPulls)) return skip("limits.openPulls");
  return counts.openedLastHour < pullsPerHour ? step : skip("limits.pullsPerHour");
}

/** About what stands for an incident that none of these alerts is of: it is over where nothing else fires. */
async function stepWithoutAlerts(desk: Desk, cause: IncidentUnit["cause"], whole: boolean): Promise<Step | undefined> {
  const { seen, world, policies } = desk.setting;
  const branch = branchFor(cause);
  const [pull, issue] = [desk.open.get(branch), desk.issues.get(branch)];
  const bareCause = { cause, agents: [cause.agent] };
  if (issue?.state === "open" && whole && desk.complete)
    return bare(bareCause, { kind: "close-issue", issue, sentence: closingReport(world.now()), reason: "resolved" });
  if (pull === undefined || seen.problems.some(({ key }) => key === cause.agent)) return undefined;
  const remedy = policies.remedies.find((one) => one.name === cause.remedy);
  if (whole && remedy?.whenResolved === "close") return closing(desk, bareCause, pull);
  return replayed(desk.setting, cause, pull, whole ? { resolvedAt: world.now() } : "unknown");
}

async function stepOf(desk: Desk, unit: IncidentUnit): Promise<Step> {
  const branch = branchFor(unit.cause);
  const pull = desk.open.get(branch);
  const issue = desk.issues.get(branch);
  const over = resolvedAt(unit);
  if (pull !== undefined) {
    if (over !== undefined && unit.remedy?.whenResolved === "close") return closing(desk, unit, pull);
    return replayed(desk.setting, unit.cause, pull, over === undefined ? "firing" : { resolvedAt: over });
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
  if (last !== undefined && !last.closedByBot && world.now() - (last.endedAt ?? last.createdAt) < cooldownOf(unit))
    return skip(last.state === "closed" ? "closed-by-a-person" : "cool-down");
  return undefined;
}

async function answered(desk: Desk, unit: IncidentUnit): Promise<Step> {
  const { setting } = desk;
  const { world, seen, view } = setting;
  const paths = pathsOfAgents(unit.agents, seen.environments, world.store);
  const snapshot = view.slice(paths);
  const read = await Promise.all(
    unit.incidents.map((one) => subjectOf(one, snapshot, view, seen.fleet, seen.pathOf(one.agent))),
  );
  const subjects = read.filter((subject) => subject !== undefined);
  const [first] = subjects;
  if (first === undefined) return bare(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" });
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

function cooldownOf({ remedy }: IncidentUnit): number {
  return remedy?.cooldownMs ?? HOUR;
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
    if (cause?.kind !== "alert" || now - pull.createdAt >= DAY) return false;
    // A storm's names the tenant; what it changed of this agent is in its marker.
    return (
      cause.agent === agent.key || decodeMarker(pull.body)?.edits.some((edit) => edit.agent === agent.key) === true
    );
  });
  return most - today.length;
}

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

function superseded(unit: IncidentUnit, issue: StandingIssue): Step {
  const sentence = "A pull request proposes a change for this now, so this issue is closed.";
  return bare(unit, { kind: "close-issue", issue, sentence, reason: "superseded" });
}

function closing(
  { setting, counts, complete }: Desk,
  unit: Pick<IncidentUnit, "cause" | "agents">,
  pull: StandingPull,
): Step {
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
