import { at } from "../domain/json.ts";
import type { Json, JsonPointer } from "../domain/scalars.ts";

/** The value that a pointer below `/spec` leads to, or undefined. Lists are not entered. */
export function valueInSpec(spec: Json | undefined, pointer: JsonPointer): Json | undefined {
  const [, root, ...steps] = pointer.split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return root === "spec" ? at(spec, ...steps) : undefined;
}
