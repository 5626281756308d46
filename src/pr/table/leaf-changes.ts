import { isMapping, type Mapping } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";

/** One value that differs: its path, and its value before and after; undefined where it is not set. */
export interface LeafChange {
  readonly path: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Mappings that a reader sees as one value: they are not compared key by key. */
const WHOLE = new Set([
  ..."apiKeySecretRef secret valueFrom keda hpa storage provider bulk".split(" "),
  ..."startupProbe readinessProbe livenessProbe lifecycle affinity".split(" "),
]);
/** Lists whose order has no meaning; the order of all others has. */
const SETS = new Set(["egress", "ingress", "allow", "requireApproval", "operations", "tags"]);

/**
 * Every value that differs, in the order of the documents. Mappings are compared key by key; lists of mappings entry by
 * entry, where each entry has a name of its own (`env` by `name`, callers by namespace and `appId`); sets entry by entry;
 * everything else as a whole, also a list whose entries only change places. An added or removed entry is one change.
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
  if (isMapping(before ?? {}) && isMapping(after ?? {})) return compareMappings(before, after, at);
  if (!isListOrUnset(before) || !isListOrUnset(after)) return whole;
  if (SETS.has(key) && (before ?? []).length > 0 && (after ?? []).length > 0) {
    const entries = compareSets(before ?? [], after ?? [], at);
    return entries.length > 0 ? entries : whole;
  }
  const [old, fresh] = [byName(before ?? []), byName(after ?? [])];
  const entries = old === undefined || fresh === undefined ? [] : compareEntries(old, fresh, at);
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

function compareMappings(
  before: Json | undefined,
  after: Json | undefined,
  at: readonly string[],
): readonly LeafChange[] {
  const [old, fresh] = [isMapping(before) ? before : {}, isMapping(after) ? after : {}];
  const keys = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  if (keys.size === 0) return [{ path: at, before, after }];
  return [...keys].flatMap((key) => leafChanges(ownValue(old, key), ownValue(fresh, key), [...at, key]));
}

function compareEntries(
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

function compareSets(old: readonly Json[], fresh: readonly Json[], at: readonly string[]): readonly LeafChange[] {
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

/** The entries by name; undefined where one has no name, or two have the same. */
function byName(entries: readonly Json[]): ReadonlyMap<string, Json> | undefined {
  const named = entries.map((entry) => [entryName(entry), entry] as const);
  const map = new Map(named.flatMap(([name, entry]) => (name === undefined ? [] : [[name, entry] as const])));
  return map.size === entries.length ? map : undefined;
}

/** The name of a list's entry, with its namespace where it has one. */
export function entryName(entry: Json): string | undefined {
  if (!isMapping(entry)) return undefined;
  const name = [
    ownValue(entry, "name"),
    ownValue(entry, "appId"),
    ownValue(entry, "topic"),
    ownValue(entry, "id"),
  ].find((each) => typeof each === "string");
  const namespace = ownValue(entry, "namespace");
  if (typeof name !== "string") return undefined;
  return typeof namespace === "string" ? `${namespace}/${name}` : name;
}

function ownValue(mapping: Mapping, key: string): Json | undefined {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function isListOrUnset(value: Json | undefined): value is readonly Json[] | undefined {
  return value === undefined || Array.isArray(value);
}
