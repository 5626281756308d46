import {
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Json } from "../domain/scalars.ts";
import { end, keyEnd, nodeOf, start } from "./extent.ts";
import type { Change } from "./json-edit.ts";
import { block, inline, inlineEntry, literal, type Style } from "./render.ts";
import { columnOf, isFirstOnLine, lineEnd, lineStart } from "./text-lines.ts";

/** A stretch of text and what replaces it. */
interface Patch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Place {
  readonly text: string;
  readonly style: Style;
}

/**
 * Texts that may be `text` with one change made, best style first: only the lines of the changed value differ. They are
 * guesses: whoever uses one reads it back first. `text` is YAML without aliases, or JSON.
 */
export function splices(text: string, change: Change, json: boolean): readonly string[] {
  const document = parseDocument(text, { keepSourceTokens: false });
  const style: Style = { eol: text.includes("\r\n") ? "\r\n" : "\n", flow: json, json, quotes: "none" };
  const patches = patchesAt({ text, style }, document.contents, change, 0, undefined);
  return patches.map((patch) => text.slice(0, patch.from) + patch.text + text.slice(patch.to));
}

function patchesAt(
  place: Place,
  node: Node | null,
  change: Change,
  depth: number,
  holder: Pair | undefined,
): readonly Patch[] {
  const key = change.path[depth];
  if (key === undefined) return change.kind === "drop" ? [] : replace(place, node, holder, change.value);
  const inside = isCollection(node) && node.flow === true ? { ...place, style: { ...place.style, flow: true } } : place;
  const last = depth === change.path.length - 1;
  if (isMap(node)) {
    const index = node.items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === key);
    const pair = node.items[index];
    if (pair === undefined)
      return change.kind === "drop"
        ? []
        : addEntry(inside, node, holder, key, wrapped(change.path.slice(depth + 1), change.value));
    if (last && change.kind === "drop") return dropEntry(inside, node, holder, index);
    return patchesAt(inside, nodeOf(pair.value), change, depth + 1, pair);
  }
  if (isSeq(node)) {
    const index = key === "-" ? node.items.length : Number(key);
    if (last && change.kind === "drop") return dropItem(inside, node, holder, index);
    if (last && (change.kind === "insert" || index === node.items.length) && change.kind !== "drop")
      return addItem(inside, node, holder, index, change.value);
    return patchesAt(inside, nodeOf(node.items[index]), change, depth + 1, undefined);
  }
  return change.kind === "drop" ? [] : replace(place, node, holder, wrapped(change.path.slice(depth), change.value));
}

function replace(place: Place, node: Node | null, holder: Pair | undefined, value: Json): readonly Patch[] {
  const { text } = place;
  const style = { ...place.style, quotes: quotesOf(node) };
  const indent = columnOf(text, holder === undefined ? start(node) : start(nodeOf(holder.key))) + 2;
  const old = stretch(text, node, holder);
  const rest = text.slice(old.to, lineEnd(text, old.to));
  const patches: Patch[] = [];
  if (typeof value === "string") {
    const made = literal(value, indent, rest, style);
    if (made !== undefined) patches.push({ from: old.from, to: old.to + rest.length, text: old.gap + made });
  }
  if (
    typeof value === "object" &&
    value !== null &&
    !style.flow &&
    !(isCollection(node) && node.flow === true) &&
    Object.keys(value).length > 0 &&
    holder !== undefined
  ) {
    const lines = style.eol + " ".repeat(indent) + block(value, indent, style);
    patches.push({
      from: keyEnd(text, holder),
      to: old.to + rest.length,
      text: (rest === "" ? "" : ` ${rest.trimStart()}`) + lines,
    });
  }
  patches.push({ from: old.from, to: old.to, text: old.gap + inline(value, style) });
  patches.push({ from: old.from, to: old.to, text: old.gap + inline(value, { ...style, quotes: "none" }) });
  return patches;
}

/** The stretch a node's value takes, and the gap to put before another. */
function stretch(
  text: string,
  node: Node | null,
  holder: Pair | undefined,
): { readonly from: number; readonly to: number; readonly gap: string } {
  const onOwnLine = isCollection(node) && node.flow !== true && holder !== undefined;
  if (holder !== undefined && (onOwnLine || node === null || node.range?.[0] === node.range?.[1])) {
    const from = keyEnd(text, holder);
    return { from, to: onOwnLine ? end(text, node) : from, gap: " " };
  }
  return { from: start(node), to: end(text, node), gap: "" };
}

function addEntry(place: Place, map: YAMLMap, holder: Pair | undefined, key: string, value: Json): readonly Patch[] {
  const { text, style } = place;
  const last = map.items.at(-1);
  const first = map.items[0];
  if (last === undefined || first === undefined) return replace(place, map, holder, { [key]: value });
  const at = end(text, nodeOf(last.value) ?? nodeOf(last.key));
  const column = columnOf(text, start(nodeOf(first.key)));
  if (style.flow) {
    const own = isFirstOnLine(text, start(nodeOf(last.key)));
    const gap = own ? style.eol + text.slice(lineStart(text, start(nodeOf(last.key))), start(nodeOf(last.key))) : " ";
    return [{ from: at, to: at, text: `,${gap}${inlineEntry(key, value, style)}` }];
  }
  const margin = " ".repeat(column);
  const flat = margin + inlineEntry(key, value, style);
  const simple = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  const likesFlow =
    map.items.some((pair) => isCollection(pair.value) && pair.value.flow === true) && flat.length <= 100;
  const entry = simple || likesFlow ? flat : margin + block({ [key]: value }, column, style);
  const tall = typeof value === "string" ? literal(value, column + 2, "", style) : undefined;
  const entries =
    tall === undefined ? [entry, flat] : [`${margin}${inlineEntry(key, 0, style).slice(0, -1)}${tall}`, flat];
  return entries.map((each) => insertLine(text, at, each, style));
}

function dropEntry(place: Place, map: YAMLMap, holder: Pair | undefined, index: number): readonly Patch[] {
  const pair = map.items[index];
  const next = map.items[index + 1];
  if (pair === undefined || map.items.length === 1) return replace(place, map, holder, {});
  return drop(
    place,
    start(nodeOf(pair.key)),
    end(place.text, nodeOf(pair.value) ?? nodeOf(pair.key)),
    next && start(nodeOf(next.key)),
    ends(place.text, map, index),
  );
}

function addItem(place: Place, list: YAMLSeq, holder: Pair | undefined, index: number, value: Json): readonly Patch[] {
  const { text, style } = place;
  const before = nodeOf(list.items[index - 1]);
  const after = nodeOf(list.items[index]);
  if (before === null && after === null) return replace(place, list, holder, [value]);
  if (style.flow) {
    if (before === null) return [{ from: start(after), to: start(after), text: `${inline(value, style)}, ` }];
    const gap = isFirstOnLine(text, start(before))
      ? style.eol + text.slice(lineStart(text, start(before)), start(before))
      : " ";
    return [{ from: end(text, before), to: end(text, before), text: `,${gap}${inline(value, style)}` }];
  }
  const column = columnOf(text, list.range?.[0] ?? 0);
  const entry = `${" ".repeat(column)}${block([value], column, style)}`;
  const likesFlow = list.items.every((item) => !isCollection(item) || item.flow === true);
  const flat = `${" ".repeat(column)}- ${inline(value, style)}`;
  const choices = likesFlow ? [flat, entry] : [entry, flat];
  if (before !== null) return choices.map((each) => insertLine(text, end(text, before), each, style));
  const at = lineStart(text, start(after));
  return choices.map((each) => ({ from: at, to: at, text: each + style.eol }));
}

function dropItem(place: Place, list: YAMLSeq, holder: Pair | undefined, index: number): readonly Patch[] {
  const item = nodeOf(list.items[index]);
  const next = nodeOf(list.items[index + 1]);
  if (list.items.length === 1) return replace(place, list, holder, []);
  if (item === null) return [];
  const from = place.style.flow ? start(item) : place.text.lastIndexOf("-", start(item));
  return drop(
    place,
    from,
    end(place.text, item),
    place.style.flow ? (next === null ? undefined : start(next)) : undefined,
    ends(place.text, list, index),
  );
}

/** Takes an entry away: with its lines in a block, with its comma between brackets. */
function drop(
  { text, style }: Place,
  from: number,
  to: number,
  next: number | undefined,
  previousEnd: number | undefined,
): readonly Patch[] {
  if (style.flow) {
    if (next !== undefined) return [{ from, to: next, text: "" }];
    return previousEnd === undefined ? [] : [{ from: previousEnd, to, text: "" }];
  }
  if (!isFirstOnLine(text, from)) return next === undefined ? [] : [{ from, to: next, text: "" }];
  const stop = lineEnd(text, to);
  const behind = text.startsWith("\r\n", stop) ? 2 : text.length > stop ? 1 : 0;
  const first = lineStart(text, from);
  return [
    {
      from: behind === 0 ? lineEnd(text, first - 1 > 0 ? lineStart(text, first - 1) : 0) : first,
      to: stop + behind,
      text: "",
    },
  ];
}

/** Where the entry before ends. */
function ends(text: string, collection: YAMLMap | YAMLSeq, index: number): number | undefined {
  const before: unknown = collection.items[index - 1];
  if (before === undefined) return undefined;
  return end(text, isPair(before) ? (nodeOf(before.value) ?? nodeOf(before.key)) : nodeOf(before));
}

function insertLine(text: string, after: number, line: string, style: Style): Patch {
  const at = lineEnd(text, after);
  return { from: at, to: at, text: style.eol + line };
}

function wrapped(path: readonly string[], value: Json): Json {
  return path.reduceRight<Json>((below, key) => (key === "-" ? [below] : { [key]: below }), value);
}

function quotesOf(node: Node | null): Style["quotes"] {
  if (!isScalar(node)) return "none";
  return node.type === "QUOTE_DOUBLE" ? "double" : node.type === "QUOTE_SINGLE" ? "single" : "none";
}
