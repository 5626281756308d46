import { assertInTime, DeadlineError } from "./deadline/deadline.ts";
import type { Outcome, Proposal, StandingPull } from "./domain/change.ts";
import type { AgentKey } from "./domain/fleet.ts";
import type { StandingIssue } from "./domain/incident.ts";
import { ForgeError } from "./forge/forge.ts";
import type { AlertProgress, Reported } from "./incidents/desk.ts";
import { mergeVerified } from "./merge.ts";
import { branchFor } from "./pr/branch.ts";
import { closingSentence, handsOffSentence } from "./pr/sentences.ts";
import { startingOver } from "./start-over.ts";
import type { Step } from "./step.ts";
import { type Situation, type StepOptions, stepsOf } from "./steps.ts";
import type { World } from "./world.ts";

/** How many pull requests are written at once: well below GitHub's 100 concurrent requests. */
const WRITERS = 8;

export interface ReconcileOptions extends Pick<StepOptions, "alertsOnly"> {
  /** Once aborted, what is being written is finished and nothing more begun: the next pass does the rest. */
  readonly signal?: AbortSignal;
  /** Called before the first step is acted upon. */
  readonly acting?: () => void;
}

/**
 * The whole story: read the default branch, find what its generated files should be, group that into pull requests, judge
 * each, and open, update or close what stands. Alerts are looked at first. Acts on the present alone, so that a lost, doubled or reordered trigger
 * changes nothing. One pull request that fails never stops the others; its outcome says why. A pass that is over before its
 * time has an outcome of reason "deadline", and nothing half done. Throws GitError or ForgeError where the repository or the
 * forge as a whole cannot be read.
 */
export async function reconcile(
  world: World,
  reported?: Reported,
  options: ReconcileOptions = {},
): Promise<readonly Outcome[]> {
  const done: Outcome[] = [];
  try {
    return await startingOver(world, () => {
      done.length = 0;
      return pass(world, reported === undefined ? options : { ...options, reported }, done);
    });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    return [...done, { cause: "drift" as const, agent: "*", kind: "skipped" as const, reason: "deadline" }].sort(
      byAgent,
    );
  }
}

/** `outcomes` holds what was done so far, also where the pass ends early. */
async function pass(
  world: World,
  options: StepOptions & ReconcileOptions,
  outcomes: Outcome[],
): Promise<readonly Outcome[]> {
  const situation = await stepsOf(world, options);
  const queue = situation.steps[Symbol.asyncIterator]();
  const isStopped = () => options.signal?.aborted === true;
  options.acting?.();
  const write = async () => {
    for (;;) {
      const next = isStopped() ? undefined : await queue.next();
      if (next === undefined || next.done === true || isStopped()) return;
      assertInTime();
      outcomes.push(...(await settle(world, situation, next.value, options.reported?.progress)));
    }
  };
  // All of them, also where one fails: what starts over must not meet what is still being written.
  const ends = await Promise.allSettled(Array.from({ length: WRITERS }, write));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return [...situation.outcomes, ...outcomes].sort(byAgent);
}

async function settle(
  world: World,
  situation: Situation,
  step: Step,
  progress: AlertProgress | undefined,
): Promise<Outcome[]> {
  try {
    const outcomes = await act(world, situation, step);
    progress?.done(branchFor(step.cause), true);
    world.log.info(
      {
        cause: step.cause.kind,
        agents: step.agents.slice(0, 10),
        outcome: outcomes[0]?.kind,
        reason: outcomes[0]?.reason,
        pull: outcomes[0]?.pull?.number,
      },
      "cause settled",
    );
    return outcomes;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    progress?.done(branchFor(step.cause), false);
    world.log.warn(
      { cause: step.cause.kind, agents: step.agents.slice(0, 10), code: error.code, error: error.message },
      "forge refused",
    );
    const message = error.code === "blocked" ? { message: error.message } : {};
    return outcomesOf(step, { kind: "skipped", reason: `forge-${error.code}`, ...message });
  }
}

async function act(world: World, situation: Situation, step: Step): Promise<Outcome[]> {
  const { decision } = step;
  switch (decision.kind) {
    case "open": {
      const proposal = held(step);
      const pull = await world.forge.open(proposal, situation.base);
      return outcomesOf(step, { kind: "opened", pull: reference(pull) });
    }
    case "update": {
      const pull = await world.forge.update(
        decision.pull,
        held(step),
        situation.base,
        decision.reason === "stale-base",
      );
      return outcomesOf(step, { kind: "updated", reason: decision.reason, pull: reference(pull) });
    }
    case "close": {
      // What doubles another pull request shares its branch, which stays.
      const keepBranch = decision.reason === "duplicate";
      await world.forge.close(decision.pull, closingSentence(decision.reason), { keepBranch });
      const kind = decision.reason === "denied" ? "denied" : "closed";
      return outcomesOf(step, { kind, reason: decision.reason, pull: reference(decision.pull) });
    }
    case "merge": {
      const merged = await mergeVerified(world, situation.base, decision.pull, held(step));
      return outcomesOf(step, { ...merged, pull: reference(decision.pull) });
    }
    case "hands-off": {
      if (decision.comment) await world.forge.handsOff(decision.pull, handsOffSentence(decision.pull.branch));
      return outcomesOf(step, { kind: "skipped", reason: "person-edited-the-branch", pull: reference(decision.pull) });
    }
    case "open-issue": {
      const issue = await world.forge.openIssue(decision.report);
      return outcomesOf(step, { kind: "opened", reason: decision.reason, issue: named(issue) });
    }
    case "update-issue": {
      const issue = await world.forge.updateIssue(decision.issue, decision.report);
      return outcomesOf(step, { kind: "updated", reason: decision.reason, issue: named(issue) });
    }
    case "close-issue": {
      await world.forge.closeIssue(decision.issue, decision.sentence);
      return outcomesOf(step, { kind: "closed", reason: decision.reason, issue: named(decision.issue) });
    }
    case "unchanged":
    case "skip":
    case "keep-issue":
      return [...foreseen(step)];
    default:
      return decision satisfies never;
  }
}

/** What the outcomes of a step are where nothing has to be written for them. */
export function foreseen(step: Step): readonly Outcome[] {
  const { decision, verdict } = step;
  const problems = step.changes?.problems ?? [];
  if (problems.length > 0) return outcomesOf(step, { kind: "problem", problems });
  if (verdict?.kind === "deny" && !("report" in decision) && !("issue" in decision)) {
    return outcomesOf(step, {
      kind: "denied",
      reason: verdict.violations.map((violation) => `${violation.guardrail}: ${violation.message}`).join("; "),
    });
  }
  const pull = "pull" in decision ? decision.pull : undefined;
  const seen = pull === undefined ? {} : { pull: reference(pull) };
  switch (decision.kind) {
    case "open":
      return outcomesOf(step, { kind: "opened" });
    case "update":
      return outcomesOf(step, { kind: "updated", reason: decision.reason, ...seen });
    case "close":
      return outcomesOf(step, { kind: "closed", reason: decision.reason, ...seen });
    case "merge":
      return outcomesOf(step, { kind: "merged", reason: "low-risk", ...seen });
    case "hands-off":
      return outcomesOf(step, { kind: "skipped", reason: "person-edited-the-branch", ...seen });
    case "unchanged":
      return outcomesOf(step, { kind: "unchanged", reason: decision.reason, ...seen });
    case "skip":
      return outcomesOf(step, { kind: "skipped", reason: decision.reason, ...seen });
    case "open-issue":
      return outcomesOf(step, { kind: "opened", reason: decision.reason });
    case "update-issue":
      return outcomesOf(step, { kind: "updated", reason: decision.reason, issue: named(decision.issue) });
    case "close-issue":
      return outcomesOf(step, { kind: "closed", reason: decision.reason, issue: named(decision.issue) });
    case "keep-issue":
      return outcomesOf(step, { kind: "unchanged", reason: decision.reason, issue: named(decision.issue) });
    default:
      return decision satisfies never;
  }
}

function outcomesOf(step: Step, rest: Omit<Outcome, "cause" | "agent">): Outcome[] {
  const agents: readonly AgentKey[] = step.agents.length > 0 ? step.agents : [subject(step)];
  const remedy = step.cause.kind === "alert" ? { remedy: step.cause.remedy } : {};
  return agents.map((agent) => ({ cause: step.cause.kind, agent, ...remedy, ...rest }));
}

/** A tenant's own pull request is about no single agent. */
function subject(step: Step): AgentKey {
  return step.cause.kind === "drift" && step.cause.scope.kind === "tenant" ? `${step.cause.scope.tenant}/*` : "*";
}

function held(step: { readonly proposal: Proposal | undefined }): Proposal {
  if (step.proposal === undefined) throw new RangeError("a pull request without a proposal");
  return step.proposal;
}

function reference(pull: StandingPull): NonNullable<Outcome["pull"]> {
  return { number: pull.number, url: pull.url, branch: pull.branch, head: pull.head };
}

function named(issue: StandingIssue): NonNullable<Outcome["issue"]> {
  return { number: issue.number, url: issue.url };
}

/** Orders outcomes by agent. */
export function byAgent(a: Outcome, b: Outcome): number {
  return a.agent < b.agent ? -1 : a.agent > b.agent ? 1 : 0;
}
