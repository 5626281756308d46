import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Json } from "../../domain/values/scalars.ts";
import { nodeOf } from "../yaml/extent.ts";
import type { Change } from "./json-edit.ts";
import { addItem, removeItem } from "./list-patches.ts";
import { addEntry, removeEntry } from "./map-patches.ts";
import type { Style } from "./render.ts";
import { replaceValue } from "./replace-value.ts";
import type { Patch, TextPlace } from "./text-patch.ts";

/**
 * Candidates for `text` with one change made, the best style first: only the lines of the changed value differ. The caller has to
 * read a candidate back before it uses it. `text` is YAML without aliases, or JSON.
 */
export function candidateTexts(text: string, change: Change, json: boolean): readonly string[] {
  const document = parseDocument(text, { keepSourceTokens: false });
  const style: Style = { eol: text.includes("\r\n") ? "\r\n" : "\n", flow: json, json, quotes: "none" };
  const patches = patchesAt({ text, style }, document.contents, undefined, change, 0);
  return patches.map((patch) => text.slice(0, patch.from) + patch.text + text.slice(patch.to));
}

/** The patches for a change below a node, which is the value of `holder`; `depth` steps of the path lead to it. */
function patchesAt(
  place: TextPlace,
  node: Node | null,
  holder: Pair | undefined,
  change: Change,
  depth: number,
): readonly Patch[] {
  if (depth === change.path.length)
    return change.kind === "drop" ? [] : replaceValue(place, node, holder, change.value);
  const inside = isCollection(node) && node.flow === true ? { ...place, style: { ...place.style, flow: true } } : place;
  if (isMap(node)) return patchesInMap(inside, node, holder, change, depth);
  if (isSeq(node)) return patchesInList(inside, node, holder, change, depth);
  return change.kind === "drop"
    ? []
    : replaceValue(place, node, holder, nested(change.path.slice(depth), change.value));
}

function patchesInMap(
  place: TextPlace,
  map: YAMLMap,
  holder: Pair | undefined,
  change: Change,
  depth: number,
): readonly Patch[] {
  const key = change.path[depth] ?? "";
  const index = map.items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  const pair = map.items[index];
  if (pair === undefined) {
    if (change.kind === "drop") return [];
    return addEntry(place, map, holder, key, nested(change.path.slice(depth + 1), change.value));
  }
  const isLast = depth === change.path.length - 1;
  if (isLast && change.kind === "drop") return removeEntry(place, map, holder, index);
  return patchesAt(place, nodeOf(pair.value), pair, change, depth + 1);
}

function patchesInList(
  place: TextPlace,
  list: YAMLSeq,
  holder: Pair | undefined,
  change: Change,
  depth: number,
): readonly Patch[] {
  const key = change.path[depth] ?? "";
  const index = key === "-" ? list.items.length : Number(key);
  const isLast = depth === change.path.length - 1;
  if (isLast && change.kind === "drop") return removeItem(place, list, holder, index);
  if (isLast && change.kind !== "drop" && (change.kind === "insert" || index === list.items.length))
    return addItem(place, list, holder, index, change.value);
  return patchesAt(place, nodeOf(list.items[index]), undefined, change, depth + 1);
}

/** The value below the keys of a path that do not exist yet. */
function nested(path: readonly string[], value: Json): Json {
  return path.reduceRight<Json>((below, key) => (key === "-" ? [below] : { [key]: below }), value);
}
