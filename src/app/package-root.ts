import { dirname, join } from "node:path";

/** A file or folder that ships with RAOS, such as `charts/agent`; the same from source and from the published package. */
export function shipped(...parts: readonly string[]): string {
  return join(dirname(dirname(import.meta.dirname)), ...parts);
}
