import type { Json } from "../../domain/values/scalars.ts";
import { isMap } from "../values.ts";

/** A change of one place in a document: `put` replaces or creates a value, `insert` adds an item to a list, `drop` removes. */
export type Change =
  | { readonly kind: "put"; readonly path: readonly string[]; readonly value: Json }
  | { readonly kind: "insert"; readonly path: readonly string[]; readonly value: Json }
  | { readonly kind: "drop"; readonly path: readonly string[] };

/** A changed value, or why the change does not fit it. */
export type Changed =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Returns a changed copy of the value, or why the change does not fit. Missing mappings on the path are
 * created, lists are not.
 */
export function changeValue(root: unknown, change: Change): Changed {
  if (change.path.includes("__proto__")) return { kind: "refused", message: "__proto__ cannot be a key" };
  if (change.path.length === 0) return { kind: "refused", message: "the document as a whole cannot be changed" };
  return changeNode(root, change, 0);
}

function changeNode(node: unknown, change: Change, depth: number): Changed {
  const key = change.path[depth];
  if (key === undefined) return "value" in change ? { kind: "value", value: change.value } : refuse(change);
  if (Array.isArray(node)) return changeList(node, key, change, depth);
  if (isMap(node)) return changeMap(node, key, change, depth);
  if (node !== undefined && node !== null) return refuse(change);
  return change.kind === "drop" ? refuse(change) : changeMap({}, key, change, depth);
}

function changeMap(node: Readonly<Record<string, unknown>>, key: string, change: Change, depth: number): Changed {
  const last = depth === change.path.length - 1;
  const present = Object.hasOwn(node, key);
  if (change.kind === "drop" && !present) return refuse(change);
  if (last && change.kind === "drop") {
    const { [key]: _dropped, ...rest } = node;
    return { kind: "value", value: rest };
  }
  const below = changeNode(present ? node[key] : undefined, change, depth + 1);
  return below.kind === "refused" ? below : { kind: "value", value: { ...node, [key]: below.value } };
}

function changeList(node: readonly unknown[], key: string, change: Change, depth: number): Changed {
  const last = depth === change.path.length - 1;
  const index = key === "-" ? node.length : /^(0|[1-9]\d{0,6})$/.test(key) ? Number(key) : -1;
  if (last && change.kind === "drop" && index >= 0 && index < node.length)
    return { kind: "value", value: node.toSpliced(index, 1) };
  if (
    last &&
    "value" in change &&
    (change.kind === "insert" || index === node.length) &&
    index >= 0 &&
    index <= node.length
  ) {
    return { kind: "value", value: node.toSpliced(index, 0, change.value) };
  }
  if (index < 0 || index >= node.length) return refuse(change);
  const below = changeNode(node[index], change, depth + 1);
  return below.kind === "refused" ? below : { kind: "value", value: node.with(index, below.value) };
}

function refuse(change: Change): Changed {
  return {
    kind: "refused",
    message:
      change.kind === "drop"
        ? "there is nothing at this path"
        : "the path leads through a value that is not a mapping, or past the end of a list",
  };
}

/**
 * The smallest changes that turn `from` into `to` at a path, so that equal parts keep their text: keys and items one by one, a
 * scalar or a value of another kind as a whole.
 */
export function changesBetween(from: unknown, to: Json, path: readonly string[]): readonly Change[] {
  if (isMap(from) && isMap(to) && Object.keys(from).length > 0 && Object.keys(to).length > 0)
    return mapChanges(from, to, path);
  if (Array.isArray(from) && isList(to) && from.length > 0 && to.length > 0) return listChanges(from, to, path);
  return from === to ? [] : [{ kind: "put", path, value: to }];
}

function mapChanges(
  from: Readonly<Record<string, unknown>>,
  to: { readonly [key: string]: Json },
  path: readonly string[],
): readonly Change[] {
  const kept = Object.keys(to).filter((key) => Object.hasOwn(from, key));
  if (kept.length === 0) return [{ kind: "put", path, value: to }];
  const changes: Change[] = [];
  for (const [key, value] of Object.entries(to))
    changes.push(...changesBetween(Object.hasOwn(from, key) ? from[key] : undefined, value, [...path, key]));
  for (const key of Object.keys(from))
    if (!Object.hasOwn(to, key)) changes.push({ kind: "drop", path: [...path, key] });
  return changes;
}

function listChanges(from: readonly unknown[], to: readonly Json[], path: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  for (const [index, value] of to.entries()) {
    if (index < from.length) changes.push(...changesBetween(from[index], value, [...path, String(index)]));
    else changes.push({ kind: "insert", path: [...path, String(index)], value });
  }
  for (let index = from.length - 1; index >= to.length; index--)
    changes.push({ kind: "drop", path: [...path, String(index)] });
  return changes;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
