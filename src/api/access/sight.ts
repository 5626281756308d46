import { isWholeTenant, tenantOf } from "../../domain/agent-key.ts";
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
 * What a principal may see: a person who may read the repository, all of it; an agent, its own tenant, the agents that it calls, those
 * that call it, those below it, and those that it improves.
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
  const self = facts.get(principal.agent);
  const root = self?.lineage?.lineage.root ?? principal.agent;
  const below = agents
    .keysOfRoot(root)
    .filter((key) => root === principal.agent || facts.get(key)?.lineage?.lineage.createdBy.agent === principal.agent);
  const improves = self?.grant?.improves ?? [];
  const single = new Set([...(self?.calls ?? []), ...(callers.get(principal.agent) ?? []), ...below]);
  const tenants = new Set([own, ...improves.filter(isWholeTenant).map(tenantOf)]);
  for (const key of improves) if (!isWholeTenant(key)) single.add(key);
  const sees = (agent: AgentKey) => tenants.has(tenantOf(agent)) || single.has(agent);
  return {
    sees,
    keysAfter(agent, most, tenant) {
      const whole = [...tenants].filter((one) => (tenant ?? one) === one);
      const ofTenants = whole.flatMap((one) => agents.keysAfter(agent, most, one));
      const others = [...single].filter(
        (key) => key > agent && (tenant ?? tenantOf(key)) === tenantOf(key) && facts.get(key) !== undefined,
      );
      return [...new Set([...ofTenants, ...others])].sort().slice(0, most);
    },
  };
}
