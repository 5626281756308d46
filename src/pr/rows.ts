import type { AgentChange, ChangeSet } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import { isMapping } from "../domain/json.ts";
import type { Json } from "../domain/scalars.ts";
import type { Work } from "../domain/work.ts";
import { fileRows } from "./file-rows.ts";
import { type LeafChange, leafChanges, nameOf, sameJson } from "./leaf-changes.ts";
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

/** A change, and what there is to tell a reviewer of it. */
export interface ToldChanges extends ChangeSet {
  /** Wider permissions first, then by importance. */
  readonly rows: readonly Row[];
  /** Each agent with how it changes: new or removed only where it is so in every environment. */
  readonly states: ReadonlyMap<AgentKey, AgentState>;
}

/** Works out once what titles and bodies tell. */
export function* told(changes: ChangeSet): Work<ToldChanges> {
  return { ...changes, rows: yield* rowsOf(changes), states: agentStates(changes) };
}

/** How the agent's values change. */
export function stateOf(change: AgentChange): AgentState {
  if (change.before === undefined) return change.after === undefined ? "same" : "new";
  if (change.after === undefined) return "removed";
  return sameJson(change.before, change.after) ? "same" : "changed";
}

/** What changes in agents that were there before and stay. */
function* rowsOf(changes: Pick<ChangeSet, "changes" | "files">): Work<readonly Row[]> {
  const merged = new Map<string, Row>();
  const add = (row: Row) => {
    const id = JSON.stringify([row.agent, row.what, row.before ?? null, row.after ?? null]);
    const environments = [...(merged.get(id)?.environments ?? []), ...row.environments];
    merged.set(id, { ...row, environments: [...new Set(environments)] });
  };
  for (const change of changes.changes) {
    if (stateOf(change) !== "changed") continue;
    for (const leaf of leafChanges(change.before, change.after)) add(rowOf(change, leaf));
    yield;
  }
  for (const file of changes.files) {
    for (const row of fileRows(file)) add(row);
    yield;
  }
  const order = [...new Set(changes.changes.map((change) => change.environment))];
  const rows = [...merged.values()].map((row) => ({
    ...row,
    environments: row.environments.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
  }));
  return rows.sort((a, b) => Number(b.widens) - Number(a.widens) || a.rank - b.rank);
}

function rowOf(change: AgentChange, leaf: LeafChange): Row {
  const { what, rank, widens } = meaningOf(leaf);
  const [before, after] = [leaf.before, leaf.after].map((value) => withoutName(value, leaf.path.at(-1)));
  return { agent: change.agent, what, before, after, environments: [change.environment], rank, widens };
}

/** An entry of a list without the name that its row has already. */
function withoutName(value: Json | undefined, name: string | undefined): Json | undefined {
  if (!isMapping(value) || nameOf(value) !== name) return value;
  const { name: _name, appId: _appId, namespace: _namespace, topic: _topic, id: _id, ...rest } = value;
  return rest;
}

function agentStates(changes: ChangeSet): ReadonlyMap<AgentKey, AgentState> {
  const states = new Map<AgentKey, AgentState>(changes.agents.map((agent) => [agent, "same"]));
  for (const [agent, list] of Map.groupBy(changes.changes, (change) => change.agent)) {
    const kinds = new Set(list.map(stateOf).filter((state) => state !== "same"));
    const [first] = kinds;
    const stays = list.some((change) => stateOf(change) === "same" && change.after !== undefined);
    states.set(agent, first === undefined ? "same" : kinds.size === 1 && !stays ? first : "changed");
  }
  return states;
}
