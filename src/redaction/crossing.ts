import { shapesIn, type TextRange } from "../domain/secret-shapes.ts";
import { addressSecrets } from "./address-secrets.ts";
import { isFragment, isWord } from "./fragment.ts";
import type { Joint } from "./joints.ts";

/** Of the ranges found in a reading with ends of lines taken out: those that cross one, cut to what is part of a secret. */
export function crossing(
  text: string,
  found: readonly TextRange[],
  joints: readonly Joint[],
  known: readonly TextRange[],
): readonly TextRange[] {
  return found.flatMap((range): readonly TextRange[] => {
    const inside: Joint[] = [];
    for (
      let at = firstAfter(joints, range.start);
      (joints[at]?.start ?? Number.POSITIVE_INFINITY) < range.end;
      at += 1
    ) {
      const joint = joints[at];
      if (joint !== undefined) inside.push(joint);
    }
    return inside.length === 0 ? [] : partsOf(text, range, inside, known);
  });
}

/** The first joint that leads to a place behind this one. */
function firstAfter(joints: readonly Joint[], place: number): number {
  let low = 0;
  let high = joints.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((joints[middle]?.start ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The range line by line; a line beside one that is known to hold a whole secret counts only where it looks random. */
function partsOf(
  text: string,
  { start, end }: TextRange,
  joints: readonly Joint[],
  known: readonly TextRange[],
): readonly TextRange[] {
  const starts = [start, ...joints.map((joint) => joint.start)];
  const ends = [...joints.map((joint) => joint.end), end];
  const lines = starts.map((from, index) => ({ start: from, end: ends[index] ?? end }));
  const parts = lines.map((line) => text.slice(line.start, line.end));
  const isKnown = lines.map((line) => overlaps(line, known));
  const first = isKnown.indexOf(true);
  const count = wordsAtEndLeftOut(parts);
  const together = lines.slice(0, count);
  if (count > 1 && isOne(parts.slice(0, count))) return together;
  if (first < 0) return count > 1 && isRandomTogether(parts.slice(0, count)) ? together : [];
  return lines.filter((line, index) => {
    const part = parts[index] ?? "";
    if (isKnown[index] === true) return true;
    return index < first ? !isWord(part) : isFragment(part) && !/[=:]/.test(text[line.end] ?? "");
  });
}

/** How many parts there are up to the last one that is no word; of two parts both, since a short rest may look like one. */
function wordsAtEndLeftOut(parts: readonly string[]): number {
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

/** Whether parts are a secret of known looks together, and none is one alone. */
function isOne(parts: readonly string[]): boolean {
  const together = parts.join("");
  return BY_LOOKS.some((detect) => detect(together).length > 0 && parts.every((part) => detect(part).length === 0));
}

const BY_LOOKS = [shapesIn, ...addressSecrets];

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
