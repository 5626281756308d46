import { isFragment, isNamed, SECRET_CHARACTER } from "./fragment.ts";
import type { WrittenValue } from "./written-value.ts";

/** Most lines on which a value continues, and characters read of each. */
const MOST_LINES = 16;
const LONGEST = 512;
/** Characters that end a value, or belong to it at the end of a line. */
const END_OF_LINE = /[,;)\]}|&]{0,2}\\{0,2}(?:\r?\n|[\r\u2028])[ \t]{0,200}/y;

/** The end of one quoted part and the beginning of the next, as languages concatenate strings over lines. */
const PUT_TOGETHER = /(["'`])[ \t]{0,4}[+.&]?[ \t]{0,4}\\?\r?\n[ \t]{0,200}(?:[+.&][ \t]{0,4})?\1/y;

/**
 * The end of a value that continues on the next lines: a quoted one whose quote is closed or opened again on a later line, or a
 * bare one whose line ends with a backslash or whose next line looks like its rest. For all others, `end`.
 */
export function endOfWrapped(text: string, value: WrittenValue, end: number): number {
  let last = end;
  for (let lines = 0; lines < MOST_LINES; lines += 1) {
    const joint = value.opening === "" ? undefined : jointAt(PUT_TOGETHER, text, last);
    const start = joint ?? jointAt(END_OF_LINE, text, last);
    if (start === undefined) return last;
    const isEscaped = /\\\r?\n[ \t]*$/.test(text.slice(last - 1, start));
    const line = text.slice(start, start + LONGEST).split("\n", 1)[0] ?? "";
    const rest =
      value.opening === "" ? bareRest(line, isEscaped) : quotedRest(line, value.opening, joint !== undefined);
    if (rest.length === 0) return last;
    last = start + rest.length;
    if (rest.isLast) return last;
  }
  return last;
}

function jointAt(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

interface Rest {
  readonly length: number;
  readonly isLast: boolean;
}

const NONE: Rest = { length: 0, isLast: true };

/** The rest of a quoted value: up to the quote; a line without a quote as a whole, where it looks like part of a secret. */
function quotedRest(line: string, opening: string, isPutTogether: boolean): Rest {
  const at = line.indexOf(opening);
  const after = line.slice(at + opening.length);
  if (at >= 0) {
    const isEnd = (isPutTogether ? /^\s*(?:[,;)\]}.+&\\]|$)/ : /^[\s,;:)\]}.]|^$/).test(after);
    return isEnd && isText(line.slice(0, at)) ? { length: at, isLast: !isPutTogether } : NONE;
  }
  const isRun = /^[^\s"'`]{8,}\\{0,2}\r?$/.test(line) && isFragment(line.trim());
  return isRun ? { length: line.trimEnd().length, isLast: false } : NONE;
}

/** Whether a part is text: it holds no other name and no structure. */
function isText(part: string): boolean {
  return part !== "" && !/[=:{}[\]]["'\s]|["'`]/.test(part);
}

function bareRest(line: string, isEscaped: boolean): Rest {
  const lead = /^[,;)\]}]{0,2}/.exec(line)?.[0].length ?? 0;
  let length = lead;
  while (length < line.length && SECRET_CHARACTER.test(line[length] ?? "")) length += 1;
  while (length > lead && ".,:;\\".includes(line[length - 1] ?? "")) length -= 1;
  const run = line.slice(lead, length);
  if (run === "" || isNamed(run) || (isEscaped ? run.startsWith("-") : !isFragment(run))) return NONE;
  return { length, isLast: line.slice(length).trim().replace(/^\\/, "") !== "" };
}
