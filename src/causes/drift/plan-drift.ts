import { yieldToOthers } from "../../deadline/slices.ts";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { ChangeSet } from "../../domain/change-set.ts";
import { wavesOf } from "../../domain/deployed/waves.ts";
import type { AgentKey, Snapshot } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents, pathsOfTenants } from "../../pass/paths-of-agents.ts";
import { contentOfPull, contentOfUnit, hasWish, isOpenedOnWish, isWished } from "../../pass/people/wished.ts";
import { prepare } from "../../pass/prepare.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import type { Unit } from "../../plan/units.ts";
import type { ChangeNotes } from "../../pr/caution/change-notes.ts";
import { decide } from "../../pr/decide.ts";
import { type Denial, denialOf, planDenialIssues } from "./denial-issues.ts";
import { driftUnits } from "./drift-units.ts";
import { findHandEdits } from "./hand-edits.ts";
import { gateOf } from "./promotion-gate.ts";
import { findRenames } from "./renames.ts";
import { inWaves, type WaveUnit } from "./wave-units.ts";

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
  const waves = wavesOf(pass.survey.fleet.config, pass.survey.environments);
  yield* leftOverPulls(
    pass,
    units.flatMap((unit) => inWaves(unit, waves)),
  );
  const renames = await findRenames(pass);
  const notesOf = async (changes: ChangeSet): Promise<ChangeNotes> => ({
    renames,
    // People change a few generated files by hand; many differ because an input changed.
    handEdits: units.length > MOST_BY_HAND ? [] : await findHandEdits(pass, changes),
  });
  const denials: Denial[] = [];
  const undecided = new Set<string>();
  for (let start = 0; start < units.length; start += CHUNK) {
    const chunk = units.slice(start, start + CHUNK).map((unit) => inWaves(unit, waves));
    for await (const step of planUnits(pass, chunk, notesOf)) {
      const denial = denialOf(step);
      if (denial !== undefined) denials.push(denial);
      else if (step.verdict === undefined || step.verdict.kind === "deny") undecided.add(branchFor(step.cause));
      yield step;
    }
  }
  yield* planDenialIssues(pass, denials, undecided);
}

/** The steps about one agent's generated files, in the order of their waves. Throws GitError or ForgeError. */
export async function* planDriftOf(pass: Pass, agent: AgentKey): AsyncGenerator<Step> {
  const waves = wavesOf(pass.survey.fleet.config, pass.survey.environments);
  const units = (await driftUnits(pass)).filter(({ agents }) => agents.includes(agent));
  const none = { renames: await findRenames(pass), handEdits: [] };
  yield* planUnits(
    pass,
    units.map((unit) => inWaves(unit, waves)),
    async () => none,
  );
}

type FindNotes = (changes: ChangeSet) => Promise<ChangeNotes>;

/** `units`: each in its waves. */
async function* planUnits(
  pass: Pass,
  units: readonly (readonly WaveUnit[])[],
  notesOf: FindNotes,
): AsyncGenerator<Step> {
  const { open } = pass.forge;
  const full = pass.budget.full();
  const now: (readonly WaveUnit[])[] = [];
  for (const unit of units) {
    const [first] = unit;
    if (full === undefined || unit.some(({ branch }) => open.has(branch) || hasWish(pass, branch))) {
      now.push(unit);
      continue;
    }
    // There is no room for it, so it is not even planned: the cost of a pass follows what it writes.
    await yieldToOthers();
    if (first !== undefined) yield stepWithoutPlan(first, { kind: "skip", reason: full, pull: undefined });
  }
  const closed = await closedPulls(pass, now.flat());
  const snapshot = await pass.commit.slice(
    now.flatMap(([first]) => (first === undefined ? [] : pathsOfUnit(first, pass))),
  );
  const known = {
    pullOf: (branch: string) => open.get(branch) ?? closed.byBranch.get(branch),
    isComplete: closed.complete,
  };
  for (const unit of now) yield* planWaves(pass, unit, { snapshot, notesOf, ...known });
}

/** What planning units needs besides the pass. */
interface Around {
  readonly snapshot: Snapshot;
  readonly notesOf: FindNotes;
  /** The open pull request of a branch, else the one that ended last. */
  readonly pullOf: (branch: string) => PullRequest | undefined;
  readonly isComplete: boolean;
}

/** The steps of a unit in the order of its waves: a wave waits while one before it lacks the change. */
async function* planWaves(pass: Pass, waves: readonly WaveUnit[], around: Around): AsyncGenerator<Step> {
  let isWaiting = false;
  for (const unit of waves) {
    const pull = around.pullOf(unit.branch);
    if (isWaiting) {
      const limits = limitsOf(pass, pass.forge.complete);
      if (pull?.state === "open") yield stepWithoutPlan(unit, decide(unit.cause, pull, "superseded", limits));
      continue;
    }
    const step = await planUnit(pass, unit, around);
    const isEmpty = step.changes?.files.length === 0 && step.changes.problems.length === 0;
    isWaiting = !isEmpty;
    if (isEmpty && pull?.state !== "open" && waves.length > 1) continue;
    yield hasWish(pass, unit.branch) ? await grantWish(pass, unit, step) : step;
  }
}

/** The newest ended pull request of each unit that has no open one. */
async function closedPulls({ world, forge }: Pass, units: readonly Unit[]) {
  const branches = units.map((unit) => branchFor(unit.cause)).filter((branch) => !forge.open.has(branch));
  if (branches.length === 0) return { byBranch: new Map<string, PullRequest>(), complete: true };
  const { pulls, complete } = await world.forge.pullRequests(branches);
  return { byBranch: new Map(pulls.map((pull) => [pull.branch, pull])), complete };
}

async function planUnit(pass: Pass, unit: WaveUnit, around: Around): Promise<Step> {
  const limits = limitsOf(pass, pass.forge.complete && around.isComplete);
  const wish = { cause: unit.cause, agents: unit.agents, tenants: unit.tenants, edits: [], notesOf: around.notesOf };
  const prepared = await prepare(pass, wish, around.snapshot);
  const wanted = prepared.verdict.kind === "deny" ? "denied" : prepared.proposal;
  const pull = around.pullOf(unit.branch);
  const decision = decide(unit.cause, pull, wanted, limits);
  const reason = decision.kind === "open" && unit.before.length > 0 ? await gateOf(pass, unit) : undefined;
  return { ...prepared, decision: reason === undefined ? decision : { kind: "skip", reason, pull } };
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
    isOpenedOnWish(reason) && isWished(pass, "open", branch, await contentOfUnit(pass, { ...unit, tenants: [] }));
  return isReopened || isOpened ? { ...step, decision: { kind: "open" } } : step;
}

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
  return [...pathsOfAgents(agents, pass), ...pathsOfTenants(tenants, pass)];
}
