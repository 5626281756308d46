import { shapesIn, type TextRange } from "../domain/secret-shapes.ts";
import { addressSecrets } from "./address-secrets.ts";
import { isFragment, isWord, SIGN } from "./fragment.ts";
import { buildView, type View, type ViewBuilder } from "./view.ts";

/** Most characters of a line that are read on either side of its end, and most lines that are read as one. */
const LONGEST = 4096;
const MOST_LINES = 64;
/** What is shorter, put together, holds no secret. */
const SHORTEST = 12;

/** What may end a line that goes on: a backslash, a quote with or without an operator. */
const TAIL = /(?:["'`][ \t]{0,4}[+.&]?[ \t]{0,4})?\\{0,2}\r?$/;
/** As TAIL, up to an end of line or of the text. */
const LAST = /(?:["'`][ \t]{0,4}[+.&]?[ \t]{0,4})?\\{0,2}\r?(?=$|[\n\r\v\f\u0085\u2028\u2029])/y;
/** Whatever a terminal, an editor or Unicode takes for an end of line. */
const END = /\r?\n|[\r\v\f\u0085\u2028\u2029]/g;
const ANY_END = /[\n\r\v\f\u0085\u2028\u2029]/;
/** What may stand before its rest: an indent, marks of quotations, tables and comments, an operator and a quote. */
const INDENT = /[ \t]*(?:(?:[>|]|(?:[#*]|\/\/)(?=[ \t]))[ \t]*)?(?:(?:[+.&][ \t]{0,4})?["'`])?/y;
/** What loggers, container runtimes and Compose put before each line. */
const PREFIX =
  /(?:\[?[\w./-]{1,80}\]?[ \t]{1,8}\|[ \t])?(?:[IWEF]\d{4} [\d:.]{8,16}[ \t]{1,8}\d{1,8} [\w./-]{1,80}:\d{1,6}\] )?(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,12}(?:Z|[+-]\d\d:?\d\d)?\]?[ \t]{0,4})?(?:(?:stdout|stderr) [FP] )?(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|trace|debug|info|warn|warning|error|fatal)\]?:?[ \t]{1,4})?(?:\[?[\w.-]{1,80}\]?:[ \t])?/y;

/**
 * Readings of a text in which lines go on in the next: ends of lines taken out with what stands around them, once with the
 * indent of the next line, once with what its logger wrote before it. Only what crosses such an end is a finding; `known` are
 * secrets that were found without. Of a secret that is whole on one side, the other side is a part only where it looks like one.
 */
export function* wrappedViews(text: string, known: readonly TextRange[]): Generator<View> {
  if (!ANY_END.test(text)) return;
  yield* viewsOf(text, known, afterIndent);
  yield* viewsOf(text, known, afterPrefix);
}

/** Where the rest of a line begins on the next one, given where both begin; undefined where there is nothing to skip. */
type Skip = (text: string, line: number, next: number) => number | undefined;

const afterIndent: Skip = (text, _, next) => {
  INDENT.lastIndex = next;
  INDENT.test(text);
  return INDENT.lastIndex;
};

const afterPrefix: Skip = (text, line, next) => {
  PREFIX.lastIndex = next;
  PREFIX.test(text);
  const end = Math.max(PREFIX.lastIndex, sameStart(text, line, next));
  return end === next ? undefined : end;
};

/** Where two lines stop being the same, digits aside; the end of the last word they share. */
function sameStart(text: string, line: number, next: number): number {
  let length = 0;
  let word = 0;
  while (length < 200 && line + length < next - 1) {
    const a = text.charCodeAt(line + length);
    const b = text.charCodeAt(next + length);
    if (a !== b && !(isDigit(a) && isDigit(b))) break;
    length += 1;
    if (BREAKS.has(a) || (length === 1 && MARKS.has(a))) word = length;
  }
  return next + word;
}

/** Space, tab, colon, bar; at the very beginning also the marks of a diff. */
const BREAKS: ReadonlySet<number> = new Set([32, 9, 58, 124]);
const MARKS: ReadonlySet<number> = new Set([43, 45]);

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** An end of a line that may be none: `from` to `end` goes on from `start` to `to`. */
interface Joint {
  readonly from: number;
  readonly end: number;
  readonly start: number;
  readonly to: number;
  /** Whether nothing else stands in the next line, so that it may go on too. */
  readonly isOpen: boolean;
}

function* viewsOf(text: string, known: readonly TextRange[], skip: Skip): Generator<View> {
  const builder = buildView(false);
  let joints: Joint[] = [];
  let chain: Joint[] = [];
  const take = (): readonly View[] => {
    const present = joints;
    joints = [];
    return builder
      .take()
      .map((view) => ({ ...view, back: (ranges) => crossing(text, view.back(ranges), present, known) }));
  };
  for (const joint of jointsOf(text, skip)) {
    if (!isContinued(chain, joint)) {
      addLongChains(builder, text, chain);
      chain = [];
      if (builder.isFull()) yield* take();
    }
    joints.push(joint);
    chain.push(joint);
    addChain(builder, text, [joint]);
  }
  addLongChains(builder, text, chain);
  yield* take();
}

/** Whether the last joint of a chain leads into the line that this one ends. */
function isContinued(chain: readonly Joint[], joint: Joint): boolean {
  const before = chain.at(-1);
  return before?.isOpen === true && before.to === joint.end && chain.length < MOST_LINES;
}

/** Three lines and more, from the first and from the second: what stands before a secret may be no part of it. */
function addLongChains(builder: ViewBuilder, text: string, chain: readonly Joint[]): void {
  if (chain.length > 1) addChain(builder, text, chain);
  if (chain.length > 2) addChain(builder, text, chain.slice(1));
}

function addChain(builder: ViewBuilder, text: string, chain: readonly Joint[]): void {
  builder.cut();
  let from = chain[0]?.from ?? 0;
  for (const { end, start } of chain) {
    builder.add(text.slice(from, end), from, end);
    from = start;
  }
  const to = chain.at(-1)?.to ?? from;
  builder.add(text.slice(from, to), from, to);
}

function* jointsOf(text: string, skip: Skip): Generator<Joint> {
  let line = 0;
  for (const { 0: mark, index: at } of text.matchAll(END)) {
    const end = endOfLine(text, line, at);
    const from = beginning(text, line, end);
    const start = from < end ? skip(text, line, at + mark.length) : undefined;
    const to = start === undefined ? 0 : ending(text, start);
    if (start !== undefined && to > start && end - from + to - start >= SHORTEST) {
      LAST.lastIndex = to;
      const isOpen = LAST.test(text);
      const stop = isOpen ? endOfLine(text, start, LAST.lastIndex) : to;
      yield { from, end, start, to: Math.min(to, stop), isOpen };
    }
    line = at + mark.length;
  }
}

/** Where a line's own characters end, from a place in it on. */
function endOfLine(text: string, from: number, at: number): number {
  const tail = TAIL.exec(text.slice(Math.max(from, at - 16), at))?.[0].length ?? 0;
  return at - tail;
}

/** Where the run of signs begins that ends at a place of a line. */
function beginning(text: string, line: number, end: number): number {
  let at = end;
  const least = Math.max(line, end - LONGEST);
  while (at > least && SIGN.test(text[at - 1] ?? "")) at -= 1;
  return at;
}

function ending(text: string, start: number): number {
  let at = start;
  const most = Math.min(text.length, start + LONGEST);
  while (at < most && SIGN.test(text[at] ?? "")) at += 1;
  return at;
}

/** Ranges that cross an end of a line, cut to what is part of a secret. */
function crossing(
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
