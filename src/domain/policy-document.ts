import type { Problem } from "./problem.ts";
import type { JsonPointer, Path } from "./scalars.ts";

/**
 * One document of a policy file, read already: its value, and where in the text a pointer, or its key, lies (lines and
 * columns from 1). What `spec/` reads is one.
 */
export interface PolicyDocument {
  readonly file: Path;
  readonly value: unknown;
  locate(pointer: JsonPointer, part?: "key" | "value"): { readonly line: number; readonly column: number };
}

/** A Problem in a policy's document, at the place the path leads to or the nearest there is above it. */
export function problem(document: PolicyDocument, path: readonly PropertyKey[], message: string): Problem {
  const pointer = path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  const { line, column } = document.locate(pointer);
  return { file: document.file, line, column, pointer, message };
}
