import type { AgentKey } from "../domain/fleet.ts";
import type { CreateGrant } from "../domain/grant/create-grant.ts";
import type { Lineage } from "../domain/grant/lineage.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { descendantsOf } from "./ancestors.ts";
import { endOfTime } from "./expired.ts";
import type { LineageMember, LineageView } from "./lineage-view.ts";

/** What is left of a grant. Amounts are those of the environment in which most is taken; undefined: it cannot be told. */
export interface GrantLeft {
  readonly agents: number;
  /** Places that open pull requests take; they are not left. */
  readonly reserved: number;
  /** Generations below it. */
  readonly depth: number;
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly dollars: number | undefined;
}

/** An agent in a line, with those that it asked for. */
export interface LineageNode {
  readonly agent: AgentKey;
  /** 0 for the root. */
  readonly depth: number;
  /** Undefined for the root. */
  readonly lineage: Lineage | undefined;
  readonly state: LineageMember["state"];
  readonly grant: CreateGrant | undefined;
  /** Undefined: it may ask for nothing. */
  readonly left: GrantLeft | undefined;
  /** When its time is over. */
  readonly expires: Instant | undefined;
  readonly children: readonly LineageNode[];
}

/**
 * The whole line of a root, as a tree. Agents whose asker is not in the line any more are children of the root, so that all of them
 * are seen. `environments`: those that budgets are counted in.
 */
export function lineageTree(
  root: { readonly agent: AgentKey; readonly state: LineageMember["state"] },
  view: LineageView,
  environments: readonly string[],
): LineageNode {
  const known = new Set([root.agent, ...view.members.map(({ agent }) => agent)]);
  const shownBelow = ({ agent, lineage }: LineageMember) => {
    const parent = lineage.createdBy.agent;
    return known.has(parent) && parent !== agent ? parent : root.agent;
  };
  const byParent = Map.groupBy(view.members, shownBelow);
  const placed = new Set<AgentKey>([root.agent]);
  const childrenOf = (agent: AgentKey): readonly LineageNode[] =>
    (byParent.get(agent) ?? [])
      .filter((member) => !placed.has(member.agent) && placed.add(member.agent))
      .toSorted((a, b) => a.lineage.createdAt - b.lineage.createdAt || (a.agent < b.agent ? -1 : 1))
      .map((member) => node(member.agent, member));
  const node = (agent: AgentKey, member: LineageMember | undefined): LineageNode => {
    const handedOver = member?.lineage.owner !== undefined;
    const grant = handedOver ? undefined : view.factsOf(agent)?.grant?.createAgents;
    return {
      agent,
      depth: member?.lineage.depth ?? 0,
      lineage: member?.lineage,
      state: member?.state ?? root.state,
      grant,
      left: grant && leftOf(grant, descendantsOf(agent, root.agent, view.members), environments),
      expires: member && endOfTime(member, view.factsOf),
      children: childrenOf(agent),
    };
  };
  return node(root.agent, undefined);
}

function leftOf(grant: CreateGrant, below: readonly LineageMember[], environments: readonly string[]): GrantLeft {
  const left = (name: "cpu" | "memory" | "dollars") => {
    const taken = environments.map((environment) =>
      below
        .filter(({ needs }) => Object.hasOwn(needs, environment))
        .reduce((sum, { needs }) => sum + (needs[environment]?.[name] ?? Number.NaN), 0),
    );
    const most = Math.max(0, ...taken);
    return Number.isNaN(most) ? undefined : Math.max(0, grant.budget[name] - most);
  };
  return {
    agents: Math.max(0, grant.max - below.length),
    reserved: below.filter(({ state }) => state === "reserved").length,
    depth: grant.maxDepth,
    cpu: left("cpu"),
    memory: left("memory"),
    dollars: left("dollars"),
  };
}
