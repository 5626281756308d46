import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { AgentFacts } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { hasWish } from "../../pass/people/wished.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import { planAgentUpgrade } from "./plan-agent-upgrade.ts";
import { readTagLists, sayOnce } from "./read-tag-lists.ts";

/** Agents whose ended pull requests are read together. */
const CHUNK = 50;

/**
 * One step for each agent whose registry has a newer image than its spec, and for each open pull request of that kind. Each registry
 * is asked once for each repository of images. A look at what files would give (`raos plan`, a check) asks none. Throws GitError or
 * ForgeError.
 */
export async function* planUpgrades(pass: Pass): AsyncGenerator<Step> {
  const { registry, store, log } = pass.world;
  if (registry === undefined || pass.isUnlimited || pass.isPreview) return;
  const broken = new Set(pass.survey.problems.map(({ key }) => key));
  const all = store.agents
    .keysWithUpgrades()
    .filter((key) => !broken.has(key))
    .flatMap((key) => store.facts(key) ?? []);
  yield* leftOverPulls(pass, new Set(all.map((agent) => branchOf(agent))), broken);
  // A new agent is deployed first as its author wrote it.
  const fresh = new Set(pass.survey.drifts().flatMap(({ key, state }) => (state === "new" ? [key] : [])));
  const agents = all.filter((agent) => !fresh.has(agent.key) || pass.forge.open.has(branchOf(agent)));
  if (agents.length === 0) return;
  const say = sayOnce(log);
  const lists = await readTagLists(registry, agents, say);
  for (let start = 0; start < agents.length; start += CHUNK) {
    const some = agents.slice(start, start + CHUNK);
    const ended = await endedPulls(pass, some);
    for (const agent of some) {
      const full = waitsFor(pass, agent);
      yield* planAgentUpgrade(
        { pass, registry, lists, say, full, ended: ended.byBranch, isComplete: ended.complete },
        agent,
      );
    }
  }
}

function branchOf({ key }: AgentFacts): string {
  return branchFor({ kind: "upgrade", agent: key });
}

/** The limit that does not let an agent's pull request be opened now: then its image is not even looked at. */
function waitsFor({ budget, forge, ...pass }: Pass, agent: AgentFacts) {
  const branch = branchOf(agent);
  return forge.open.has(branch) || hasWish({ budget, forge, ...pass }, branch) ? undefined : budget.full();
}

/** The newest ended pull request of each agent that has no open one. */
async function endedPulls({ world, forge }: Pass, agents: readonly AgentFacts[]) {
  const branches = agents.map(branchOf).filter((branch) => !forge.open.has(branch));
  if (branches.length === 0) return { byBranch: new Map<string, PullRequest>(), complete: true };
  const { pulls, complete } = await world.forge.pullRequests(branches);
  return { byBranch: new Map(pulls.map((pull) => [pull.branch, pull])), complete };
}

/** Open pull requests of agents that no longer have such a rule. Those of broken specs are left as they are. */
function* leftOverPulls(pass: Pass, planned: ReadonlySet<string>, broken: ReadonlySet<string>): Generator<Step> {
  for (const [branch, pull] of pass.forge.open) {
    const cause: Cause | undefined = causeOf(branch);
    if (cause?.kind !== "upgrade" || planned.has(branch)) continue;
    const unit = { cause, agents: [cause.agent] };
    yield broken.has("") || broken.has(cause.agent)
      ? stepWithoutPlan(unit, { kind: "skip", reason: "spec-has-problems", pull })
      : stepWithoutPlan(unit, decide(cause, pull, undefined, limitsOf(pass, pass.forge.complete)));
  }
}
