import type { Problem } from "../problem.ts";
import { pointerOf } from "../values/json-pointer.ts";
import type { JsonPointer, Path } from "../values/scalars.ts";

/**
 * One document of a policy file, parsed: its value, and the position of a pointer, or of its key, in the text (lines and columns
 * count from 1). A `YamlDocument` of `spec/` is one.
 */
export interface PolicyDocument {
  readonly file: Path;
  readonly value: unknown;
  locate(pointer: JsonPointer, part?: "key" | "value"): { readonly line: number; readonly column: number };
}

/** A Problem in a policy's document, at the path or its nearest ancestor that exists. */
export function problem(document: PolicyDocument, path: readonly PropertyKey[], message: string): Problem {
  const pointer = pointerOf(path);
  const { line, column } = document.locate(pointer);
  return { file: document.file, line, column, pointer, message };
}
