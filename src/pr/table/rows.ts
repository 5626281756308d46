import type { AgentChange, ChangeSet } from "../../domain/change-set.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { isMapping } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";
import type { Work } from "../../domain/work.ts";
import { describeValue } from "./describe-value.ts";
import { fileRows } from "./file-rows.ts";
import { entryName, type LeafChange, leafChanges, sameJson } from "./leaf-changes.ts";
import type { AgentState, Row } from "./row.ts";

/** A change with the facts that its title and body state. */
export interface DescribedChanges extends ChangeSet {
  /** Wider permissions first, then by importance. */
  readonly rows: readonly Row[];
  /** The state of each agent: "new" or "removed" only where it is so in every environment. */
  readonly states: ReadonlyMap<AgentKey, AgentState>;
}

/** Computes what title and body both need. */
export function* describeChanges(changes: ChangeSet): Work<DescribedChanges> {
  return { ...changes, rows: yield* rowsOf(changes), states: agentStates(changes) };
}

/** How the agent's values change. */
export function stateOf(change: AgentChange): AgentState {
  if (change.before === undefined) return change.after === undefined ? "same" : "new";
  if (change.after === undefined) return "removed";
  return sameJson(change.before, change.after) ? "same" : "changed";
}

/** The changed values of agents that are neither new nor removed. */
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
  const { what, rank, widens } = describeValue(leaf);
  const [before, after] = [leaf.before, leaf.after].map((value) => withoutName(value, leaf.path.at(-1)));
  return { agent: change.agent, what, before, after, environments: [change.environment], rank, widens };
}

/** An entry of a list without its name, which is in the row's `what`. */
function withoutName(value: Json | undefined, name: string | undefined): Json | undefined {
  if (!isMapping(value) || entryName(value) !== name) return value;
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
