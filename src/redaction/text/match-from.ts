/**
 * The first match of a global pattern at or after a place of a text. It ignores where an earlier search
 * with the pattern stopped.
 */
export function matchFrom(place: number, pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = place;
  return pattern.exec(text);
}
