/** The first match of a global pattern from a place of a text on; others may have searched with the same pattern in between. */
export function matchFrom(place: number, pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = place;
  return pattern.exec(text);
}
