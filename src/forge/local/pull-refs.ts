/** Where the local forge stores pull requests: `<number>/meta`, a chain of commits, and `<number>/head`. */
export const PULLS = "refs/raos/pulls/";
export const HEADS = "refs/heads/";

/** The ref of a pull request's entries: a chain of commits. */
export function metaRef(number: number): string {
  return `${PULLS}${number}/meta`;
}

/** While the pull request is open: the commit the bot wrote last; afterwards: the commit it was closed or merged with. */
export function headRef(number: number): string {
  return `${PULLS}${number}/head`;
}

/** The used numbers, in order, from refs below `PULLS`. An issue has a head there without a meta. */
export function usedNumbers(refs: Iterable<string>): readonly number[] {
  const numbers = [...refs].map((ref) =>
    Number(/^refs\/raos\/pulls\/([1-9]\d{0,8})\/(?:meta|head)$/.exec(ref)?.[1] ?? 0),
  );
  return [...new Set(numbers)].filter((number) => number > 0).sort((a, b) => a - b);
}

/** The number of a meta ref; undefined for any other ref. */
export function numberOf(ref: string): number | undefined {
  const match = /^refs\/raos\/pulls\/([1-9]\d{0,8})\/meta$/.exec(ref);
  return match === null ? undefined : Number(match[1]);
}
