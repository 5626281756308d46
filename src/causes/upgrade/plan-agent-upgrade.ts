import { branchFor } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { AgentFacts } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { RegistryReader } from "../../observe/registry/registry-answers.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { prepare, stepOfPrepared } from "../../pass/prepare.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { type DecisionLimits, decide } from "../../pr/decide.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { type AnsweredPull, withoutAnswered } from "../../upgrade/answered-edits.ts";
import { type UpgradeEdit, upgradeEdits } from "../../upgrade/upgrade-edits.ts";
import { findNewerImages, type TagLists } from "./newer-images.ts";
import type { SayFailure } from "./read-tag-lists.ts";

/** What planning one agent needs. */
export interface UpgradeContext {
  readonly pass: Pass;
  readonly registry: RegistryReader;
  readonly lists: TagLists;
  readonly say: SayFailure;
  /** The limit that lets no pull request of this agent be opened now. */
  readonly full: DecisionLimits["full"];
  readonly ended: ReadonlyMap<string, PullRequest>;
  /** Whether the ended pull requests could all be read. */
  readonly isComplete: boolean;
}

type UpgradeCause = Extract<Cause, { readonly kind: "upgrade" }>;

/** The step for one agent; none where its images are the newest and no pull request is open. Throws GitError or ForgeError. */
export async function* planAgentUpgrade(context: UpgradeContext, agent: AgentFacts): AsyncGenerator<Step> {
  const { pass, registry, lists, say, full } = context;
  const cause: UpgradeCause = { kind: "upgrade", agent: agent.key };
  const unit = { cause, agents: [agent.key] };
  const open = pass.forge.open.get(branchFor(cause));
  const newer = await findNewerImages(registry, lists, agent);
  if (newer.kind === "failed") {
    const { message } = newer;
    say(agent.upgrades?.[0]?.image ?? "", newer);
    yield stepWithoutPlan(unit, { kind: "skip", reason: "registry-unavailable", pull: open, message });
    return;
  }
  const edits = upgradeEdits(agent, newer.images);
  if (edits.length === 0 && open === undefined) return;
  const last = context.ended.get(branchFor(cause));
  const answered = answeredPull(last);
  const left = withoutAnswered(edits, answered, agent.upgrades ?? []);
  if (edits.length > 0 && left.length === 0) {
    const reason = answered?.answer === "merged" ? "version-taken-back" : "closed-by-a-person";
    yield stepWithoutPlan(unit, { kind: "skip", reason, pull: last });
  } else if (full !== undefined && open === undefined)
    yield stepWithoutPlan(unit, { kind: "skip", reason: full, pull: undefined });
  else yield await propose(context, unit, left, open ?? last);
}

/** What people made of the last pull request; its marker can only lead to fewer proposals, whoever wrote it. */
function answeredPull(last: PullRequest | undefined): AnsweredPull | undefined {
  if (last?.openedByBot !== true || last.state === "open" || last.closedByBot) return undefined;
  return { answer: last.state, edits: decodeMarker(last.body)?.edits ?? [] };
}

async function propose(
  { pass, isComplete }: UpgradeContext,
  unit: { readonly cause: UpgradeCause; readonly agents: readonly string[] },
  found: readonly UpgradeEdit[],
  pull: PullRequest | undefined,
): Promise<Step> {
  const limits = limitsOf(pass, pass.forge.complete && isComplete);
  if (found.length === 0) return stepWithoutPlan(unit, decide(unit.cause, pull, undefined, limits));
  const snapshot = await pass.commit.slice(pathsOfAgents(unit.agents, pass));
  const edits = found.map(({ edit }) => edit);
  const upgrades = found.map(({ upgrade }) => upgrade);
  const prepared = await prepare(pass, { ...unit, tenants: [], edits, upgrades }, snapshot);
  const step = stepOfPrepared(prepared, pull, limits);
  const { decision } = step;
  // It is as it should be, and a policy accepts it now, not only when it was opened.
  const isAccepted = decision.kind === "unchanged" && prepared.proposal?.autoMerge === true && limits.complete;
  if (isAccepted && decision.pull !== undefined) return { ...step, decision: { kind: "merge", pull: decision.pull } };
  return step;
}
