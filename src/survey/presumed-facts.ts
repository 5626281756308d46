import type { AgentFacts, AgentKey, Lookup, SharedInputs } from "../domain/fleet.ts";

/**
 * What compile may know of a peer before the peer's own file was read: all of it follows from its key and its tenant, so
 * an agent compiles to the same files in whatever order the fleet is read. Whether the peer exists is checked elsewhere.
 */
export function presumedFacts(shared: SharedInputs): Lookup<AgentFacts> {
  const environments = shared.config.spec.environments.map((environment) => environment.name);
  return { get: (key) => presumed(key, shared, environments) };
}

function presumed(key: AgentKey, shared: SharedInputs, environments: readonly string[]): AgentFacts {
  const tenant = shared.tenants.get(key.slice(0, key.indexOf("/")));
  return {
    key,
    path: "",
    oid: "",
    namespace: tenant?.spec.namespace ?? key.slice(0, key.indexOf("/")),
    environments: tenant?.spec.environments ?? environments,
    template: undefined,
    prompts: [],
    calls: [],
    callsAcross: [],
    admits: [],
  };
}
