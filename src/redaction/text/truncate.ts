/** How far before the limit it looks for the end of a word, in characters. */
const LONGEST_WORD = 4096;
/** Replaces the rest. */
const LEFT_OUT = " […]";

/**
 * The text, cut to at most `most` characters. It is cut between two words, and a very long word is left out completely: half of a
 * secret does not look like one.
 */
export function truncateBetweenWords(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = Math.max(0, most - LEFT_OUT.length);
  const least = Math.max(0, last - LONGEST_WORD);
  let end = last;
  while (end > least && !/\s/.test(text[end] ?? "")) end -= 1;
  return text.slice(0, end) + LEFT_OUT;
}
