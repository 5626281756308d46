import { SECRET_CHARACTER } from "./fragment.ts";

/** A line break that may be inside a value: the text from `from` to `end` continues from `start` to `to`. */
export interface LineBreak {
  readonly from: number;
  readonly end: number;
  readonly start: number;
  readonly to: number;
  /** Whether the next line holds nothing else, so that the value may continue on the line after it, too. */
  readonly isOpen: boolean;
}

/** Finds where a value continues on the next line, from the starts of both lines; undefined where nothing has to be skipped. */
export type FindRest = (text: string, line: number, next: number) => number | undefined;

/** Every line break that may be inside a value, in order. Takes time in proportion to the text. */
export function* lineBreaksOf(text: string, skip: FindRest): Generator<LineBreak> {
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

/** Most characters of a line that are read on either side of its end. */
const LONGEST = 4096;
/** A joined text with fewer characters is too short for a secret. */
const SHORTEST = 12;

/** What may end a line that continues: a backslash, a quote with or without an operator. */
const TAIL = /(?:["'`][ \t]{0,4}[+.&]?[ \t]{0,4})?\\{0,2}\r?$/;
/** As TAIL, up to an end of line or of the text. */
const LAST = /(?:["'`][ \t]{0,4}[+.&]?[ \t]{0,4})?\\{0,2}\r?(?=$|[\n\r\v\f\u0085\u2028\u2029])/y;
/** Everything that a terminal, an editor or Unicode treats as a line break. */
const END = /\r?\n|[\r\v\f\u0085\u2028\u2029]/g;
/**
 * What may come before the rest of a value on the next line: an indent, marks of quotations, tables and comments, an
 * operator, a quote.
 */
const INDENT = /[ \t]*(?:(?:[>|]|(?:[#*]|\/\/)(?=[ \t]))[ \t]*)?(?:(?:[+.&][ \t]{0,4})?["'`])?/y;
/** What loggers, container runtimes and Compose put before each line. */
const PREFIX =
  /(?:\[?[\w./-]{1,80}\]?[ \t]{1,8}\|[ \t])?(?:[IWEF]\d{4} [\d:.]{8,16}[ \t]{1,8}\d{1,8} [\w./-]{1,80}:\d{1,6}\] )?(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,12}(?:Z|[+-]\d\d:?\d\d)?\]?[ \t]{0,4})?(?:(?:stdout|stderr) [FP] )?(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|trace|debug|info|warn|warning|error|fatal)\]?:?[ \t]{1,4})?(?:\[?[\w.-]{1,80}\]?:[ \t])?/y;

/** Where a line's text ends: before the backslash, quote or operator that continues it. */
function endOfLine(text: string, from: number, at: number): number {
  const tail = TAIL.exec(text.slice(Math.max(from, at - 16), at))?.[0].length ?? 0;
  return at - tail;
}

/** The start of the run of secret characters that ends at `end`. */
function beginning(text: string, line: number, end: number): number {
  let at = end;
  const least = Math.max(line, end - LONGEST);
  while (at > least && SECRET_CHARACTER.test(text[at - 1] ?? "")) at -= 1;
  return at;
}

function ending(text: string, start: number): number {
  let at = start;
  const most = Math.min(text.length, start + LONGEST);
  while (at < most && SECRET_CHARACTER.test(text[at] ?? "")) at += 1;
  return at;
}

/** The rest begins after the indent of the next line. */
export const afterIndent: FindRest = (text, _, next) => {
  INDENT.lastIndex = next;
  INDENT.test(text);
  return INDENT.lastIndex;
};

/** The rest begins after the logger's prefix of the next line. */
export const afterPrefix: FindRest = (text, line, next) => {
  PREFIX.lastIndex = next;
  PREFIX.test(text);
  const end = Math.max(PREFIX.lastIndex, sameStart(text, line, next));
  return end === next ? undefined : end;
};

/** The end of the last word of the start that two lines share; digits count as equal. */
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

/** Characters that end a word: space, tab, colon, bar; at the start of a line also the marks of a diff. */
const BREAKS: ReadonlySet<number> = new Set([32, 9, 58, 124]);
const MARKS: ReadonlySet<number> = new Set([43, 45]);

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
