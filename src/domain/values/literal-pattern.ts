/** An RE2 pattern that matches a text as it is: https://github.com/google/re2/wiki/Syntax. */
export function literalPattern(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
