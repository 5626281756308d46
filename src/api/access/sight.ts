import { tenantOf } from "../../domain/agent-key.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Principal } from "../../domain/request/principal.ts";
import type { World } from "../../pass/world.ts";
import type { ReadRepository } from "./read-repository.ts";

/** Which agents somebody may see. */
export interface Sight {
  sees(agent: AgentKey): boolean;
  /** Their keys after this one, sorted, at most so many; of one tenant where it is named. */
  keysAfter(agent: AgentKey, most: number, tenant: string | undefined): readonly AgentKey[];
}

/**
 * What a principal may see: a person who may read the repository, all of it; an agent, its own tenant, the agents that it calls, and those
 * that call it.
 */
export function sightOf(principal: Principal, world: World, { survey }: ReadRepository): Sight {
  const { agents } = world.store;
  if (principal.kind === "person")
    return {
      sees: () => true,
      keysAfter: (agent, most, tenant) => agents.keysAfter(agent, most, tenant),
    };
  const own = tenantOf(principal.agent);
  const { facts, callers } = survey.fleet;
  const peers = new Set([...(facts.get(principal.agent)?.calls ?? []), ...(callers.get(principal.agent) ?? [])]);
  const sees = (agent: AgentKey) => tenantOf(agent) === own || peers.has(agent);
  return {
    sees,
    keysAfter(agent, most, tenant) {
      const others = [...peers].filter((key) => tenantOf(key) !== own && (tenant ?? tenantOf(key)) === tenantOf(key));
      const tenants = tenant === undefined || tenant === own ? agents.keysAfter(agent, most, own) : [];
      const rest = others.filter((key) => key > agent && facts.get(key) !== undefined);
      return [...new Set([...tenants, ...rest])].sort().slice(0, most);
    },
  };
}
