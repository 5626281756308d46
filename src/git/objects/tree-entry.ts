import type { Oid, Path } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";

/** An entry of a tree. */
export interface TreeEntry {
  /** Six octal digits: 100644 file, 100755 executable, 120000 symbolic link, 160000 submodule, 040000 folder. */
  readonly mode: string;
  readonly oid: Oid;
  readonly path: Path;
}

/** Whether the mode is a regular file's, executable or not. */
export function isRegular(mode: string): boolean {
  return mode === "100644" || mode === "100755";
}

/**
 * The entries of a tree object, their paths below `folder`. `idLength` is 20 bytes, or 32 for SHA-256. Throws GitError where
 * the object is damaged.
 */
export function parseTree(bytes: Buffer, folder: Path, idLength: number): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const prefix = folder === "" ? "" : `${folder}/`;
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(32, start);
    const nul = bytes.indexOf(0, space);
    if (space < 0 || nul < 0) throw new GitError("failed", "a tree object is damaged");
    const next = nul + 1 + idLength;
    entries.push({
      mode: bytes.toString("latin1", start, space).padStart(6, "0"),
      oid: bytes.toString("hex", nul + 1, next),
      path: prefix + bytes.toString("utf8", space + 1, nul),
    });
    start = next;
  }
  return entries;
}
