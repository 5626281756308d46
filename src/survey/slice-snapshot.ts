import type { Snapshot } from "../domain/fleet.ts";
import type { Oid, Path, Sha } from "../domain/scalars.ts";
import type { GitPlace } from "../git/git-place.ts";
import { readObjects } from "../git/read-blobs.ts";
import { entries } from "../git/tree.ts";
import { isRegular } from "../git/tree-entry.ts";
import { bytesOf } from "./git-bytes.ts";

/** Most bytes kept of one file. */
const LIMIT = 2 * 1024 * 1024;

/**
 * The part of a commit that a plan reads: these files, and for a path that ends in "/" every file below it, contents
 * loaded. Symbolic links and submodules are no files. Throws GitError where the commit cannot be read.
 */
export async function sliceSnapshot(place: GitPlace, sha: Sha, paths: readonly Path[]): Promise<Snapshot> {
  const found = (await entries(place, sha, paths)).filter((entry) => isRegular(entry.mode));
  const contents: Uint8Array[] = [];
  for await (const read of readObjects(
    place,
    found.map((entry) => entry.oid),
    LIMIT,
  ))
    contents.push(bytesOf(read));
  const files = found.map((entry, index) => ({ ...entry, bytes: contents[index] ?? new Uint8Array() }));
  return snapshotOf(sha, files);
}

/** A Snapshot of files in memory. */
export function snapshotOf(
  sha: Sha,
  files: readonly { readonly path: Path; readonly oid: Oid; readonly bytes: Uint8Array }[],
): Snapshot {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const sorted = [...byPath.keys()].sort();
  return {
    sha,
    oid: (path) => byPath.get(path)?.oid,
    list: (prefix) => below(sorted, prefix),
    read(path) {
      const file = byPath.get(path);
      if (file === undefined) throw new RangeError(`${path} was not loaded`);
      return file.bytes;
    },
  };
}

/** The sorted paths below a folder; costs the logarithm of all and what is found. */
function* below(sorted: readonly Path[], prefix: Path): Generator<Path> {
  const start = prefix === "" ? "" : `${prefix}/`;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < start) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < sorted.length; index += 1) {
    const path = sorted[index] ?? "";
    if (!path.startsWith(start)) return;
    yield path;
  }
}
