import type { AgentKey } from "../domain/fleet.ts";
import type { CreateGrant } from "../domain/grant/create-grant.ts";
import { descendantsOf } from "./ancestors.ts";
import type { LineageMember } from "./lineage-view.ts";

/** What becomes of the agents below one that is deleted. */
export type Orphans =
  | { readonly kind: "none" }
  /** People have them from then on: `raos.dev/owner` names them. What is below these stays theirs. */
  | { readonly kind: "handOver"; readonly owner: string; readonly agents: readonly AgentKey[] }
  /** All generations go with it; the deepest first, so that none is left without the one above it. */
  | { readonly kind: "remove"; readonly agents: readonly AgentKey[] };

/**
 * What becomes of the agents that `agent` asked for when it is deleted, by `createAgents.onDelete` of its grant; without one they are
 * handed over. `root` is that of its line, `owner` who gets them: the tenant's owners. Those that people have already stay theirs.
 */
export function orphansOf(
  agent: AgentKey,
  grant: CreateGrant | undefined,
  {
    root,
    members,
    owner,
  }: { readonly root: AgentKey; readonly members: readonly LineageMember[]; readonly owner: string },
): Orphans {
  const below = descendantsOf(agent, root, members).filter(({ lineage }) => lineage.owner === undefined);
  if (below.length === 0) return { kind: "none" };
  if (grant?.onDelete === "remove") {
    const deepest = below.toSorted((a, b) => b.lineage.depth - a.lineage.depth || (a.agent < b.agent ? -1 : 1));
    return { kind: "remove", agents: deepest.map((member) => member.agent) };
  }
  const children = below.filter(({ lineage }) => lineage.createdBy.agent === agent);
  return { kind: "handOver", owner, agents: children.map((member) => member.agent).sort() };
}
