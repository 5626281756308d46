import type { Json } from "../domain/scalars.ts";

/** One value that differs: where, and what it was and is; undefined where it was or is not set. */
export interface LeafChange {
  readonly path: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

type Mapping = { readonly [key: string]: Json };

/** Keys by which an entry of a list is told from its neighbours, best first. */
const IDENTITIES = ["name", "appId", "id", "topic", "cidr", "url", "key"] as const;

/**
 * Every value that differs, in the order of the documents. Mappings are compared key by key; lists of mappings entry by
 * entry, where each entry has a name of its own (`env` by `name`, callers by `appId`); all else as a whole.
 */
export function leafChanges(
  before: Json | undefined,
  after: Json | undefined,
  at: readonly string[] = [],
): readonly LeafChange[] {
  if (before === after) return [];
  const pair = mappings(before, after);
  if (pair === undefined) return sameJson(before, after) ? [] : [{ path: at, before, after }];
  const [old, fresh] = pair;
  const keys = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  return [...keys].flatMap((key) => leafChanges(own(old, key), own(fresh, key), [...at, key]));
}

/** Whether two JSON values are equal, whatever the order of keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** Both sides as mappings, a side that is not set as an empty one; undefined where they cannot be compared by key. */
function mappings(before: Json | undefined, after: Json | undefined): readonly [Mapping, Mapping] | undefined {
  if (isMapping(before) && isMapping(after)) return [before, after];
  if (isMapping(before) && after === undefined && Object.keys(before).length > 0) return [before, {}];
  if (isMapping(after) && before === undefined && Object.keys(after).length > 0) return [{}, after];
  if (!isListOrUnset(before) || !isListOrUnset(after)) return undefined;
  const key = IDENTITIES.find((candidate) => identifies(candidate, before ?? []) && identifies(candidate, after ?? []));
  if (key === undefined || (before ?? after ?? []).length === 0) return undefined;
  return [byIdentity(before ?? [], key), byIdentity(after ?? [], key)];
}

function isMapping(value: Json | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !isList(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isListOrUnset(value: Json | undefined): value is readonly Json[] | undefined {
  return value === undefined || isList(value);
}

function own(mapping: Mapping, key: string): Json | undefined {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function identifies(key: string, entries: readonly Json[]): boolean {
  const names = entries.map((entry) => (isMapping(entry) ? own(entry, key) : undefined));
  return names.every((name) => typeof name === "string") && new Set(names).size === names.length;
}

function byIdentity(entries: readonly Json[], key: string): Mapping {
  return Object.fromEntries(entries.map((entry) => [isMapping(entry) ? String(own(entry, key)) : "", entry]));
}

function canonical(value: Json | undefined): string {
  return JSON.stringify(value, (_, part: Json) =>
    isMapping(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
