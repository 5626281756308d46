import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** Folders whose code decides what is read and generated, with all that lies below them. */
const FOLDERS = ["domain", "spec", "compile", "plan", "survey"];
let known: string | undefined;

/**
 * SHA-256 over the code that reads and compiles, and the versions of the packages it does that with: a memo made by other code
 * is not continued. Throws where it cannot be read.
 */
export function programDigest(): string {
  const root = dirname(import.meta.dirname);
  known ??= digestOf(root, join(dirname(root), "package.json"));
  return known;
}

/** The digest of a program whose code lies below `root`, by the manifest that pins its packages. Throws where it cannot be read. */
export function digestOf(root: string, manifest: string): string {
  const hash = createHash("sha256");
  for (const folder of FOLDERS) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => /\.[jt]s$/.test(name)).sort()) {
      // Where a file lies counts as well: moved to another folder, it is imported by others.
      const path = `${folder}/${file.split(sep).join("/")}`;
      const text = readFileSync(join(root, folder, file));
      hash.update(`${path}\0${text.length}\0`).update(text);
    }
  }
  const { dependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  return hash.update(JSON.stringify(dependencies ?? {})).digest("hex");
}
