import { pointerSteps } from "../../domain/values/json-pointer.ts";
import type { Json, JsonPointer } from "../../domain/values/scalars.ts";
import { valueAt } from "../values.ts";
import { readYaml } from "./read-yaml.ts";

/** The value that a spec file's text holds at a pointer, as JSON; undefined where there is none, or the text is unreadable. */
export function valueInFile(bytes: Uint8Array, at: JsonPointer): Json | undefined {
  const value = valueAt(readYaml("", bytes).documents[0]?.value, pointerSteps(at));
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
