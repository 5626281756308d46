import type { RequestedChange } from "../../domain/request/agent-request.ts";
import { expired } from "../../grants/expired.ts";
import type { LineageMember } from "../../grants/lineage-view.ts";
import type { Pass } from "../../pass/pass.ts";
import type { Step } from "../../pass/step.ts";
import { requestId } from "../../request/request-id.ts";
import { planOwnRequest } from "./plan-own-request.ts";

/**
 * Proposes to retire each agent whose time is over, as the one that asked for it would. A person who wants to keep it closes the pull
 * request, and takes the agent over with `raos.dev/owner`. Throws GitError or ForgeError.
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
    const words = `Its time is over since ${new Date(since).toISOString().slice(0, 10)}, by supervision.createAgents.timeToLive of ${from.agent}.`;
    const requested: RequestedChange = {
      request: { id, wants: "retire", agent, from, words, assumptions: [] },
      written: [{ agent, file, text: undefined }],
    };
    const step = await planOwnRequest(pass, requested);
    if (step !== undefined) yield step;
  }
}
