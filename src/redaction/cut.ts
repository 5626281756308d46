/** Characters before a limit among which the end of a word is looked for. */
const LONGEST_WORD = 4096;
/** What stands in the place of the rest. */
const LEFT_OUT = " […]";

/**
 * The text, or of one that is longer than `most` characters its beginning. It is cut between two words, or a word of no sensible
 * length is left out as a whole: half a secret does not look like one. The result is no longer than `most`.
 */
export function cutShort(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = Math.max(0, most - LEFT_OUT.length);
  const least = Math.max(0, last - LONGEST_WORD);
  let end = last;
  while (end > least && !/\s/.test(text[end] ?? "")) end -= 1;
  return text.slice(0, end) + LEFT_OUT;
}
