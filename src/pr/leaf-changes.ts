import { isMapping, type Mapping } from "../domain/json.ts";
import type { Json } from "../domain/scalars.ts";

/** One value that differs: where, and what it was and is; undefined where it was or is not set. */
export interface LeafChange {
  readonly path: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Mappings that are one value to a reader, and are not taken apart. */
const WHOLE = new Set(["apiKeySecretRef", "secret", "valueFrom", "keda", "hpa", "storage", "provider", "bulk"]);
/** Lists whose order says nothing: an entry comes or goes. The order of all others means something. */
const SETS = new Set(["egress", "ingress", "allow", "requireApproval", "operations", "tags"]);

/**
 * Every value that differs, in the order of the documents. Mappings are compared key by key; lists of mappings entry by
 * entry, where each entry has a name of its own (`env` by `name`, callers by namespace and `appId`); sets entry by entry;
 * all else as a whole, also entries that only change places. An entry that comes or goes is one change.
 */
export function leafChanges(
  before: Json | undefined,
  after: Json | undefined,
  at: readonly string[] = [],
): readonly LeafChange[] {
  if (sameJson(before, after)) return [];
  const key = at.at(-1) ?? "";
  const whole = [{ path: at, before, after }];
  if (WHOLE.has(key)) return whole;
  if (isMapping(before ?? {}) && isMapping(after ?? {})) return ofMappings(before, after, at);
  if (!isListOrUnset(before) || !isListOrUnset(after)) return whole;
  if (SETS.has(key) && (before ?? []).length > 0 && (after ?? []).length > 0) {
    const entries = ofSets(before ?? [], after ?? [], at);
    return entries.length > 0 ? entries : whole;
  }
  const [old, fresh] = [byName(before ?? []), byName(after ?? [])];
  const entries = old === undefined || fresh === undefined ? [] : ofEntries(old, fresh, at);
  return entries.length > 0 ? entries : whole;
}

/** Whether two JSON values are equal, whatever the order of keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isMapping(a) && isMapping(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
    );
  }
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((entry: Json, index) => sameJson(entry, b[index]));
}

function ofMappings(before: Json | undefined, after: Json | undefined, at: readonly string[]): readonly LeafChange[] {
  const [old, fresh] = [isMapping(before) ? before : {}, isMapping(after) ? after : {}];
  const keys = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  if (keys.size === 0) return [{ path: at, before, after }];
  return [...keys].flatMap((key) => leafChanges(own(old, key), own(fresh, key), [...at, key]));
}

function ofEntries(
  old: ReadonlyMap<string, Json>,
  fresh: ReadonlyMap<string, Json>,
  at: readonly string[],
): readonly LeafChange[] {
  const names = new Set([...old.keys(), ...fresh.keys()]);
  const changes = [...names].flatMap((name): readonly LeafChange[] => {
    const [before, after] = [old.get(name), fresh.get(name)];
    const path = [...at, name];
    if (before === undefined || after === undefined) return [{ path, before, after }];
    return leafChanges(before, after, path);
  });
  return changes;
}

function ofSets(old: readonly Json[], fresh: readonly Json[], at: readonly string[]): readonly LeafChange[] {
  const [before, after] = [new Set(old.map(textOf)), new Set(fresh.map(textOf))];
  const gone = old.filter((entry) => !after.has(textOf(entry)));
  const came = fresh.filter((entry) => !before.has(textOf(entry)));
  return [
    ...gone.map((before) => ({ path: at, before, after: undefined })),
    ...came.map((after) => ({ path: at, before: undefined, after })),
  ];
}

/** The same text for equal values, whatever the order of keys. */
function textOf(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${textOf(value[key] ?? null)}`).join(",")}}`;
}

/** The entries by their names, or undefined where an entry has none or two have one. */
function byName(entries: readonly Json[]): ReadonlyMap<string, Json> | undefined {
  const named = entries.map((entry) => [nameOf(entry), entry] as const);
  const map = new Map(named.flatMap(([name, entry]) => (name === undefined ? [] : [[name, entry] as const])));
  return map.size === entries.length ? map : undefined;
}

/** What an entry of a list is told by: its name, with its namespace where it has one. */
export function nameOf(entry: Json): string | undefined {
  if (!isMapping(entry)) return undefined;
  const name = [own(entry, "name"), own(entry, "appId"), own(entry, "topic"), own(entry, "id")].find(
    (each) => typeof each === "string",
  );
  const namespace = own(entry, "namespace");
  if (typeof name !== "string") return undefined;
  return typeof namespace === "string" ? `${namespace}/${name}` : name;
}

function own(mapping: Mapping, key: string): Json | undefined {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function isListOrUnset(value: Json | undefined): value is readonly Json[] | undefined {
  return value === undefined || Array.isArray(value);
}
