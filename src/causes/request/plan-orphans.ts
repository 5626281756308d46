import type { AgentKey } from "../../domain/fleet.ts";
import type { RequestedChange } from "../../domain/request/agent-request.ts";
import type { Pass } from "../../pass/pass.ts";
import type { Step } from "../../pass/step.ts";
import { requestId } from "../../request/request-id.ts";
import { planOwnRequest } from "./plan-own-request.ts";

/**
 * For each agent that is gone, and that other agents still name as the one that asked for them: proposes what its grant says becomes of
 * them. A person deleted its file; where it was retired by a request, they went along. `isWanted` leaves out some of those that are
 * gone. Throws GitError or ForgeError.
 */
export async function* planOrphans(
  pass: Pass,
  isWanted: (gone: AgentKey) => boolean = () => true,
): AsyncGenerator<Step> {
  const { fleet, pathOf } = pass.survey;
  const askers = new Map<AgentKey, string>();
  for (const child of pass.world.store.agents.keysWithLineage()) {
    const lineage = fleet.facts.get(child)?.lineage?.lineage;
    const isTheirs = lineage === undefined || lineage.owner !== undefined;
    // A file that cannot be read now is not gone.
    if (isTheirs || pathOf(lineage.createdBy.agent) !== undefined) continue;
    askers.set(lineage.createdBy.agent, lineage.createdBy.environment);
  }
  for (const [agent, environment] of askers) {
    if (!isWanted(agent)) continue;
    const from = { kind: "agent", agent, environment, chain: [] } as const;
    const words = `${agent} was deleted, and left these agents, which it, or an agent below it, asked for. supervision.createAgents.onDelete of its last spec says what becomes of them; left out, they are handed over.`;
    const requested: RequestedChange = {
      request: { id: requestId(from, ["orphans", agent]), wants: "orphans", agent, from, words, assumptions: [] },
      written: [],
    };
    const step = await planOwnRequest(pass, requested);
    if (step !== undefined) yield step;
  }
}
