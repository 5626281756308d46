import type { AgentKey } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import { type LineageNode, lineageTree } from "../../grants/lineage-tree.ts";
import { viewLine } from "../../pass/grants/view-line.ts";
import { readDefaultBranch } from "../../pass/read-commit.ts";
import type { PlanningWorld } from "../../pass/world.ts";

/** The line of an agent on the default branch; or why nothing can be read. */
export type LineReading =
  | { readonly kind: "read"; readonly tree: LineageNode }
  | { readonly kind: "unknown" }
  | { readonly kind: "empty"; readonly branch: string }
  | { readonly kind: "unreadable"; readonly problems: readonly Problem[] };

/** Reads the line that an agent is in, from its root down. Writes nothing but caches. Throws GitError or ForgeError. */
export async function readAgentLine(world: PlanningWorld, agent: AgentKey): Promise<LineReading> {
  const read = await readDefaultBranch(world);
  if (read.kind === "unreadable") return { kind: "unreadable", problems: read.problems };
  if (read.kind !== "read") return { kind: "empty", branch: read.branch };
  const { fleet } = read.survey;
  const facts = fleet.facts.get(agent);
  const root = facts?.lineage?.lineage.root ?? agent;
  const view = viewLine(root, fleet, world.store, { members: [], requests: [] });
  // An agent that is deleted is still shown while others name it as their root.
  if (facts === undefined && view.members.length === 0) return { kind: "unknown" };
  const environments = fleet.config.spec.environments.map(({ name }) => name);
  const state = world.store.agents.isDeployed(root) ? "deployed" : "planned";
  return { kind: "read", tree: lineageTree({ agent: root, state }, view, environments) };
}
