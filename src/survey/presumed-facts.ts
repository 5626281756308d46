import { namespaceOf } from "../compile/namespace.ts";
import { tenantOf } from "../domain/agent-key.ts";
import type { AgentFacts, AgentKey, Lookup, SharedInputs } from "../domain/fleet.ts";

/**
 * The facts of a peer that `compile` may use before the peer's own file was read. They follow only from its key and its tenant,
 * so that an agent's files do not depend on the order in which the fleet is read. `crossCheck` checks that the peer exists.
 */
export function assumeFacts(shared: SharedInputs): Lookup<AgentFacts> {
  const environments = shared.config.spec.environments.map((environment) => environment.name);
  return { get: (key) => assumedFactsOf(key, shared, environments) };
}

function assumedFactsOf(key: AgentKey, shared: SharedInputs, environments: readonly string[]): AgentFacts {
  const tenant = shared.tenants.get(tenantOf(key));
  return {
    key,
    path: "",
    oid: "",
    namespace: namespaceOf(tenantOf(key), shared),
    environments: tenant?.spec.environments ?? environments,
    template: undefined,
    models: [],
    prompts: [],
    calls: [],
    callsAcross: [],
    admits: [],
  };
}
