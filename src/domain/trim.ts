/** The text without the characters `character` at its end. (`/x+$/` would start at each of them: quadratic.) */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
