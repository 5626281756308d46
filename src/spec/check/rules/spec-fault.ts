/** Something wrong in a spec in effect; the path starts below `/spec`. */
export interface SpecFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** "key" where the key itself is wrong. */
  readonly part?: "key";
}

/** A fault for each entry that has the name of an earlier one. */
export function repeated<T>(
  list: readonly T[],
  nameOf: (entry: T) => string,
  path: readonly (string | number)[],
  field: string | undefined,
  what: string,
): readonly SpecFault[] {
  const seen = new Set<string>();
  const findings: SpecFault[] = [];
  for (const [index, entry] of list.entries()) {
    const name = nameOf(entry);
    if (seen.has(name))
      findings.push({
        path: [...path, index, ...(field === undefined ? [] : [field])],
        message: `a second ${`${what} ${name}`.trim()}; name each only once`,
      });
    seen.add(name);
  }
  return findings;
}
