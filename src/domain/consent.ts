import { nameOf, tenantOf } from "./agent-key.ts";
import type { AgentFacts, SharedInputs } from "./fleet.ts";

/**
 * Whether all agents of tenant `caller` may call those of tenant `callee`: it is the same tenant, or the callee's tenant file
 * accepts the caller's tenant. False for a tenant whose file is missing or broken.
 */
export function acceptsTenant(callee: string, caller: string, shared: Pick<SharedInputs, "tenants">): boolean {
  return callee === caller || (shared.tenants.get(callee)?.spec.accepts ?? []).includes(caller);
}

/**
 * The environments, among those given, in which `caller` calls an agent of another tenant without consent. Consent is in the
 * callee's tenant file (`accepts`), or in the called agent's spec (`access.callers`) for that environment.
 */
export function withoutConsent(
  caller: AgentFacts,
  callee: AgentFacts,
  environments: readonly string[],
  shared: Pick<SharedInputs, "tenants">,
): readonly string[] {
  if (acceptsTenant(tenantOf(callee.key), tenantOf(caller.key), shared)) return [];
  const admitted =
    callee.admits.find((each) => each.caller === `${caller.namespace}/${nameOf(caller.key)}`)?.environments ?? [];
  return environments.filter((environment) => !admitted.includes(environment));
}
