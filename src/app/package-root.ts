import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { OutsideError } from "./shell.ts";

/** A file or folder that ships with RAOS, such as `charts/agent`; the same from source and from the published package. */
export function shipped(...parts: readonly string[]): string {
  return join(dirname(dirname(import.meta.dirname)), ...parts);
}

/** The folder of fixtures that ship with RAOS. Throws OutsideError in the image, which has none. */
export function shippedFixtures(): string {
  const folder = shipped("fixtures");
  if (existsSync(folder)) return folder;
  throw new OutsideError("the samples and fixtures are not part of the image; run this from the npm package: npx raos");
}
