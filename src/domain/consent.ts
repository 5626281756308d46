import type { AgentFacts, SharedInputs } from "./fleet.ts";

/**
 * Whether agents of tenant `caller` may call those of tenant `callee` without a word of the called agent: they are of one
 * tenant, or the callee's tenant file accepts the caller's tenant. No for a tenant whose file is missing or broken.
 */
export function acceptsTenant(callee: string, caller: string, shared: Pick<SharedInputs, "tenants">): boolean {
  return callee === caller || (shared.tenants.get(callee)?.spec.accepts ?? []).includes(caller);
}

/**
 * The environments in which `caller` calls an agent of another tenant without that side's consent. `environments` are those
 * in which it calls it; consent is the callee's tenant file (`accepts`), or the called agent's spec (`access.callers`) in
 * that environment.
 */
export function withoutConsent(
  caller: AgentFacts,
  callee: AgentFacts,
  environments: readonly string[],
  shared: Pick<SharedInputs, "tenants">,
): readonly string[] {
  const [tenant = "", name = ""] = caller.key.split("/");
  if (acceptsTenant(callee.key.slice(0, callee.key.indexOf("/")), tenant, shared)) return [];
  const admitted = callee.admits.find((each) => each.caller === `${caller.namespace}/${name}`)?.environments ?? [];
  return environments.filter((environment) => !admitted.includes(environment));
}
