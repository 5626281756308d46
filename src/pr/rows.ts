import type { AgentChange, ChangeSet } from "../domain/change.ts";
import type { Json } from "../domain/scalars.ts";
import { fileRows } from "./file-rows.ts";
import { type LeafChange, leafChanges, sameJson } from "./leaf-changes.ts";
import { meaningOf } from "./meaning.ts";

/** How an agent changes in an environment. */
export type AgentState = "new" | "changed" | "removed" | "same";

/** A line of the reviewer's table: one value that changes in the same way in these environments. */
export interface Row {
  /** The agent; of a tenant's own objects, the tenant. */
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

/** What changes in agents that were there before and stay: wider permissions first, then by importance. */
export function rowsOf(changes: Pick<ChangeSet, "changes" | "files">): readonly Row[] {
  const values = changes.changes
    .filter((change) => stateOf(change) === "changed")
    .flatMap((change) => leafChanges(change.before, change.after).map((leaf) => rowOf(change, leaf)));
  const merged = new Map<string, Row>();
  for (const row of [...values, ...changes.files.flatMap(fileRows)]) {
    const id = JSON.stringify([row.agent, row.what, row.before ?? null, row.after ?? null]);
    const standing = merged.get(id);
    const environments = [...(standing?.environments ?? []), ...row.environments];
    merged.set(id, { ...row, environments: [...new Set(environments)] });
  }
  return [...merged.values()].sort((a, b) => Number(b.widens) - Number(a.widens) || a.rank - b.rank);
}

function rowOf(change: AgentChange, leaf: LeafChange): Row {
  const { what, rank, widens } = meaningOf(leaf);
  const { before, after } = leaf;
  return { agent: change.agent, what, before, after, environments: [change.environment], rank, widens };
}
