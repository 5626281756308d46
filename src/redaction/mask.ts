import type { TextRange } from "../domain/secrets/secret-shapes.ts";

/** What replaces a secret. */
export const MASK = "[redacted]";

/** A text with parts of it replaced, and where each replacement came from. */
export interface MaskedText {
  readonly text: string;
  /** The range of each mask in `text`, and the range of the source that it hides; in order. */
  readonly masks: ReadonlyArray<{ readonly at: TextRange; readonly source: TextRange }>;
}

/** The ranges sorted, with those that touch or overlap merged. */
export function mergeRanges(ranges: readonly TextRange[]): readonly TextRange[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const joined: TextRange[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || range.start > last.end) joined.push(range);
    else if (range.end > last.end) joined[joined.length - 1] = { start: last.start, end: range.end };
  }
  return joined;
}

/** The text with `MASK` in place of each range (in order, as `mergeRanges` returns them). The number of lines stays the same. */
export function maskRanges(text: string, ranges: readonly TextRange[]): MaskedText {
  const parts: string[] = [];
  const masks: { at: TextRange; source: TextRange }[] = [];
  let done = 0;
  let length = 0;
  for (const source of ranges) {
    const hidden = text.slice(source.start, source.end);
    const mask = hidden.includes("\n") ? hidden.replace(/[^\n]+/g, MASK) : MASK;
    parts.push(text.slice(done, source.start), mask);
    const start = length + source.start - done;
    length = start + mask.length;
    masks.push({ at: { start, end: length }, source });
    done = source.end;
  }
  parts.push(text.slice(done));
  return { text: parts.join(""), masks };
}

/** Ranges of a masked text (in order) as ranges of its source; a range that touches a mask includes everything under the mask. */
export function toSourceRanges(ranges: readonly TextRange[], { masks }: MaskedText): readonly TextRange[] {
  let next = 0;
  let shift = 0;
  const place = (position: number, isEnd: boolean): number => {
    for (let mask = masks[next]; mask !== undefined && mask.at.end <= position; mask = masks[++next])
      shift = mask.source.end - mask.at.end;
    const mask = masks[next];
    if (mask === undefined || position <= mask.at.start) return position + shift;
    return isEnd ? mask.source.end : mask.source.start;
  };
  return ranges.map(({ start, end }) => ({ start: place(start, false), end: place(end, true) }));
}
