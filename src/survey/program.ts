import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folders whose code decides what is read and generated. */
const FOLDERS = ["domain", "spec", "compile", "plan"];
let known: string | undefined;

/** SHA-256 over the code that reads and compiles: a memo made by other code is not continued. Throws where it cannot be read. */
export function programDigest(): string {
  known ??= digest();
  return known;
}

function digest(): string {
  const hash = createHash("sha256");
  const root = dirname(import.meta.dirname);
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(root, folder))
      .filter((file) => /\.[jt]s$/.test(file))
      .sort()) {
      hash.update(name).update(readFileSync(join(root, folder, name)));
    }
  }
  return hash.digest("hex");
}
