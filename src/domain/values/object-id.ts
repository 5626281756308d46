import { createHash, hash } from "node:crypto";
import type { Oid } from "./scalars.ts";

/** The id Git gives a blob of these bytes (SHA-1 object format), 40 hexadecimal digits. */
export function blobOid(content: Uint8Array | string): Oid {
  // A text is hashed in one call, which encodes it on the way: nothing is copied to a buffer first.
  if (typeof content === "string") return hash("sha1", `blob ${Buffer.byteLength(content)}\0${content}`);
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/**
 * The id Git gives a folder that holds these regular files and nothing else (mode 100644, SHA-1 object format).
 * Names are single path segments; Git sorts them by byte.
 */
export function treeOid(files: readonly { readonly name: string; readonly oid: Oid }[]): Oid {
  const entries = files.map(({ name, oid }) => ({ head: Buffer.from(`100644 ${name}\0`), oid }));
  entries.sort((a, b) => Buffer.compare(a.head, b.head));
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
