import type { AgentFacts, AgentKey, Fleet } from "../domain/fleet.ts";
import type { FleetDirectory } from "./alert-owner.ts";

/**
 * The part of the fleet that finding an alert's agent needs, for one pass. The facts of an agent are read once, since thousands
 * of alerts may be about it. Unknown names are not cached, since there may be any number of them.
 */
export function createFleetDirectory({
  facts,
  tenants,
  config,
  someAgentsOf = () => [],
}: Pick<Fleet, "facts" | "tenants" | "config" | "someAgentsOf">): FleetDirectory {
  const known = new Map<AgentKey, AgentFacts>();
  const agents = new Map<string, readonly AgentKey[]>();
  return {
    tenants,
    config,
    someAgentsOf(tenant) {
      const found = agents.get(tenant) ?? someAgentsOf(tenant);
      if (tenants.has(tenant)) agents.set(tenant, found);
      return found;
    },
    facts: {
      get(key) {
        const found = known.get(key) ?? facts.get(key);
        if (found !== undefined) known.set(key, found);
        return found;
      },
    },
  };
}
