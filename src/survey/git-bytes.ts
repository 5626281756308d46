import type { Path, Sha } from "../domain/scalars.ts";
import type { ObjectRead } from "../git/batch-parser.ts";
import type { ObjectReader } from "../git/object-reader.ts";
import { isRegular } from "../git/tree-entry.ts";
import type { Bytes } from "./local-reader.ts";

/** Stands for a file above Git's limit for an object: too large for any reader, which then says so. */
const TOO_LARGE = new Uint8Array(2 * 1024 * 1024);

/** Reads spec files and prompts of one commit. */
export function gitBytes(objects: ObjectReader, sha: Sha): Bytes {
  return {
    specs: async (files) => (await Promise.all(files.map((file) => objects.object(file.oid)))).map(bytesOf),
    path: async (path: Path) => {
      const entries = await objects.list(sha, path.slice(0, Math.max(0, path.lastIndexOf("/"))));
      const entry = entries?.find((one) => one.path === path);
      return entry === undefined || !isRegular(entry.mode) ? undefined : bytesOf(await objects.object(entry.oid));
    },
  };
}

/** A missing object is an empty file to its reader, which says that it is empty. */
export function bytesOf(read: ObjectRead): Uint8Array {
  switch (read.kind) {
    case "object":
      return read.bytes;
    case "too-large":
      return TOO_LARGE;
    case "missing":
      return new Uint8Array();
    default:
      return read satisfies never;
  }
}
