import type { CreateAgents } from "../agent/agent-grant.ts";
import { baseUnits } from "../values/quantity.ts";
import { timeToLive } from "./time-to-live.ts";

/** What an agent may ask for, in base units. */
export interface CreateGrant {
  readonly max: number;
  readonly maxDepth: number;
  readonly templates: readonly string[];
  /** Cores, bytes, US dollars a day. */
  readonly budget: { readonly cpu: number; readonly memory: number; readonly dollars: number };
  readonly perDay: number;
  /** Milliseconds. */
  readonly timeToLive: number;
  readonly sponsor: string | undefined;
  readonly onDelete: CreateAgents["onDelete"];
}

/** The grant of a spec in effect. An amount that cannot be read grants nothing. */
export function createGrantOf(written: CreateAgents): CreateGrant {
  const { max, maxDepth, templates = [], budget, perDay, sponsor, onDelete } = written;
  const amount = (quantity: string | number | undefined) => Math.max(0, baseUnits(quantity ?? 0) ?? 0);
  return {
    ...{ max, maxDepth, templates, perDay, sponsor, onDelete },
    budget: { cpu: amount(budget?.cpu), memory: amount(budget?.memory), dollars: budget?.dollarsPerDay ?? 0 },
    timeToLive: timeToLive(written.timeToLive) ?? 0,
  };
}
