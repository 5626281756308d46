import { createHash } from "node:crypto";
import type { Oid } from "./scalars.ts";

/** The id Git gives a blob of these bytes (SHA-1 object format), 40 hexadecimal digits. */
export function blobOid(content: Uint8Array | string): Oid {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * The id Git gives a folder that holds these regular files and nothing else (mode 100644, SHA-1 object format).
 * Names are single path segments; Git sorts them by byte.
 */
export function treeOid(files: readonly { readonly name: string; readonly oid: Oid }[]): Oid {
  const sorted = files
    .map((file) => ({ name: Buffer.from(file.name), oid: Buffer.from(file.oid, "hex") }))
    .sort((a, b) => Buffer.compare(a.name, b.name));
  const body = Buffer.concat(sorted.flatMap((file) => [Buffer.from("100644 "), file.name, Buffer.from([0]), file.oid]));
  return createHash("sha1").update(`tree ${body.length}\0`).update(body).digest("hex");
}
