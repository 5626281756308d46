import type { AgentKey } from "../domain/fleet.ts";
import type { CreateGrant } from "../domain/grant/create-grant.ts";
import type { Lineage } from "../domain/grant/lineage.ts";
import type { AgentScope } from "../domain/grant/scope.ts";
import type { LineageMember, LineageView } from "./lineage-view.ts";
import { type GrantRefusal, refusal } from "./refusal.ts";

/** An agent above another one, with what it may ask for. */
export interface Ancestor {
  readonly agent: AgentKey;
  /** 0 for the root. */
  readonly depth: number;
  readonly grant: CreateGrant;
  readonly improves: readonly string[];
  readonly scopes: Readonly<Record<string, AgentScope>>;
}

/** The agents above one, its asker first and the root last; or why they cannot be told. */
export type LineOfAgents =
  | { readonly kind: "ancestors"; readonly ancestors: readonly Ancestor[] }
  | ({ readonly kind: "refused" } & GrantRefusal);

/**
 * The agents above one, by what the default branch says of each. Each has to be there, to be one generation above the last, of the
 * same root, and to have a grant. The line of an agent that people took over ends there.
 */
export function ancestorsOf(agent: AgentKey, lineage: Lineage, { factsOf }: LineageView, isNew: boolean): LineOfAgents {
  const found: Ancestor[] = [];
  let below: { readonly agent: AgentKey; readonly lineage: Lineage } = { agent, lineage };
  for (;;) {
    const key = below.lineage.createdBy.agent;
    const facts = factsOf(key);
    if (facts === undefined) return refuseDeleted(below.agent, key);
    const own = facts.lineage?.lineage;
    const depth = own?.depth ?? 0;
    const isInLine = depth === below.lineage.depth - 1 && (own?.root ?? key) === lineage.root;
    if (!isInLine || found.some((each) => each.agent === key)) return refuseLine(below.agent, key);
    if (own !== undefined && own.createdAt > below.lineage.createdAt) return refuseLine(below.agent, key);
    const isHandedOver = own?.owner !== undefined;
    if (isHandedOver && isNew) return refuseHandedOver(key, own.owner ?? "");
    const grant = facts.grant?.createAgents;
    if (grant === undefined) return refuseUngranted(key);
    found.push({ agent: key, depth, grant, improves: facts.grant?.improves ?? [], scopes: facts.grant?.scopes ?? {} });
    if (own === undefined || isHandedOver) return { kind: "ancestors", ancestors: found };
    below = { agent: key, lineage: own };
  }
}

/** The members of a line that are below one of its agents. */
export function descendantsOf(
  agent: AgentKey,
  root: AgentKey,
  members: readonly LineageMember[],
): readonly LineageMember[] {
  if (agent === root) return members;
  const parents = new Map(members.map((member) => [member.agent, member.lineage.createdBy.agent]));
  return members.filter((member) => isBelow(member.agent, agent, parents));
}

function isBelow(member: AgentKey, agent: AgentKey, parents: ReadonlyMap<AgentKey, AgentKey>): boolean {
  let above = parents.get(member);
  // A ring of agents has no end; no line is longer than the members that there are.
  for (let steps = 0; above !== undefined && steps <= parents.size; steps += 1) {
    if (above === agent) return true;
    above = parents.get(above);
  }
  return false;
}

type Refused = Extract<LineOfAgents, { readonly kind: "refused" }>;

function refuseDeleted(agent: AgentKey, asker: AgentKey): Refused {
  const message = `${asker} asked for ${agent} and is not there any more; retire ${agent}, or write who has it now into its annotation raos.dev/owner`;
  return { kind: "refused", ...refusal("asker-deleted", message) };
}

function refuseLine(agent: AgentKey, asker: AgentKey): Refused {
  const message = `the annotations of ${agent} (raos.dev/root, depth, created-at) do not follow from those of ${asker}, which asked for it; restore them from its first pull request`;
  return { kind: "refused", ...refusal("lineage-unreadable", message, "/metadata/annotations") };
}

function refuseHandedOver(asker: AgentKey, owner: string): Refused {
  const message = `${asker} belongs to ${owner} since the agent that asked for it was deleted, and may ask for no agents; ask ${owner}`;
  return { kind: "refused", ...refusal("asker-handed-over", message) };
}

function refuseUngranted(asker: AgentKey): Refused {
  const message = `${asker} may ask for no agents; a person can grant it with supervision.createAgents in agents/${asker}.yaml`;
  return { kind: "refused", ...refusal("no-grant", message) };
}
