import { nameOf } from "../../domain/agent-key.ts";
import type { AgentChange } from "../../domain/change-set.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { at } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { describeValue } from "../table/describe-value.ts";
import { type LeafChange, leafChanges } from "../table/leaf-changes.ts";
import { chartObjects, type ValuePath } from "./chart-objects.ts";

/** A Kubernetes object that differs between what is rendered before and after. */
export interface ObjectChange {
  readonly agent: AgentKey;
  readonly environment: string;
  readonly kind: string;
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** What differs in a changed object, in a few words or as field paths. */
  readonly fields: readonly string[];
}

/** What the chart renders before and after, compared object by object. */
export interface RenderedDiff {
  readonly objects: readonly ObjectChange[];
}

/**
 * Which objects a change of values adds, removes or changes. It needs no Helm: it knows which objects charts/agent makes of
 * each value. The output of Helm is more exact. Labels, which every object has, are ignored.
 */
export function changedObjectsOf(change: AgentChange): readonly ObjectChange[] {
  const name = nameOf(change.agent);
  const place = { agent: change.agent, environment: change.environment };
  const before = new Map(chartObjects(change.before, name).map((object) => [`${object.kind} ${object.name}`, object]));
  const after = new Map(chartObjects(change.after, name).map((object) => [`${object.kind} ${object.name}`, object]));
  const isSame = change.before === undefined || change.after === undefined;
  const leaves = isSame ? [] : leafChanges(change.before, change.after);
  const below = byPrefix(leaves);
  const names = leaves.map((leaf) => describeValue(leaf).what);
  const changes: ObjectChange[] = [];
  for (const [id, { kind, name }] of new Map([...before, ...after])) {
    const from = [...(before.get(id)?.from ?? []), ...(after.get(id)?.from ?? [])];
    const state = !before.has(id) ? "added" : !after.has(id) ? "removed" : "changed";
    const relevant = (state === "changed" ? from : []).filter((path) => matters(path, change));
    const concerned = new Set(relevant.flatMap(({ path }) => below.get(prefixOf(path)) ?? []));
    const fields = [...new Set([...concerned].sort((a, b) => a - b).map((index) => names[index] ?? ""))];
    if (state !== "changed" || fields.length > 0) changes.push({ ...place, kind, name, change: state, fields });
  }
  return changes;
}

/** Rendered objects of one agent before and after, compared; `fields` are paths into the object. */
export function renderedObjects(
  place: Pick<AgentChange, "agent" | "environment">,
  before: readonly Json[],
  after: readonly Json[],
): readonly ObjectChange[] {
  const [old, fresh] = [byId(before), byId(after)];
  const changes: ObjectChange[] = [];
  for (const id of new Set([...old.keys(), ...fresh.keys()])) {
    const [kind = "", name = ""] = id.split(" ");
    const state = !old.has(id) ? "added" : !fresh.has(id) ? "removed" : "changed";
    const paths = state === "changed" ? leafChanges(old.get(id), fresh.get(id)).map((leaf) => leaf.path.join(".")) : [];
    if (state !== "changed" || paths.length > 0) {
      const { agent, environment } = place;
      changes.push({ agent, environment, kind, name, change: state, fields: [...new Set(paths)] });
    }
  }
  return changes;
}

function byId(objects: readonly Json[]): ReadonlyMap<string, Json> {
  return new Map(objects.map((object) => [idOf(object), object]));
}

function idOf(object: Json): string {
  const text = (value: Json | undefined) => (typeof value === "string" ? value : "");
  return `${text(at(object, "kind"))} ${text(at(object, "metadata", "name"))}`;
}

/** Whether a changed value changes the object: for some values, only their presence matters. */
function matters({ path, presence }: ValuePath, { before, after }: AgentChange): boolean {
  const isThere = (values: Json | undefined) => at(values, ...path) !== undefined;
  return !presence || isThere(before) !== isThere(after);
}

/** The indices of the leaves at and below each path, looked up for every object. */
function byPrefix(leaves: readonly LeafChange[]): ReadonlyMap<string, readonly number[]> {
  const below = new Map<string, number[]>();
  for (const [index, { path }] of leaves.entries()) {
    for (let length = 1; length <= path.length; length += 1) {
      const prefix = prefixOf(path.slice(0, length));
      const list = below.get(prefix) ?? [];
      list.push(index);
      below.set(prefix, list);
    }
  }
  return below;
}

function prefixOf(path: readonly string[]): string {
  return JSON.stringify(path);
}
