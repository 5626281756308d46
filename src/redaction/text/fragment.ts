/** A character that secrets are made of, encoded ones too: no space, quote, bracket or comma. */
export const SECRET_CHARACTER = /[A-Za-z0-9_\-+/=.~:@%$&#;!*^\\]/;

/** A word, a heading, a level, a number with its unit, a version, words with dashes. */
const WORD = /^(?:[A-Z]?[a-z]+|[A-Z]+|v?\d{1,7}(?:[.,:/-]\d{1,7})*[A-Za-z%]{0,3}|[a-z]+(?:[-_/][a-z]+)+)[.,:;!?]*$/;
/** The beginning of a moment, or of an address of the web. */
const BEGINNING = /^(?:\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|[a-z][a-z0-9+.-]{1,20}:\/\/)/;
/** A name before its value; the `=` at the end of Base64 does not count. */
const NAME = /^[A-Za-z_][\w.-]{0,60}[=:](?!=*$)/;

/** Whether a run of characters is text as people and programs write it. */
export function isWord(run: string): boolean {
  return WORD.test(run) || BEGINNING.test(run);
}

/** Whether a run of characters looks like a part of a secret: no word, and letters with digits or of both cases. */
export function isFragment(run: string): boolean {
  return !isWord(run) && /[A-Za-z]/.test(run) && /\d|[a-z][A-Z]|[A-Z]{2}[a-z]/.test(run);
}

/** Whether a run of characters begins with a name and its value, such as `user=agent`. */
export function isNamed(run: string): boolean {
  return NAME.test(run);
}
