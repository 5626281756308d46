/** A control character, C0 or C1 or DEL, but tab, LF, CR and NEL; or one of the two noncharacters that YAML forbids. */
export const CONTROL = /[^\P{Cc}\t\n\r\u0085]|[\ufffe\uffff]/u;

/**
 * The first string (or key) of a value that is invalid because of an escape: it holds a control character, or half a surrogate
 * pair. Undefined where there is none. Only text with a backslash can hold one.
 */
export function badString(
  value: unknown,
  path: readonly PropertyKey[],
): { readonly path: readonly PropertyKey[]; readonly message: string } | undefined {
  if (typeof value === "string") {
    if (CONTROL.test(value)) return { path, message: "the escape of a control character; remove it" };
    return value.isWellFormed()
      ? undefined
      : { path, message: "the escape of half a character (a surrogate); write the character itself" };
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const bad = badString(key, [...path, key]) ?? badString(child, [...path, key]);
    if (bad !== undefined) return bad;
  }
  return undefined;
}
