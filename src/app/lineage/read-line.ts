import type { AgentKey } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Addition } from "../../git/history/file-life.ts";
import { type LineageNode, lineageTree } from "../../grants/lineage-tree.ts";
import { reservedAgents } from "../../pass/grants/reserved.ts";
import { viewLine } from "../../pass/grants/view-line.ts";
import { readDefaultBranch } from "../../pass/read-commit.ts";
import type { PlanningWorld } from "../../pass/world.ts";

/** The line of an agent on the default branch, and in open pull requests; or why nothing can be read. */
export type LineReading =
  | ({ readonly kind: "read" } & KnownLine)
  | { readonly kind: "unknown" }
  | { readonly kind: "empty"; readonly branch: string }
  | { readonly kind: "unreadable"; readonly problems: readonly Problem[] };

/** A line, and what is known of where its agents come from. */
export interface KnownLine {
  readonly tree: LineageNode;
  /** The pull request that would add an agent which is not on the default branch. */
  readonly open: ReadonlyMap<AgentKey, OpenRequest>;
  /** Whether every open pull request could be read. */
  readonly isComplete: boolean;
  /** How the root came to the default branch; undefined: Git does not tell. */
  readonly rootAdded: Addition | undefined;
}

/** An open pull request that reserves a place. */
export interface OpenRequest {
  readonly number: number;
  readonly url: string;
}

/** Reads the line that an agent is in, from its root down. Writes nothing but caches. Throws GitError or ForgeError. */
export async function readAgentLine(world: PlanningWorld, agent: AgentKey): Promise<LineReading> {
  const read = await readDefaultBranch(world);
  if (read.kind === "unreadable") return { kind: "unreadable", problems: read.problems };
  if (read.kind !== "read") return { kind: "empty", branch: read.branch };
  const { fleet, pathOf } = read.survey;
  const { pulls, complete } = await world.forge.pullRequests([]);
  const reserved = reservedAgents(pulls, fleet);
  const asked = reserved.find(({ member }) => member.agent === agent)?.member;
  const facts = fleet.facts.get(agent);
  const root = (facts?.lineage ?? asked)?.lineage.root ?? agent;
  const members = reserved.map(({ member }) => member);
  const view = viewLine(root, fleet, world.store, { members, requests: [] });
  // An agent that is deleted is still shown while others name it as their root.
  if (facts === undefined && view.members.length === 0) return { kind: "unknown" };
  const environments = fleet.config.spec.environments.map(({ name }) => name);
  const state = world.store.agents.isDeployed(root) ? "deployed" : "planned";
  const path = pathOf(root);
  return {
    kind: "read",
    tree: lineageTree({ agent: root, state }, view, environments),
    open: new Map(reserved.map(({ member, pull: { number, url } }) => [member.agent, { number, url }])),
    isComplete: complete,
    rootAdded: path === undefined ? undefined : await read.commit.additionOf(path),
  };
}
