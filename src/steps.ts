import { type Budget, createBudget, type Full } from "./budget.ts";
import { inSlices, rest } from "./deadline/slices.ts";
import type { Cause, Outcome, StandingPull } from "./domain/change.ts";
import type { Snapshot } from "./domain/fleet.ts";
import { tenantFiles } from "./domain/fleet.ts";
import type { Incident } from "./domain/incident.ts";
import type { Path } from "./domain/scalars.ts";
import type { Base } from "./forge/forge.ts";
import { attributed, ignoredOutcomes } from "./incidents/attributed.ts";
import { bare, limitsOf, type Reported } from "./incidents/desk.ts";
import { incidentSteps } from "./incidents/incident-steps.ts";
import { pathsOfAgents } from "./incidents/subject.ts";
import { type LoadedPolicies, loadingPolicies, type PolicyFile } from "./load-policies.ts";
import type { Unit } from "./plan/units.ts";
import { branchFor, causeOf } from "./pr/branch.ts";
import { type DecisionLimits, decide } from "./pr/decide.ts";
import { prepare } from "./prepare.ts";
import type { Setting, Step } from "./step.ts";
import { type Survey, survey } from "./survey/survey.ts";
import type { View } from "./survey/view.ts";
import { unitsNow } from "./units-now.ts";
import type { World } from "./world.ts";

export interface Situation {
  readonly base: Base;
  /** What is certain before any step: Problems, an empty repository. */
  readonly outcomes: readonly Outcome[];
  /** Made one by one, as they are asked for: a thousand proposals are never in memory at once. */
  readonly steps: AsyncIterable<Step>;
  /** What the alerts are about. */
  readonly incidents: readonly Incident[];
}

export interface StepOptions {
  /** Plans every cause, however many may be opened: `raos plan`. */
  readonly unlimited?: boolean;
  /** What fires; left out, nothing is known of it, and the pull requests of earlier alerts are kept up to date. */
  readonly reported?: Reported;
  /** Looks at alerts and what came of them, and at nothing else. */
  readonly alertsOnly?: boolean;
}

/** Units planned from one read of the repository and one of the forge. */
const CHUNK = 50;
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const NOTHING_REPORTED: Reported = { alerts: [], whole: false };

/** Reads repository and forge and foresees every step; writes nothing but the memo. Throws GitError or ForgeError. */
export async function stepsOf(world: World, options: StepOptions = {}): Promise<Situation> {
  const head = await world.forge.defaultBranch();
  if (head.sha === undefined) return nothing(head.name, { kind: "skipped", reason: "repository-is-empty" });
  const view = await world.look(head.name, head.sha);
  if (view === undefined) return nothing(head.name, { kind: "skipped", reason: "repository-is-empty" });
  const seen = await survey(view.source, world.store, world.memory);
  if ("kind" in seen) {
    return nothing(head.name, { kind: "problem", problems: seen.problems });
  }
  const policies = await inSlices(loadingPolicies(world.shippedPolicies, await ownPolicies(view)));
  const { open, ...rest } = await forgeReads(world, options.reported ?? NOTHING_REPORTED);
  const base = { branch: head.name, sha: view.sha };
  const setting = { world, view, base, seen, policies, open };
  const { incidents, ignored } = attributed(setting, options.reported?.alerts ?? []);
  return {
    base,
    outcomes: [...problemOutcomes(seen, policies), ...ignoredOutcomes(ignored)],
    steps: steps(setting, options, incidents, rest),
    incidents,
  };
}

/** What stands on the forge, read side by side; issues and what ended lately only where alerts are looked at. */
async function forgeReads({ forge, now }: World, { alerts, whole }: Reported) {
  const isAlerted = alerts.length > 0 || whole !== false;
  const [open, openedLastHour, issues, recent] = await Promise.all([
    forge.standing([]),
    forge.openedSince(now() - HOUR),
    isAlerted ? forge.issues() : { issues: [], complete: true },
    isAlerted ? forge.recent(now() - WEEK) : [],
  ]);
  return { open, openedLastHour, issues, recent };
}

async function ownPolicies(view: View): Promise<readonly PolicyFile[]> {
  const snapshot = await view.slice(["policies/"]);
  const paths = [...snapshot.list("policies")].filter((path) => /\.(yaml|yml|json)$/.test(path));
  return paths.map((path) => ({ path, bytes: snapshot.read(path) }));
}

async function* steps(
  setting: Setting,
  options: StepOptions,
  incidents: readonly Incident[],
  { openedLastHour, issues, recent }: Omit<Awaited<ReturnType<typeof forgeReads>>, "open">,
): AsyncGenerator<Step> {
  const { world, view, seen, open } = setting;
  const { pulls, doubled } = openByBranch(open.pulls, setting.base.branch);
  // What somebody else opened on our branches takes no room from what the bot may open.
  const counts = { open: [...pulls.values()].filter((pull) => pull.openedByBot).length, openedLastHour };
  const budget = createBudget(seen.fleet.config, counts, options.unlimited);
  for (const pull of doubled) yield duplicate(pull);
  // Alerts come first: what is broken now must not wait for what is merely out of date.
  yield* incidentSteps(setting, options.reported ?? NOTHING_REPORTED, incidents, {
    budget,
    open: pulls,
    issues,
    recent,
  });
  if (options.alertsOnly === true) return;
  const units = await unitsNow(world, view, seen, open.pulls);
  for (const step of leftOver(setting, units, pulls, budget)) yield step;
  for (let start = 0; start < units.length; start += CHUNK) {
    const chunk = units.slice(start, start + CHUNK);
    const full = budget.full();
    const later = full === undefined ? [] : chunk.filter((unit) => !pulls.has(branchFor(unit.cause)));
    for (const unit of later) {
      await rest();
      if (full !== undefined) yield postponed(unit, full);
    }
    const now = chunk.filter((unit) => !later.includes(unit));
    const unknown = now.map((unit) => branchFor(unit.cause)).filter((branch) => !pulls.has(branch));
    const closed = unknown.length === 0 ? { pulls: [], complete: true } : await world.forge.standing(unknown);
    const newest = new Map(closed.pulls.map((pull) => [pull.branch, pull]));
    const snapshot = await view.slice(now.flatMap((unit) => pathsOf(unit, seen, world)));
    for (const unit of now) {
      const branch = branchFor(unit.cause);
      const limits = limitsOf({ setting, budget, complete: open.complete && closed.complete });
      const step = await stepFor(unit, pulls.get(branch) ?? newest.get(branch), snapshot, setting, limits);
      if (step.decision.kind === "open") budget.take();
      yield step;
    }
  }
}

/**
 * The open pull request of each branch. There are several where one into another branch was opened as well: the bot's into the
 * default branch counts, then the oldest; the bot's others are `doubled`.
 */
function openByBranch(pulls: readonly StandingPull[], base: string) {
  const rank = (pull: StandingPull) => (pull.openedByBot ? (pull.base === base ? 0 : 1) : 2);
  const open = pulls.filter((pull) => pull.state === "open");
  const inOrder = open.toSorted((a, b) => rank(b) - rank(a) || b.number - a.number);
  const byBranch = new Map(inOrder.map((pull) => [pull.branch, pull]));
  return { pulls: byBranch, doubled: open.filter((pull) => pull.openedByBot && byBranch.get(pull.branch) !== pull) };
}

function duplicate(pull: StandingPull): Step {
  const cause: Cause = causeOf(pull.branch) ?? { kind: "request", id: pull.branch };
  const agents = "agent" in cause ? [cause.agent] : [];
  return bare({ cause, agents }, { kind: "close", pull, reason: "duplicate" });
}

/** A unit for which there is no room now: it is not even planned, so that a large fleet costs what is written. */
function postponed(unit: Unit, reason: Full): Step {
  return bare(unit, { kind: "skip", reason, pull: undefined });
}

async function stepFor(
  unit: Unit,
  standing: StandingPull | undefined,
  snapshot: Snapshot,
  setting: Setting,
  limits: DecisionLimits,
): Promise<Step> {
  const step = await prepare(setting, { ...unit, edits: [] }, snapshot);
  const wanted = step.verdict.kind === "deny" ? "denied" : step.proposal;
  return { ...step, decision: decide(unit.cause, standing, wanted, limits) };
}

/** Open pull requests whose cause is gone, or went into another pull request. One about a broken spec is left as it is. */
function* leftOver(
  setting: Setting,
  units: readonly Unit[],
  pulls: ReadonlyMap<string, StandingPull>,
  budget: Budget,
): Generator<Step> {
  const { seen, open } = setting;
  const branches = new Set(units.map((unit) => branchFor(unit.cause)));
  const elsewhere = new Set(units.flatMap((unit) => unit.agents));
  const broken = new Set(seen.problems.map((one) => one.key));
  for (const [branch, pull] of pulls) {
    const cause = causeOf(branch);
    if (branches.has(branch) || cause?.kind !== "drift") continue;
    const agents = cause.scope.kind === "agent" ? [cause.scope.agent] : [];
    if (agents.some((agent) => broken.has(agent)) || broken.has("")) continue;
    const limits = limitsOf({ setting, budget, complete: open.complete });
    const decision = decide(
      cause,
      pull,
      agents.some((agent) => elsewhere.has(agent)) ? "superseded" : undefined,
      limits,
    );
    yield bare({ cause, agents }, decision);
  }
}

/** What a unit's plan reads. A path that ends in "/" is a folder. */
function pathsOf(unit: Unit, seen: Survey, { store }: World): readonly Path[] {
  const agents = pathsOfAgents(unit.agents, seen.environments, store);
  return [
    ...agents,
    ...unit.tenants.flatMap((tenant) => seen.environments.flatMap((environment) => tenantFiles(environment, tenant))),
  ];
}

function problemOutcomes(seen: Survey, policies: LoadedPolicies): readonly Outcome[] {
  const all = [...seen.problems, ...(policies.problems.length === 0 ? [] : [{ key: "", problems: policies.problems }])];
  return all.map(({ key, problems }) => ({ cause: "drift", agent: key === "" ? "*" : key, kind: "problem", problems }));
}

function nothing(branch: string, rest: Pick<Outcome, "kind" | "reason" | "problems">): Situation {
  return {
    base: { branch, sha: "" },
    outcomes: [{ cause: "drift", agent: "*", ...rest }],
    steps: none(),
    incidents: [],
  };
}

async function* none(): AsyncGenerator<Step> {}
