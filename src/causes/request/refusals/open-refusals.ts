import type { AgentKey } from "../../../domain/fleet.ts";
import type { PlanningWorld } from "../../../pass/world.ts";

/** What this process knows of open issues about refused agents. A cache: the forge has them. */
export interface OpenRefusals {
  /** Whether they were read in this process. */
  isRead: boolean;
  readonly agents: Set<AgentKey>;
}

const OPEN = new WeakMap<PlanningWorld["memory"], OpenRefusals>();

/** The open issues about refused agents that this process knows of; whoever opens one adds it. */
export function openRefusals(memory: PlanningWorld["memory"]): OpenRefusals {
  const known = OPEN.get(memory) ?? { isRead: false, agents: new Set() };
  OPEN.set(memory, known);
  return known;
}
