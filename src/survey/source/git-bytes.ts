import type { Path, Sha } from "../../domain/values/scalars.ts";
import type { ObjectRead } from "../../git/objects/batch-parser.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import { isRegular } from "../../git/objects/tree-entry.ts";
import type { SpecBytes } from "./local-reader.ts";

/** Content used for a file above the object limit: larger than any reader accepts, so that the reader reports the size. */
const TOO_LARGE = new Uint8Array(2 * 1024 * 1024);

/** Reads spec files and prompts of one commit. */
export function createGitBytes(objects: ObjectReader, sha: Sha): SpecBytes {
  return {
    specs: async (files) => (await Promise.all(files.map((file) => objects.object(file.oid)))).map(specBytesOf),
    path: async (path: Path) => {
      const entries = await objects.list(sha, path.slice(0, Math.max(0, path.lastIndexOf("/"))));
      const entry = entries?.find((one) => one.path === path);
      return entry === undefined || !isRegular(entry.mode) ? undefined : specBytesOf(await objects.object(entry.oid));
    },
  };
}

/** The bytes of a spec file. A missing object counts as an empty file, which its reader reports. */
export function specBytesOf(read: ObjectRead): Uint8Array {
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
