import type { JsonPointer, Path } from "./scalars.ts";

/**
 * A user's mistake, as a value: where it is, what is wrong and what to write instead. Lines and columns count from 1,
 * columns in UTF-16 code units, as editors do. Where a file as a whole is meant, line and column are 1 and the pointer "".
 */
export interface Problem {
  readonly file: Path;
  readonly line: number;
  readonly column: number;
  readonly pointer: JsonPointer;
  readonly message: string;
}

/** Orders Problems by file, line, column, then message, so that output is the same whatever order they were found in. */
export function byPlace(a: Problem, b: Problem): number {
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
