import type { Agent } from "../domain/fleet.ts";

/** What `compile` needs of an agent: without the layers, which take as much memory as the rest. */
export type MergedAgent = Omit<Agent, "own" | "template" | "overlays" | "models">;

/** The agent without its layers, for callers that keep many agents. */
export function mergedAgent({ key, tenant, name, path, labels, environments, facts }: Agent): MergedAgent {
  return { key, tenant, name, path, labels, environments, facts };
}
