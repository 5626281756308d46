/** Offset of the first character of the line an offset is on. */
export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

/** Offset of the line end (LF or CRLF) of the line an offset is on; the length of the text on the last. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  if (found < 0) return text.length;
  return found > at && text[found - 1] === "\r" ? found - 1 : found;
}

/** How many characters are before an offset on its line. */
export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

/** Whether only blanks are before an offset on its line. */
export function isFirstOnLine(text: string, at: number): boolean {
  return /^[ \t]*$/.test(text.slice(lineStart(text, at), at));
}
