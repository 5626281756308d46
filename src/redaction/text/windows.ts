import type { TextRange } from "../../domain/secrets/secret-shapes.ts";
import { maskRanges, mergeRanges } from "../mask.ts";
import { LONGEST_KEY } from "../private-keys.ts";
import { truncateBetweenWords } from "./truncate.ts";

/** A part of a long text with the lines around it, which are needed to find secrets in it. */
export interface TextWindow {
  readonly text: string;
  /** Where the window's own lines begin and end in `text`. */
  readonly start: number;
  readonly end: number;
}

/** How long windows are, in characters; each is rounded up to whole lines. */
export interface WindowSizes {
  readonly own: number;
  /**
   * Characters read on either side: at least the longest private key with its markers, and more where it is encoded. With fewer, a
   * key whose markers are further apart is found as a whole in no window.
   */
  readonly around: number;
}

export const SIZES: WindowSizes = { own: 524_288, around: 2 * LONGEST_KEY };

/** Most characters of a line that are searched. */
export const LONGEST_LINE = 65_536;

/** The text with every line cut short that is longer than `LONGEST_LINE`. */
export function withoutLongLines(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (let line = 0; line < text.length; ) {
    const found = text.indexOf("\n", line);
    const end = found < 0 ? text.length : found;
    if (end - line > LONGEST_LINE) {
      parts.push(text.slice(done, line), truncateBetweenWords(text.slice(line, end), LONGEST_LINE));
      done = end;
    }
    line = end + 1;
  }
  return parts.length === 0 ? text : parts.join("") + text.slice(done);
}

/** A text cut between lines into parts of at least one line, each no longer than `size` or one line. */
export function divideIntoParts(text: string, size: number): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + size >= text.length ? text.length : endOfPart(text, start, size);
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

function endOfPart(text: string, start: number, size: number): number {
  const last = text.lastIndexOf("\n", start + size - 1);
  if (last >= start) return last + 1;
  const next = text.indexOf("\n", start + size);
  return next < 0 ? text.length : next + 1;
}

/** A part with the last lines of the parts before it and the first lines of those after it, `around` characters each. */
export function windowAt(parts: readonly string[], index: number, around: number): TextWindow {
  const own = parts[index] ?? "";
  let before = "";
  for (let at = index - 1; at >= 0 && before.length < around; at -= 1)
    before = lastLines(parts[at] ?? "", around - before.length) + before;
  let after = "";
  for (let at = index + 1; at < parts.length && after.length < around; at += 1)
    after += firstLines(parts[at] ?? "", around - after.length);
  return { text: before + own + after, start: before.length, end: before.length + own.length };
}

function lastLines(part: string, size: number): string {
  return size >= part.length ? part : part.slice(part.lastIndexOf("\n", part.length - size - 1) + 1);
}

function firstLines(part: string, size: number): string {
  const end = size >= part.length ? -1 : part.indexOf("\n", size - 1);
  return end < 0 ? part : part.slice(0, end + 1);
}

/**
 * A window's own lines with the ranges masked. The part of a range in the lines around is masked in the
 * windows of those lines.
 */
export function maskWindow({ text, start, end }: TextWindow, ranges: readonly TextRange[]): string {
  const own = ranges
    .filter((range) => range.end > start && range.start < end)
    .map((range) => ({ start: Math.max(range.start, start) - start, end: Math.min(range.end, end) - start }));
  const lines = text.slice(start, end);
  return own.length === 0 ? lines : maskRanges(lines, mergeRanges(own)).text;
}
