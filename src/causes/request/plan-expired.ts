import { branchFor } from "../../domain/branch-name.ts";
import type { RequestedChange } from "../../domain/request/agent-request.ts";
import { expired } from "../../grants/expired.ts";
import type { LineageMember } from "../../grants/lineage-view.ts";
import type { Pass } from "../../pass/pass.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { requestId } from "../../request/request-id.ts";
import { planRequest } from "./plan-request.ts";

/**
 * Proposes to retire each agent whose time is over, as the one that asked for it would. A person who wants to keep it closes the pull
 * request, and takes the agent over with `raos.dev/owner`. One that was closed is neither planned nor asked for again while the
 * default branch is at the same commit. Throws GitError or ForgeError.
 */
export async function* planExpired(pass: Pass): AsyncGenerator<Step> {
  const { fleet } = pass.survey;
  const members = pass.world.store.agents.keysWithLineage().flatMap((agent): readonly LineageMember[] => {
    const facts = fleet.facts.get(agent)?.lineage;
    return facts === undefined ? [] : [{ agent, ...facts, state: "deployed" }];
  });
  const over = expired({ members, factsOf: (key) => fleet.facts.get(key), requests: [] }, pass.world.now());
  const lineages = new Map(members.map(({ agent, lineage }) => [agent, lineage]));
  for (const { agent, since } of over) {
    const file = pass.survey.pathOf(agent);
    const lineage = lineages.get(agent);
    if (file === undefined || lineage === undefined) continue;
    const from = { kind: "agent", ...lineage.createdBy, chain: [] } as const;
    const id = requestId(from, ["expired", agent, String(lineage.createdAt)]);
    const cause = { kind: "request", id } as const;
    const branch = branchFor(cause);
    // An open one is kept up to date with the others.
    if (pass.forge.open.has(branch)) continue;
    if (pass.world.unchangedPulls.get(branch) === pass.commit.sha) {
      const decision = { kind: "skip", reason: "closed-by-a-person", pull: undefined } as const;
      yield stepWithoutPlan({ cause, agents: [agent] }, decision);
      continue;
    }
    const words = `Its time is over since ${new Date(since).toISOString().slice(0, 10)}, by supervision.createAgents.timeToLive of ${from.agent}.`;
    const requested: RequestedChange = {
      request: { id, wants: "retire", agent, from, words, assumptions: [] },
      written: [{ agent, file, text: undefined }],
    };
    const step = await planRequest(pass, { requested, edits: [] });
    yield isClosed(step) ? { ...step, remember: { kind: "unchanged-pull", branch, stamp: pass.commit.sha } } : step;
  }
}

function isClosed({ decision }: Step): boolean {
  return decision.kind === "skip" && decision.reason === "closed-by-a-person";
}
