import { inSlices } from "../../deadline/slices.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { ChangeSet } from "../../domain/change-set.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { FoundSetup } from "../../domain/review/onboarding.ts";
import type { Path } from "../../domain/values/scalars.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { judging } from "../../policy/judge.ts";
import { decide } from "../../pr/decide.ts";
import { decideEndedOnboarding, reopened } from "../../pr/onboarding/decide-onboarding.ts";
import { proposeOnboarding } from "../../pr/onboarding/propose-onboarding.ts";
import { isLeftToRepositories, type OrganisationFields } from "../../spec/read/organisation-config.ts";
import type { CausePlan } from "../cause.ts";
import { findSetup } from "./find-setup.ts";
import { forecast } from "./forecast.ts";
import { foundationOf } from "./foundation.ts";

const CAUSE: Cause = { kind: "onboarding" };
const BRANCH = branchFor(CAUSE);
const SUBJECT = { cause: CAUSE, agents: [] } as const;

/** What this process planned last for a repository: it stays the same until the default branch, or what is inherited, changes. */
const PLANNED = new WeakMap<Pass["world"]["memory"], { readonly of: string; readonly planned: Planned }>();

type Planned = Pick<Step, "changes" | "verdict" | "proposal">;

/**
 * One pull request that configures a repository in which RAOS is wanted, and which has no raos.yaml; nothing else is planned for it.
 * Once there is a raos.yaml, or RAOS is not wanted any more, the open one is closed.
 */
export function planOnboarding(pass: Pass): CausePlan {
  return { outcomes: [], steps: pass.isConfigured ? closeLeftOver(pass) : propose(pass) };
}

async function* closeLeftOver(pass: Pass): AsyncGenerator<Step> {
  const pull = pass.forge.open.get(BRANCH);
  if (pull === undefined) return;
  yield stepWithoutPlan(SUBJECT, decide(CAUSE, reopened(pull), undefined, limitsOf(pass, pass.forge.complete)));
}

/** Throws GitError or ForgeError. */
async function* propose(pass: Pass): AsyncGenerator<Step> {
  const { newest, isComplete } = await newestPull(pass);
  const ended = decideEndedOnboarding(newest);
  if (ended !== undefined) {
    yield stepWithoutPlan(SUBJECT, ended);
    return;
  }
  const planned = await plannedFor(pass);
  const wanted = planned.verdict?.kind === "deny" ? "denied" : planned.proposal;
  const limits = limitsOf(pass, pass.forge.complete && isComplete);
  yield { ...SUBJECT, ...planned, decision: decide(CAUSE, reopened(newest), wanted, limits) };
}

async function newestPull({ world, forge }: Pass): Promise<{
  readonly newest: PullRequest | undefined;
  readonly isComplete: boolean;
}> {
  const open = forge.open.get(BRANCH);
  if (open !== undefined) return { newest: open, isComplete: true };
  const { pulls, complete } = await world.forge.pullRequests([BRANCH]);
  return { newest: pulls.find(({ branch }) => branch === BRANCH), isComplete: complete };
}

async function plannedFor(pass: Pass): Promise<Planned> {
  const { memory } = pass.world;
  const of = `${pass.base.sha} ${(await pass.commit.source.shared()).key}`;
  const known = PLANNED.get(memory);
  if (known?.of === of) return known.planned;
  const planned = await plan(pass);
  PLANNED.set(memory, { of, planned });
  return planned;
}

async function plan(pass: Pass): Promise<Planned> {
  const seen = await findSetup(pass.commit);
  const { config, files, inherits } = await foundationOf(pass, seen);
  const found = inherits === undefined ? seen : withInherited(seen, config, inherits);
  const changes = changesOf(pass, files);
  const verdict: Verdict = await inSlices(judging(changes, pass.policies.guardrails, pass.survey.fleet, undefined));
  const { openPulls, pullsPerHour } = config.spec.limits;
  const proposal = proposeOnboarding(changes, {
    found,
    configuration: text(files.get("raos.yaml")),
    added: changes.files.map(({ path }) => path),
    limits: { openPulls, pullsPerHour },
    ...(await forecast(pass, files, config)),
  });
  return { changes, verdict, proposal };
}

/** What the organisation says counts, whatever the files show. */
function withInherited(found: FoundSetup, { spec }: Config, inherits: OrganisationFields): FoundSetup {
  const names = spec.environments.map(({ name }) => name);
  const { path: file } = inherits;
  return {
    ...found,
    environments: isLeftToRepositories("environments", inherits) ? found.environments : { names, places: [file] },
    delivery: isLeftToRepositories("delivery", inherits)
      ? found.delivery
      : { kind: "inherited", delivery: spec.delivery, file },
  };
}

function changesOf({ base }: Pass, files: ReadonlyMap<Path, Uint8Array>): ChangeSet {
  const added = [...files].map(([path, bytes]) => ({ path, before: undefined, text: text(bytes) }));
  return {
    ...{ cause: CAUSE, base: base.sha, agents: [], edits: [], changes: [], problems: [] },
    files: added.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("utf8");
}
