import { tenantOf } from "../domain/agent-key.ts";

/** Whether an agent, or all of a tenant (`support/*`), is among such a list. */
export function isAmong(agent: string, patterns: readonly string[]): boolean {
  return patterns.includes(agent) || patterns.includes(`${tenantOf(agent)}/*`);
}
