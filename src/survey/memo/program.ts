import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** Folders, with their subfolders, whose code decides what is read and generated. */
const FOLDERS = ["domain", "redaction", "spec", "compile", "plan", "survey"];
let known: string | undefined;

/**
 * SHA-256 of the code that reads and compiles, and of the versions of its packages: a memo of other code is not continued.
 * Throws where the files cannot be read.
 */
export function programDigest(): string {
  const root = dirname(dirname(import.meta.dirname));
  known ??= digestOf(root, join(dirname(root), "package.json"));
  return known;
}

/** The digest of the code below `root` and the dependencies in a package.json. Throws where they cannot be read. */
export function digestOf(root: string, manifest: string): string {
  const hash = createHash("sha256");
  for (const folder of FOLDERS) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => /\.[jt]s$/.test(name)).sort()) {
      // The path counts too: a file in another folder is imported by other files.
      const path = `${folder}/${file.split(sep).join("/")}`;
      const text = readFileSync(join(root, folder, file));
      hash.update(`${path}\0${text.length}\0`).update(text);
    }
  }
  const { dependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  return hash.update(JSON.stringify(dependencies ?? {})).digest("hex");
}
