import type { Agent } from "../domain/fleet.ts";

/** What compiling reads of an agent: all but the layers that its spec was merged from, which weigh as much as the rest. */
export type MergedAgent = Omit<Agent, "own" | "template" | "overlays">;

/** The agent without its layers, for who keeps many of them. */
export function mergedAgent({ key, tenant, name, path, labels, environments, facts }: Agent): MergedAgent {
  return { key, tenant, name, path, labels, environments, facts };
}
