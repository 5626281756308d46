import type { AgentKey, Fleet } from "../../domain/fleet.ts";
import type { LineageMember, LineageView } from "../../grants/lineage-view.ts";
import type { SurveyStore } from "../../survey/memo/store.ts";
import type { OpenRequests } from "./reserved.ts";

/** The line of a root, read from the memo: as long as the line takes, however large the fleet is. */
export function viewLine(
  root: AgentKey,
  fleet: Fleet,
  { agents }: Pick<SurveyStore, "agents">,
  open: OpenRequests,
): LineageView {
  const present = agents.keysOfRoot(root).flatMap((agent): readonly LineageMember[] => {
    const facts = fleet.facts.get(agent)?.lineage;
    if (facts === undefined) return [];
    return [{ agent, ...facts, state: agents.isDeployed(agent) ? "deployed" : "planned" }];
  });
  const known = new Set(present.map(({ agent }) => agent));
  const reserved = open.members.filter(({ agent, lineage }) => lineage.root === root && !known.has(agent));
  return {
    factsOf: (key) => fleet.facts.get(key),
    members: [...present, ...reserved],
    requests: open.requests,
  };
}
