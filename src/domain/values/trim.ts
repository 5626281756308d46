/** The text without any of these characters at its end. (`/x+$/` would start at each of them: quadratic.) */
export function withoutTrailing(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? " ")) end -= 1;
  return text.slice(0, end);
}
