import type { JsonPointer, Path } from "./values/scalars.ts";

/**
 * A user's mistake: where it is, what is wrong and what to write instead. Lines and columns count from 1, columns in UTF-16 code
 * units, as in editors. For a mistake of a whole file, line and column are 1 and the pointer is "".
 */
export interface Problem {
  readonly file: Path;
  readonly line: number;
  readonly column: number;
  readonly pointer: JsonPointer;
  readonly message: string;
  /**
   * The agent in which a mistake of a shared file shows: such Problems are alike in each agent that shares the file, and
   * `groupProblems` reports them once.
   */
  readonly agent?: string;
  /** A file with Problems of its own, from which this one follows: `groupProblems` leaves it out where that file's are shown. */
  readonly follows?: Path;
  /** The name of an environment that raos.yaml does not have, and the one there that it most likely means. */
  readonly meant?: { readonly written: string; readonly environment: string };
}

/** Orders Problems by file, line, column, then message, so that the output does not depend on the order of the checks. */
export function byPlace(a: Problem, b: Problem): number {
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
