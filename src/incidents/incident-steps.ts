import type { Budget } from "../budget.ts";
import type { Decision, Edit, StandingPull } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Incident, StandingIssue } from "../domain/incident.ts";
import type { Instant } from "../domain/scalars.ts";
import { ForgeError } from "../forge/forge.ts";
import { GitError } from "../git/git-error.ts";
import { branchFor, causeOf } from "../pr/branch.ts";
import { decide } from "../pr/decide.ts";
import { decodeMarker } from "../pr/marker.ts";
import { closingReport } from "../pr/report.ts";
import type { Setting, Step } from "../step.ts";
import { answered } from "./answer.ts";
import {
  type AlertProgress,
  bare,
  beganAt,
  cooldownOf,
  type Desk,
  HANDLED,
  isRefused,
  isWholeFor,
  limitsOf,
  type Reported,
  type Standing,
} from "./desk.ts";
import { inOrder } from "./in-order.ts";
import { type IncidentUnit, incidentUnits } from "./incident-units.ts";
import { isSameChange } from "./material.ts";
import { replayed } from "./replay-pull.ts";

/** Incidents that are looked into at a time: each waits for Prometheus, Loki, Kubernetes and Git. */
const AT_A_TIME = 8;

/**
 * What should be done about these alerts, and about the pull requests and issues that earlier ones led to: one step for each
 * incident. Reads the forge once, evidence only where no pull request stands. Throws GitError or ForgeError.
 */
export async function* incidentSteps(
  setting: Setting,
  { alerts, whole, progress }: Reported,
  incidents: readonly Incident[],
  standing: Standing,
): AsyncGenerator<Step> {
  const { world } = setting;
  const ours = [...standing.open.values()].filter((pull) => pull.openedByBot && causeOf(pull.branch)?.kind === "alert");
  if (incidents.length === 0 && ours.length === 0 && alerts.length === 0 && whole === false) return;
  const { issues } = standing;
  const { byKey, doubled } = issuesByKey(issues.issues);
  const units = incidentUnits(
    incidents,
    setting.policies.remedies,
    new Set([...standing.open.keys(), ...byKey.keys()]),
    new Set([
      ...standing.open.keys(),
      ...[...byKey].filter(([, issue]) => issue.state === "open").map(([key]) => key),
      ...(standing.recent ?? []).filter(isRefused).map((pull) => pull.branch),
    ]),
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
  const asked = ours.map((pull) => decodeMarker(pull.body)?.edits ?? []);
  for (const unit of units) handled.add(branchFor(unit.cause));
  for await (const [unit, found] of ranked(units, progress, (one) => unlessBroken(desk, one))) {
    if (found === undefined) continue;
    const step = unlessOpen(withinLimits(found, standing.budget), asked);
    if (step.decision.kind === "open") {
      asked.push(step.proposal?.marker.edits ?? []);
      standing.budget.take();
    }
    yield step;
    // Only once the pull request is there: it might not have been opened.
    const issue = byKey.get(branchFor(unit.cause));
    if (standing.open.has(branchFor(unit.cause)) && issue?.state === "open") yield superseded(unit, issue);
  }
  for (const issue of doubled) {
    const cause = causeOf(issue.key);
    if (cause?.kind === "alert") yield duplicate(cause, issue);
  }
  for (const branch of new Set([...ours.map((pull) => pull.branch), ...byKey.keys()])) {
    const cause = handled.has(branch) ? undefined : causeOf(branch);
    const step = cause?.kind === "alert" ? await stepWithoutAlerts(desk, cause, whole) : undefined;
    if (step !== undefined) yield step;
  }
}

/**
 * The issue of each key: the oldest open one, else the one that was opened last. Two processes may have opened one each at the
 * same moment, or a list was older than an issue: the younger ones are `doubled`.
 */
function issuesByKey(issues: readonly StandingIssue[]): {
  readonly byKey: ReadonlyMap<string, StandingIssue>;
  readonly doubled: readonly StandingIssue[];
} {
  const inOrder = issues.toSorted((a, b) => a.createdAt - b.createdAt || a.number - b.number);
  const open = inOrder.filter((issue) => issue.state === "open");
  const first = new Map(open.toReversed().map((issue) => [issue.key, issue]));
  return {
    byKey: new Map([...inOrder.map((issue) => [issue.key, issue] as const), ...first]),
    doubled: open.filter((issue) => first.get(issue.key) !== issue),
  };
}

function duplicate(cause: IncidentUnit["cause"], issue: StandingIssue): Step {
  const sentence = "Another open issue says the same; the older one stays.";
  return bare({ cause, agents: [cause.agent] }, { kind: "close-issue", issue, sentence, reason: "duplicate" });
}

/** Works on what is new first; then, one at a time, on what may have ended a process; then on what was acted upon before. */
async function* ranked(
  units: readonly IncidentUnit[],
  progress: AlertProgress | undefined,
  work: (unit: IncidentUnit) => Promise<Step | undefined>,
): AsyncGenerator<readonly [IncidentUnit, Step | undefined]> {
  if (progress === undefined) return yield* inOrder(units, AT_A_TIME, work);
  const alertsOf = (unit: IncidentUnit) => unit.incidents.flatMap((one) => one.alerts);
  const begun = (unit: IncidentUnit) => {
    progress.begin(branchFor(unit.cause), alertsOf(unit));
    return work(unit);
  };
  const byRank = Map.groupBy(units, (unit) => rankOf(alertsOf(unit).map((alert) => progress.rank(alert))));
  const ranks = [...byRank.keys()].filter((rank) => rank !== undefined).sort((a, b) => a - b);
  for (const rank of ranks)
    yield* inOrder(byRank.get(rank) ?? [], rank === 0 || rank === HANDLED ? AT_A_TIME : 1, begun);
}

/** Of several alerts that are looked at together, what was tried before says when; else what is new. */
function rankOf(ranks: readonly (number | undefined)[]): number | undefined {
  const known = ranks.filter((rank) => rank !== undefined);
  if (known.length < ranks.length) return undefined;
  const tried = known.filter((rank) => rank > 0 && rank < HANDLED);
  return tried.length > 0 ? Math.max(...tried) : Math.min(...known);
}

/** What another remedy, or another environment's alert, has asked for already is not asked for twice. */
function unlessOpen(step: Step, asked: readonly (readonly Edit[])[]): Step {
  const edits = step.proposal?.marker.edits ?? [];
  if (step.decision.kind !== "open" || !asked.some((one) => isSameChange(one, edits))) return step;
  return { ...step, decision: { kind: "skip", reason: "same-change-is-open", pull: undefined } };
}

/** Others may have been opened since this one was thought of. */
function withinLimits(step: Step, budget: Budget): Step {
  const reason = step.decision.kind === "open" ? budget.full() : undefined;
  return reason === undefined ? step : { ...step, decision: { kind: "skip", reason, pull: undefined } };
}

/** About what stands for an incident that none of these alerts is of: it is over where nothing else fires. */
async function stepWithoutAlerts(
  desk: Desk,
  cause: IncidentUnit["cause"],
  whole: Reported["whole"],
): Promise<Step | undefined> {
  const { seen, world, policies } = desk.setting;
  const branch = branchFor(cause);
  const [pull, issue] = [desk.open.get(branch), desk.issues.get(branch)];
  const bareCause = { cause, agents: [cause.agent] };
  // What a broken spec or policy is about cannot be told: its alerts may fire, and be nobody's for a moment.
  const isOurs = (key: AgentKey) =>
    key === "" || key === cause.agent || (cause.agent.endsWith("/*") && key.startsWith(cause.agent.slice(0, -1)));
  if (policies.problems.length > 0 || seen.problems.some(({ key }) => isOurs(key))) return undefined;
  if (issue?.state === "open" && isWholeFor(whole, issue) && desk.complete)
    return bare(bareCause, { kind: "close-issue", issue, sentence: closingReport(world.now()), reason: "resolved" });
  if (pull === undefined) return undefined;
  const remedy = policies.remedies.find((one) => one.name === cause.remedy);
  const isOver = isWholeFor(whole, pull);
  if (isOver && remedy?.whenResolved === "close") return closing(desk, bareCause, pull);
  return replayed(desk, cause, pull, isOver ? { resolvedAt: world.now() } : "unknown");
}

/** One incident that cannot be worked on, for a fault of ours, stops no other. Throws what Git and the forge throw. */
async function unlessBroken(desk: Desk, unit: IncidentUnit): Promise<Step | undefined> {
  try {
    return await stepOf(desk, unit);
  } catch (error) {
    if (error instanceof ForgeError || error instanceof GitError) throw error;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    desk.setting.world.log.error({ branch: branchFor(unit.cause), error: text }, "an incident cannot be worked on");
    return undefined;
  }
}

async function stepOf(desk: Desk, unit: IncidentUnit): Promise<Step> {
  const branch = branchFor(unit.cause);
  const pull = desk.open.get(branch);
  const issue = desk.issues.get(branch);
  const over = resolvedAt(unit);
  if (pull !== undefined) {
    if (over !== undefined && unit.remedy?.whenResolved === "close") return closing(desk, unit, pull);
    return replayed(desk, unit.cause, pull, over === undefined ? "firing" : { resolvedAt: over });
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
  const began = beganAt(unit.incidents.flatMap((one) => one.alerts));
  if (issue?.state === "closed" && !issue.closedByBot && (issue.endedAt ?? 0) >= began)
    return bare(unit, { kind: "keep-issue", issue, reason: "closed-by-a-person" });
  if (last !== undefined && !last.closedByBot && world.now() - (last.endedAt ?? last.createdAt) < cooldownOf(unit))
    return skip(last.state === "closed" ? "closed-by-a-person" : "cool-down");
  return undefined;
}

function superseded(unit: IncidentUnit, issue: StandingIssue): Step {
  const sentence = "A pull request proposes a change for this now, so this issue is closed.";
  return bare(unit, { kind: "close-issue", issue, sentence, reason: "superseded" });
}

function closing(desk: Desk, unit: Pick<IncidentUnit, "cause" | "agents">, pull: StandingPull): Step {
  return bare(unit, decide(unit.cause, pull, "resolved", limitsOf(desk)));
}

/** The moment the last alert ended, where all have. */
function resolvedAt({ incidents }: IncidentUnit): Instant | undefined {
  const alerts = incidents.flatMap((one) => one.alerts);
  if (alerts.some((alert) => alert.status === "firing")) return undefined;
  return Math.max(...alerts.map((alert) => alert.endsAt ?? alert.startsAt));
}
