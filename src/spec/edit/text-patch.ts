import { isPair, type YAMLMap, type YAMLSeq } from "yaml";
import { end, nodeOf } from "../yaml/extent.ts";
import { isFirstOnLine, lineEnd, lineStart } from "../yaml/text-lines.ts";
import type { Style } from "./render.ts";

/** A part of a text, as offsets, and what replaces it. */
export interface Patch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text that is edited, and the style in which values are written into it. */
export interface TextPlace {
  readonly text: string;
  readonly style: Style;
}

/** Removes an entry: with its lines in a block, with its comma between brackets. */
export function removeText(
  { text, style }: TextPlace,
  from: number,
  to: number,
  next: number | undefined,
  endBefore: number | undefined,
): readonly Patch[] {
  if (style.flow) {
    if (next !== undefined) return [{ from, to: next, text: "" }];
    return endBefore === undefined ? [] : [{ from: endBefore, to, text: "" }];
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

/** Where the entry before this one ends; undefined for the first. */
export function previousEnd(text: string, collection: YAMLMap | YAMLSeq, index: number): number | undefined {
  const before: unknown = collection.items[index - 1];
  if (before === undefined) return undefined;
  return end(text, isPair(before) ? (nodeOf(before.value) ?? nodeOf(before.key)) : nodeOf(before));
}

/** Inserts a line after the line of an offset. */
export function insertLine(text: string, after: number, line: string, style: Style): Patch {
  const at = lineEnd(text, after);
  return { from: at, to: at, text: style.eol + line };
}
