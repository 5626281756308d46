import { createHash, hash } from "node:crypto";
import type { Oid, Path } from "./scalars.ts";

/** The id Git gives a blob of these bytes (SHA-1 object format), 40 hexadecimal digits. */
export function blobOid(content: Uint8Array | string): Oid {
  // A text is hashed in one call, which encodes it on the way: nothing is copied to a buffer first.
  if (typeof content === "string") return hash("sha1", `blob ${Buffer.byteLength(content)}\0${content}`);
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** An entry of a folder: a regular file (mode 100644), or a folder by the id of its tree. */
interface Entry {
  readonly name: string;
  readonly oid: Oid;
  readonly isFolder?: boolean;
}

/**
 * The id Git gives a folder that holds these entries and nothing else (SHA-1 object format). Names are single path segments; Git
 * sorts them by byte, a folder as if its name ended in "/".
 */
export function treeOid(files: readonly Entry[]): Oid {
  const entries = [...files].sort(byName).map(({ name, oid, isFolder }) => ({
    head: Buffer.from(`${isFolder === true ? "40000" : "100644"} ${name}\0`),
    oid,
  }));
  const size = entries.reduce((sum, { head, oid }) => sum + head.length + oid.length / 2, 0);
  const start = `tree ${size}\0`;
  const tree = Buffer.allocUnsafe(start.length + size);
  let at = tree.write(start, "latin1");
  for (const { head, oid } of entries) {
    tree.set(head, at);
    at += head.length;
    at += tree.write(oid, at, "hex");
  }
  return hash("sha1", tree);
}

function byName(one: Entry, other: Entry): number {
  return Buffer.compare(sortKey(one), sortKey(other));
}

function sortKey({ name, isFolder }: Entry): Buffer {
  return Buffer.from(isFolder === true ? `${name}/` : `${name}\0`);
}

/** As `treeOid`, for files at any depth: `files` holds their ids by path. */
export function nestedTreeOid(files: ReadonlyMap<Path, Oid>): Oid {
  const byTop = Map.groupBy(files, ([path]) => path.split("/", 1)[0] ?? "");
  return treeOid(
    [...byTop].map(([name, below]): Entry => {
      const [[path, oid] = ["", ""]] = below;
      if (path === name) return { name, oid };
      const inner = new Map(below.map(([each, id]) => [each.slice(name.length + 1), id]));
      return { name, oid: nestedTreeOid(inner), isFolder: true };
    }),
  );
}
