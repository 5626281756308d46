import { isCollection, type Pair, type YAMLSeq } from "yaml";
import type { Json } from "../../domain/values/scalars.ts";
import { end, nodeOf, start } from "../yaml/extent.ts";
import { columnOf, isFirstOnLine, lineStart } from "../yaml/text-lines.ts";
import { block, inline } from "./render.ts";
import { replaceValue } from "./replace-value.ts";
import { insertLine, type Patch, previousEnd, removeText, type TextPlace } from "./text-patch.ts";

/** Inserts an item into a list at an index. */
export function addItem(
  place: TextPlace,
  list: YAMLSeq,
  holder: Pair | undefined,
  index: number,
  value: Json,
): readonly Patch[] {
  const { text, style } = place;
  const before = nodeOf(list.items[index - 1]);
  const after = nodeOf(list.items[index]);
  if (before === null && after === null) return replaceValue(place, list, holder, [value]);
  if (style.flow) {
    if (before === null) return [{ from: start(after), to: start(after), text: `${inline(value, style)}, ` }];
    const gap = isFirstOnLine(text, start(before))
      ? style.eol + text.slice(lineStart(text, start(before)), start(before))
      : " ";
    return [{ from: end(text, before), to: end(text, before), text: `,${gap}${inline(value, style)}` }];
  }
  const column = columnOf(text, list.range?.[0] ?? 0);
  const entry = `${" ".repeat(column)}${block([value], column, style)}`;
  const prefersFlow = list.items.every((item) => !isCollection(item) || item.flow === true);
  const flat = `${" ".repeat(column)}- ${inline(value, style)}`;
  const choices = prefersFlow ? [flat, entry] : [entry, flat];
  if (before !== null) return choices.map((each) => insertLine(text, end(text, before), each, style));
  const at = lineStart(text, start(after));
  return choices.map((each) => ({ from: at, to: at, text: each + style.eol }));
}

/** Removes an item of a list; the last one leaves `[]`. */
export function removeItem(place: TextPlace, list: YAMLSeq, holder: Pair | undefined, index: number): readonly Patch[] {
  const item = nodeOf(list.items[index]);
  const next = nodeOf(list.items[index + 1]);
  if (list.items.length === 1) return replaceValue(place, list, holder, []);
  if (item === null) return [];
  const from = place.style.flow ? start(item) : place.text.lastIndexOf("-", start(item));
  return removeText(
    place,
    from,
    end(place.text, item),
    place.style.flow ? (next === null ? undefined : start(next)) : undefined,
    previousEnd(place.text, list, index),
  );
}
