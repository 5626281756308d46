import type { AgentChange, ChangeSet } from "../domain/change.ts";
import type { Json } from "../domain/scalars.ts";
import { type LeafChange, leafChanges, sameJson } from "./leaf-changes.ts";
import { meaningOf } from "./meaning.ts";

/** How an agent changes in an environment. */
export type AgentState = "new" | "changed" | "removed" | "same";

/** A line of the reviewer's table: one value that changes in the same way in these environments. */
export interface Row {
  readonly agent: string;
  readonly what: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly environments: readonly string[];
  /** Lower is more important. */
  readonly rank: number;
  /** The change lets the agent, or others through it, do more than before. */
  readonly widens: boolean;
}

/** How the agent's values change. */
export function stateOf(change: AgentChange): AgentState {
  if (change.before === undefined) return change.after === undefined ? "same" : "new";
  if (change.after === undefined) return "removed";
  return sameJson(change.before, change.after) ? "same" : "changed";
}

/** What changes in agents that were there before and stay, most important first. */
export function rowsOf(changes: Pick<ChangeSet, "changes">): readonly Row[] {
  const merged = new Map<string, Row>();
  for (const change of changes.changes) {
    if (stateOf(change) !== "changed") continue;
    for (const leaf of leafChanges(change.before, change.after)) {
      const id = JSON.stringify([change.agent, leaf.path, leaf.before ?? null, leaf.after ?? null]);
      const row = merged.get(id) ?? rowOf(change.agent, leaf);
      merged.set(id, { ...row, environments: [...row.environments, change.environment] });
    }
  }
  return [...merged.values()].sort((a, b) => a.rank - b.rank);
}

function rowOf(agent: string, leaf: LeafChange): Row {
  const { what, rank, widens } = meaningOf(leaf);
  return { agent, what, before: leaf.before, after: leaf.after, environments: [], rank, widens };
}
