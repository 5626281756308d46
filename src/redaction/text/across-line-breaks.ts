import { shapesIn, type TextRange } from "../../domain/secrets/secret-shapes.ts";
import { addressSecrets } from "../address-secrets.ts";
import { isFragment, isWord } from "./fragment.ts";
import type { LineBreak } from "./line-breaks.ts";

/** The parts of secrets in those ranges of a view (`found`) that cross a line break which the view left out. */
export function rangesAcrossLineBreaks(
  text: string,
  found: readonly TextRange[],
  lineBreaks: readonly LineBreak[],
  known: readonly TextRange[],
): readonly TextRange[] {
  return found.flatMap((range): readonly TextRange[] => {
    const inside: LineBreak[] = [];
    for (
      let at = firstLineBreakAfter(lineBreaks, range.start);
      (lineBreaks[at]?.start ?? Number.POSITIVE_INFINITY) < range.end;
      at += 1
    ) {
      const lineBreak = lineBreaks[at];
      if (lineBreak !== undefined) inside.push(lineBreak);
    }
    return inside.length === 0 ? [] : secretPartsOf(text, range, inside, known);
  });
}

/** The first line break whose next line starts behind a place. */
function firstLineBreakAfter(lineBreaks: readonly LineBreak[], place: number): number {
  let low = 0;
  let high = lineBreaks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lineBreaks[middle]?.start ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The range line by line. A line beside one that holds a whole known secret counts only where it looks random. */
function secretPartsOf(
  text: string,
  { start, end }: TextRange,
  lineBreaks: readonly LineBreak[],
  known: readonly TextRange[],
): readonly TextRange[] {
  const starts = [start, ...lineBreaks.map((lineBreak) => lineBreak.start)];
  const ends = [...lineBreaks.map((lineBreak) => lineBreak.end), end];
  const lines = starts.map((from, index) => ({ start: from, end: ends[index] ?? end }));
  const parts = lines.map((line) => text.slice(line.start, line.end));
  const isKnown = lines.map((line) => overlaps(line, known));
  const first = isKnown.indexOf(true);
  const count = countWithoutWordsAtEnd(parts);
  const together = lines.slice(0, count);
  if (count > 1 && isSecretOnlyTogether(parts.slice(0, count))) return together;
  if (first < 0) return count > 1 && isRandomTogether(parts.slice(0, count)) ? together : [];
  return lines.filter((line, index) => {
    const part = parts[index] ?? "";
    if (isKnown[index] === true) return true;
    return index < first ? !isWord(part) : isFragment(part) && !/[=:]/.test(text[line.end] ?? "");
  });
}

/** How many parts there are up to the last one that is not a word; at least two, since a short rest may look like a word. */
function countWithoutWordsAtEnd(parts: readonly string[]): number {
  let count = parts.length;
  while (count > 2 && isWord(parts[count - 1] ?? "")) count -= 1;
  return count;
}

/** Whether the longest of the parts has letters of both cases and digits, and none of the others is a word. */
function isRandomTogether(parts: readonly string[]): boolean {
  const longest = parts.reduce((one, other) => (other.length > one.length ? other : one), "");
  const isMixed = /[a-z]/.test(longest) && /[A-Z]/.test(longest) && /\d/.test(longest);
  return isMixed && parts.every((part) => part === longest || part.length < 4 || isFragment(part));
}

/** Whether the parts together are a secret of a known shape, and no part alone is one. */
function isSecretOnlyTogether(parts: readonly string[]): boolean {
  const together = parts.join("");
  return KNOWN_SHAPES.some((detect) => detect(together).length > 0 && parts.every((part) => detect(part).length === 0));
}

const KNOWN_SHAPES = [shapesIn, ...addressSecrets];

function overlaps({ start, end }: TextRange, known: readonly TextRange[]): boolean {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle]?.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return (known[low]?.start ?? Number.POSITIVE_INFINITY) < end;
}
