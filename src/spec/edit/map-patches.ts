import { isCollection, type Pair, type YAMLMap } from "yaml";
import type { Json } from "../../domain/values/scalars.ts";
import { end, nodeOf, start } from "../yaml/extent.ts";
import { columnOf, isFirstOnLine, lineStart } from "../yaml/text-lines.ts";
import { block, inlineEntry, literal } from "./render.ts";
import { replaceValue } from "./replace-value.ts";
import { insertLine, type Patch, previousEnd, removeText, type TextPlace } from "./text-patch.ts";

/** Adds an entry to a mapping, after its last one. */
export function addEntry(
  place: TextPlace,
  map: YAMLMap,
  holder: Pair | undefined,
  key: string,
  value: Json,
): readonly Patch[] {
  const { text, style } = place;
  const last = map.items.at(-1);
  const first = map.items[0];
  if (last === undefined || first === undefined) return replaceValue(place, map, holder, { [key]: value });
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
  const prefersFlow =
    map.items.some((pair) => isCollection(pair.value) && pair.value.flow === true) && flat.length <= 100;
  const entry = simple || prefersFlow ? flat : margin + block({ [key]: value }, column, style);
  const tall = typeof value === "string" ? literal(value, column + 2, "", style) : undefined;
  const entries =
    tall === undefined ? [entry, flat] : [`${margin}${inlineEntry(key, 0, style).slice(0, -1)}${tall}`, flat];
  return entries.map((each) => insertLine(text, at, each, style));
}

/** Removes an entry of a mapping; the last one leaves `{}`. */
export function removeEntry(place: TextPlace, map: YAMLMap, holder: Pair | undefined, index: number): readonly Patch[] {
  const pair = map.items[index];
  const next = map.items[index + 1];
  if (pair === undefined || map.items.length === 1) return replaceValue(place, map, holder, {});
  return removeText(
    place,
    start(nodeOf(pair.key)),
    end(place.text, nodeOf(pair.value) ?? nodeOf(pair.key)),
    next && start(nodeOf(next.key)),
    previousEnd(place.text, map, index),
  );
}
