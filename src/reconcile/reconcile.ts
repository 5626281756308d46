import { assertInTime, DeadlineError } from "../deadline/deadline.ts";
import { branchFor } from "../domain/branch-name.ts";
import type { Outcome } from "../domain/decision.ts";
import { ForgeError, type ForgeErrorCode } from "../forge/forge.ts";
import type { Pass } from "../pass/pass.ts";
import type { AlertProgress, ReportedAlerts } from "../pass/reported-alerts.ts";
import type { Remember, Step } from "../pass/step.ts";
import type { World } from "../pass/world.ts";
import { type DashboardState, readDashboard, showDashboard, wishesOf } from "./dashboard/show-dashboard.ts";
import type { SettledStep } from "./dashboard/view-of-pass.ts";
import { act } from "./decisions.ts";
import { byAgent, foreseenOutcomes, outcomesOf } from "./outcomes.ts";
import { type PlannedSteps, planSteps, type StepOptions } from "./plan-steps.ts";
import { startingOver } from "./start-over.ts";

/** Pull requests written at a time: well below GitHub's 100 concurrent requests. */
const WRITERS = 8;

export interface ReconcileOptions extends Pick<StepOptions, "only"> {
  /** Once aborted, running writes finish and no new write starts; the next pass does the rest. */
  readonly signal?: AbortSignal;
  /** Called before the first step is acted on. */
  readonly acting?: () => void;
  /** Called with what the pass knows, once all is done. */
  readonly ended?: (pass: Pass) => Promise<void>;
}

/**
 * One pass over a repository: plans the steps of every cause, acts on each, and returns the outcomes. It reads only the present
 * state, so a lost, repeated or reordered trigger changes nothing. A pull request that fails never stops the others; its outcome
 * says why. A pass that reaches its deadline returns an outcome with the reason "deadline", and leaves nothing half done. Throws
 * GitError or ForgeError where the repository, or the forge as a whole, cannot be read.
 */
export async function reconcile(
  world: World,
  reported?: ReportedAlerts,
  options: ReconcileOptions = {},
): Promise<readonly Outcome[]> {
  const done: Outcome[] = [];
  try {
    return await startingOver(world, () => {
      done.length = 0;
      return runPass(world, reported === undefined ? options : { ...options, reported }, done);
    });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    const late = { cause: "drift", agent: "*", kind: "skipped", reason: "deadline" } as const;
    return [...done, late].sort(byAgent);
  }
}

/** What `reconcile` would do, without doing it. Throws as it does. */
export async function foreseePass(world: World, reported?: ReportedAlerts): Promise<readonly Outcome[]> {
  return startingOver(world, async () => {
    const planned = await planSteps(world, { isDryRun: true, ...(reported === undefined ? {} : { reported }) });
    const outcomes = [...planned.outcomes];
    for await (const step of planned.steps) outcomes.push(...foreseenOutcomes(step));
    return outcomes.sort(byAgent);
  });
}

/** `done` holds the outcomes so far, also where the pass ends early. */
async function runPass(
  world: World,
  options: StepOptions & ReconcileOptions,
  done: Outcome[],
): Promise<readonly Outcome[]> {
  let dashboard: DashboardState | undefined;
  const wishes = async (pass: Pass) => {
    dashboard = await readDashboard(world, pass);
    return dashboard === undefined ? [] : wishesOf(dashboard);
  };
  const planned = await planSteps(world, { ...options, wishes });
  const settled: SettledStep[] = [];
  const steps = planned.steps[Symbol.asyncIterator]();
  const isStopped = () => options.signal?.aborted === true;
  options.acting?.();
  const write = async () => {
    for (;;) {
      const next = isStopped() ? undefined : await steps.next();
      if (next === undefined || next.done === true || isStopped()) return;
      assertInTime();
      const outcomes = await settle(world, planned, next.value, options.reported?.progress);
      done.push(...outcomes);
      if (dashboard !== undefined) settled.push({ step: withoutFiles(next.value), outcomes });
    }
  };
  // Waits for all writers, even if one fails: a pass that starts over must not run beside a write of this one.
  const ends = await Promise.allSettled(Array.from({ length: WRITERS }, write));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  if (dashboard !== undefined && planned.pass !== undefined && options.only === undefined && !isStopped())
    await showDashboard(world, planned.pass, dashboard, settled, planned.outcomes);
  if (planned.pass !== undefined && !isStopped()) await options.ended?.(planned.pass);
  return [...planned.outcomes, ...done].sort(byAgent);
}

/** A step without the texts of its files, of which there may be many. */
function withoutFiles({ proposal, changes: _, ...step }: Step): Step {
  return { ...step, changes: undefined, proposal: proposal && { ...proposal, body: "", files: [] } };
}

/** Acts on a step. A forge that refuses is an outcome, not an error of the pass. */
async function settle(
  world: World,
  { base }: PlannedSteps,
  step: Step,
  progress: AlertProgress | undefined,
): Promise<readonly Outcome[]> {
  const subject = { cause: step.cause.kind, agents: step.agents.slice(0, 10) };
  try {
    const result = await act(step.decision, step, world, base);
    const outcomes = result === undefined ? foreseenOutcomes(step) : outcomesOf(step, result);
    if (step.remember !== undefined) remember(world, step.remember);
    progress?.done(branchFor(step.cause), true);
    const [first] = outcomes;
    const { kind, reason, pull } = first ?? {};
    world.log.info({ ...subject, outcome: kind, reason, pull: pull?.number }, "step done");
    return outcomes;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    progress?.done(branchFor(step.cause), false);
    world.log.warn({ ...subject, code: error.code, error: error.message }, "forge refused");
    const message = TOLD.has(error.code) ? { message: error.message } : {};
    return outcomesOf(step, { kind: "skipped", reason: `forge-${error.code}`, ...message });
  }
}

/** Refusals that a person has to do something about, and whose words say what. */
const TOLD: ReadonlySet<ForgeErrorCode> = new Set(["blocked", "conflict", "protected", "forbidden"]);

function remember({ evidenceReadAt, unchangedPulls, now }: World, what: Remember): void {
  switch (what.kind) {
    case "evidence-read":
      evidenceReadAt.set(what.key, now());
      break;
    case "nothing-found":
      for (const key of what.keys) evidenceReadAt.set(key, now());
      break;
    case "unchanged-pull":
      unchangedPulls.set(what.branch, what.stamp);
      break;
    default:
      what satisfies never;
  }
}
