import { CAUSES } from "../causes/causes.ts";
import { branchFor, causeOf } from "../domain/branch-name.ts";
import type { Cause } from "../domain/cause.ts";
import type { Outcome } from "../domain/decision.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { Box } from "../domain/review/dashboard-box.ts";
import type { Path } from "../domain/values/scalars.ts";
import type { Base } from "../forge/forge.ts";
import { beginPass, type PassOptions } from "../pass/begin-pass.ts";
import type { Pass } from "../pass/pass.ts";
import { withoutHeld } from "../pass/people/holds.ts";
import { hasWish } from "../pass/people/wished.ts";
import { type Step, stepWithoutPlan } from "../pass/step.ts";
import type { PlanningWorld } from "../pass/world.ts";

/** What a pass would do. */
export interface PlannedSteps {
  readonly base: Base;
  /** What is certain before any step: Problems, an empty repository, alerts that belong to no agent. */
  readonly outcomes: readonly Outcome[];
  /** The spec file of an agent, or undefined where it has none. */
  readonly pathOf: (key: AgentKey) => Path | undefined;
  /** What the steps are planned from; undefined where the repository cannot be worked on. */
  readonly pass: Pass | undefined;
  /** Made one by one, as they are asked for: a thousand proposals are never in memory at once. */
  readonly steps: AsyncIterable<Step>;
}

export interface StepOptions extends PassOptions {
  /** Plans this cause alone; left out: every one. */
  readonly only?: Cause["kind"];
  /** Says what people asked for on the dashboard, once the pass has begun. */
  readonly wishes?: (pass: Pass) => Promise<readonly Box[]>;
}

/**
 * Reads repository and forge, and plans the steps of every cause. Writes nothing but caches, so that `raos plan`, `--dry-run`
 * and a real pass cannot disagree. Throws GitError or ForgeError, and so do the steps.
 */
export async function planSteps(world: PlanningWorld, options: StepOptions = {}): Promise<PlannedSteps> {
  const begun = await beginPass(world, options);
  if (begun.kind === "nothing")
    return {
      base: { branch: begun.branch, sha: "" },
      outcomes: begun.outcomes,
      pathOf: () => undefined,
      pass: undefined,
      steps: noSteps(),
    };
  const pass: Pass = { ...begun.pass, wished: (await options.wishes?.(begun.pass)) ?? [] };
  const causes = CAUSES.filter(
    ({ kind }) => (options.only === undefined || kind === options.only) && (pass.isConfigured || kind === "onboarding"),
  );
  const plans = causes.map((cause) => cause.plan(pass));
  return {
    base: pass.base,
    pass,
    pathOf: pass.survey.pathOf,
    outcomes: [...begun.outcomes, ...plans.flatMap((plan) => plan.outcomes)],
    steps: withinBudget(pass, [duplicatePulls(pass), ...plans.map((plan) => plan.steps)]),
  };
}

/** The steps in order; those that would open more pull requests than the budget has are skipped. */
async function* withinBudget(pass: Pass, plans: readonly AsyncIterable<Step>[]): AsyncGenerator<Step> {
  for (const steps of plans) {
    for await (const planned of steps) {
      const step = await withoutHeld(pass, planned);
      yield hasWish(pass, branchFor(step.cause)) ? step : pass.budget.admit(step);
    }
  }
}

/** Closes the bot's other open pull requests where one branch has several. */
async function* duplicatePulls({ forge }: Pass): AsyncGenerator<Step> {
  for (const pull of forge.duplicates) yield closeDuplicate(pull);
}

function closeDuplicate(pull: PullRequest): Step {
  const cause: Cause = causeOf(pull.branch) ?? { kind: "request", id: pull.branch };
  const agents = "agent" in cause ? [cause.agent] : [];
  return stepWithoutPlan({ cause, agents }, { kind: "close", pull, reason: "duplicate" });
}

async function* noSteps(): AsyncGenerator<Step> {}
