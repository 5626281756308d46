import { yieldToOthers } from "../../deadline/slices.ts";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { ChangeSet } from "../../domain/change-set.ts";
import type { SkipReason } from "../../domain/decision.ts";
import { chartDir } from "../../domain/deployed/deploy-path.ts";
import { type Snapshot, tenantFiles } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { contentOfPull, contentOfUnit, hasWish, isWished } from "../../pass/people/wished.ts";
import { prepare, type Wanted } from "../../pass/prepare.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import type { Unit } from "../../plan/units.ts";
import type { ChangeNotes } from "../../pr/caution/change-notes.ts";
import { decide } from "../../pr/decide.ts";
import { type Denial, denialOf, planDenialIssues } from "./denial-issues.ts";
import { driftUnits } from "./drift-units.ts";
import { findHandEdits } from "./hand-edits.ts";
import { findRenames } from "./renames.ts";

/** Units planned from one read of the repository and one of the forge. */
const CHUNK = 50;
/** Units of a pass up to which changes by hand are looked for in the history. */
const MOST_BY_HAND = 10;

/**
 * One step for each unit of agents whose generated files are not what their specs ask for, and one for each open pull request
 * whose unit is gone. Steps are made as they are asked for: a thousand proposals are never in memory at once. Throws GitError
 * or ForgeError.
 */
export async function* planDrift(pass: Pass): AsyncGenerator<Step> {
  const units = await driftUnits(pass);
  yield* leftOverPulls(pass, units);
  const renames = await findRenames(pass);
  const notesOf = async (changes: ChangeSet): Promise<ChangeNotes> => ({
    renames,
    // People change a few generated files by hand; many differ because an input changed.
    handEdits: units.length > MOST_BY_HAND ? [] : await findHandEdits(pass, changes),
  });
  const denials: Denial[] = [];
  const undecided = new Set<string>();
  for (let start = 0; start < units.length; start += CHUNK) {
    for await (const step of planUnits(pass, units.slice(start, start + CHUNK), notesOf)) {
      const denial = denialOf(step);
      if (denial !== undefined) denials.push(denial);
      else if (step.verdict === undefined || step.verdict.kind === "deny") undecided.add(branchFor(step.cause));
      yield step;
    }
  }
  yield* planDenialIssues(pass, denials, undecided);
}

type FindNotes = (changes: ChangeSet) => Promise<ChangeNotes>;

async function* planUnits(pass: Pass, units: readonly Unit[], notesOf: FindNotes): AsyncGenerator<Step> {
  const { open } = pass.forge;
  const full = pass.budget.full();
  const now: Unit[] = [];
  for (const unit of units) {
    if (full === undefined || open.has(branchFor(unit.cause)) || hasWish(pass, branchFor(unit.cause))) {
      now.push(unit);
      continue;
    }
    // There is no room for it, so it is not even planned: the cost of a pass follows what it writes.
    await yieldToOthers();
    yield stepWithoutPlan(unit, { kind: "skip", reason: full, pull: undefined });
  }
  const closed = await closedPulls(pass, now);
  const snapshot = await pass.commit.slice(now.flatMap((unit) => pathsOfUnit(unit, pass)));
  for (const unit of now) {
    const branch = branchFor(unit.cause);
    const pull = open.get(branch) ?? closed.byBranch.get(branch);
    const step = await planUnit(pass, { ...unit, edits: [], notesOf }, snapshot, pull, closed.complete);
    yield hasWish(pass, branch) ? await grantWish(pass, unit, step) : step;
  }
}

/** The newest ended pull request of each unit that has no open one. */
async function closedPulls({ world, forge }: Pass, units: readonly Unit[]) {
  const branches = units.map((unit) => branchFor(unit.cause)).filter((branch) => !forge.open.has(branch));
  if (branches.length === 0) return { byBranch: new Map<string, PullRequest>(), complete: true };
  const { pulls, complete } = await world.forge.pullRequests(branches);
  return { byBranch: new Map(pulls.map((pull) => [pull.branch, pull])), complete };
}

async function planUnit(
  pass: Pass,
  unit: Wanted,
  snapshot: Snapshot,
  pull: PullRequest | undefined,
  isComplete: boolean,
): Promise<Step> {
  const limits = limitsOf(pass, pass.forge.complete && isComplete);
  const prepared = await prepare(pass, unit, snapshot);
  const wanted = prepared.verdict.kind === "deny" ? "denied" : prepared.proposal;
  return { ...prepared, decision: decide(unit.cause, pull, wanted, limits) };
}

/** The step with what a person asked for by a box, where the content is still the one that the box was offered for. Throws GitError. */
async function grantWish(pass: Pass, unit: Unit, step: Step): Promise<Step> {
  const { decision } = step;
  const branch = branchFor(unit.cause);
  if (decision.kind === "unchanged" && decision.pull !== undefined) {
    const isAsked = isWished(pass, "rebase", branch, contentOfPull(decision.pull));
    return isAsked ? { ...step, decision: { kind: "update", pull: decision.pull, reason: "stale-base" } } : step;
  }
  if (decision.kind !== "skip" || step.proposal === undefined) return step;
  const { pull, reason } = decision;
  const isReopened =
    reason === "closed-by-a-person" && pull !== undefined && isWished(pass, "reopen", branch, contentOfPull(pull));
  const isOpened =
    OPENED_ON_WISH.has(reason) && isWished(pass, "open", branch, await contentOfUnit(pass, { ...unit, tenants: [] }));
  return isReopened || isOpened ? { ...step, decision: { kind: "open" } } : step;
}

/** Why a change waits that a person may have opened all the same. */
const OPENED_ON_WISH: ReadonlySet<SkipReason> = new Set([
  "limits.openPulls",
  "limits.pullsPerHour",
  "outside-schedule",
]);

/** Open pull requests whose cause is gone, or is part of another pull request now. Those of broken specs are left as they are. */
function* leftOverPulls(pass: Pass, units: readonly Unit[]): Generator<Step> {
  const branches = new Set(units.map((unit) => branchFor(unit.cause)));
  const inUnits = new Set(units.flatMap((unit) => unit.agents));
  const broken = new Set(pass.survey.problems.map(({ key }) => key));
  for (const [branch, pull] of pass.forge.open) {
    const cause = causeOf(branch);
    if (branches.has(branch) || cause?.kind !== "drift") continue;
    const agents = cause.scope.kind === "agent" ? [cause.scope.agent] : [];
    if (broken.has("") || agents.some((agent) => broken.has(agent))) continue;
    const why = agents.some((agent) => inUnits.has(agent)) ? "superseded" : undefined;
    yield stepWithoutPlan({ cause, agents }, decide(cause, pull, why, limitsOf(pass, pass.forge.complete)));
  }
}

/** The paths that planning a unit reads. A path that ends in "/" is a folder. */
function pathsOfUnit({ agents, tenants }: Unit, pass: Pass): readonly Path[] {
  const { environments } = pass.survey;
  const ofTenants = tenants.flatMap((tenant) =>
    environments.flatMap((environment) => [...tenantFiles(environment, tenant), `${chartDir(environment, tenant)}/`]),
  );
  return [...pathsOfAgents(agents, pass), ...ofTenants];
}
