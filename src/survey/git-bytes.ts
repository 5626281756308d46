import type { Path, Sha } from "../domain/scalars.ts";
import type { ObjectRead } from "../git/batch-parser.ts";
import type { GitPlace } from "../git/git-place.ts";
import { openObjectReader } from "../git/object-reader.ts";
import { entries } from "../git/tree.ts";
import { isRegular } from "../git/tree-entry.ts";
import type { Bytes } from "./local-reader.ts";

/** Most bytes read of one file; the readers of specs and prompts refuse far smaller ones, with a Problem. */
const LIMIT = 2 * 1024 * 1024;
/** Stands for a file above the limit: too large for any reader, which then says so. */
const TOO_LARGE = new Uint8Array(LIMIT);

/** Reads spec files and prompts of one commit through one long-lived Git process. */
export function openGitBytes(place: GitPlace, sha: Sha): Bytes & { close(): Promise<void> } {
  const objects = openObjectReader(place, LIMIT);
  return {
    specs: async (files) => (await Promise.all(files.map((file) => objects.object(file.oid)))).map(bytesOf),
    path: async (path: Path) => {
      const [entry] = await entries(place, sha, [path]);
      return entry === undefined || !isRegular(entry.mode) ? undefined : bytesOf(await objects.object(entry.oid));
    },
    close: () => objects.close(),
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
