import type { AgentKey } from "./fleet.ts";

/** The tenant of an agent, from its key. An AgentKey is `tenant/name`. */
export function tenantOf(key: AgentKey): string {
  return key.slice(0, key.indexOf("/"));
}

/** Whether a key stands for every agent of a tenant: `tenant/*`. */
export function isWholeTenant(key: AgentKey): boolean {
  return key.endsWith("/*");
}

/** The name of an agent within its tenant, from its key. An AgentKey is `tenant/name`. */
export function nameOf(key: AgentKey): string {
  return key.slice(key.indexOf("/") + 1);
}
