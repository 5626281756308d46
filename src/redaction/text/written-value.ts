/** A value as it is written: where it begins, and where the part that was read ends, without its quotes. */
export interface WrittenValue {
  readonly start: number;
  readonly end: number;
  /** The quote it began with, with the backslashes before it; empty for a bare one. */
  readonly opening: string;
}

/** How many characters of a value are read; a longer one is judged by its start. */
const LOOKED_AT = 512;

/**
 * The value that begins at a place of a text. A quoted one ends at the quote that is escaped as deeply as the first, or at the
 * end of its line; a bare one ends before a character that ends a word, a list or a parameter. For a long value, only its start
 * is returned: see `endOfValue`. Undefined where there is none.
 */
export function readValue(text: string, at: number): WrittenValue | undefined {
  OPENING.lastIndex = at;
  const opening = OPENING.exec(text)?.[0] ?? "";
  const start = at + opening.length;
  const end = endBefore(text, start, opening, Math.min(text.length, start + LOOKED_AT));
  return end > start ? { start, end, opening } : undefined;
}

/** Where a value ends, however long it is. */
export function endOfValue(text: string, { start, end, opening }: WrittenValue): number {
  return end < start + LOOKED_AT ? end : endBefore(text, start, opening, text.length);
}

function endBefore(text: string, start: number, opening: string, limit: number): number {
  return opening === "" ? bareEnd(text, start, limit) : quotedEnd(text, start, opening, limit);
}

const OPENING = /\\{0,7}["'`]/y;

function quotedEnd(text: string, start: number, opening: string, limit: number): number {
  const quote = opening.slice(-1);
  const depth = opening.length - 1;
  let slashes = 0;
  for (let at = start; at < limit; at += 1) {
    const char = text[at];
    if (char === "\n") return at;
    if (char === quote && slashes <= depth) return at - slashes;
    slashes = char === "\\" ? slashes + 1 : 0;
  }
  return limit;
}

function bareEnd(text: string, start: number, limit: number): number {
  let end = start;
  while (end < limit && !endsAt(text, end, start)) {
    ORDINARY.lastIndex = end + 1;
    end = ORDINARY.test(text) ? Math.min(ORDINARY.lastIndex, limit) : end + 1;
  }
  if (end === limit && limit < text.length) return end;
  while (end > start && ".,:!?".includes(text[end - 1] ?? "")) end -= 1;
  return end;
}

/** Characters that never end a value. */
const ORDINARY = /[^\s<>\\"'`,;&|)\]}]{1,512}/y;

/** Whether a bare value ends before a character. Commas and brackets may be part of a password. */
function endsAt(text: string, at: number, start: number): boolean {
  const char = text[at] ?? "";
  const next = text[at + 1] ?? "";
  if (/[\s<>]/.test(char)) return true;
  if (char === "\\") return /[\\nrtu"'`]/.test(next);
  if (`"'\``.includes(char)) return at === start || !/\w/.test(text[at - 1] ?? "") || !/\w/.test(next);
  if (",;&|)]}".includes(char)) return !/[\w!@#$%^*+/=-]/.test(next) || isNameNext(text, at + 1);
  return false;
}

const NEXT_NAME = /[A-Za-z_][\w.-]{0,40}\s?(?:=|:\s)/y;

function isNameNext(text: string, at: number): boolean {
  NEXT_NAME.lastIndex = at;
  return NEXT_NAME.test(text);
}
