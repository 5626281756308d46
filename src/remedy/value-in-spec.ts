import { at } from "../domain/values/json.ts";
import { pointerSteps } from "../domain/values/json-pointer.ts";
import type { Json, JsonPointer } from "../domain/values/scalars.ts";

/** The value at a pointer below `/spec`, or undefined. It does not look into lists. */
export function valueInSpec(spec: Json | undefined, pointer: JsonPointer): Json | undefined {
  const [root, ...steps] = pointerSteps(pointer);
  return root === "spec" ? at(spec, ...steps) : undefined;
}
