import { isDeepStrictEqual } from "node:util";
import type { Edit } from "../../domain/change-set.ts";
import { valueInFile } from "../yaml/value-in-file.ts";

/** Whether the file holds the value that the edit replaces; or the one that it sets, and then nothing is left of it. */
export function isEditOfPresent(edit: Edit, bytes: Uint8Array): boolean {
  const held = valueInFile(bytes, edit.at);
  const from = edit.kind === "add" ? undefined : edit.from;
  return isDeepStrictEqual(held, from) || isDeepStrictEqual(held, edit.kind === "remove" ? undefined : edit.to);
}
