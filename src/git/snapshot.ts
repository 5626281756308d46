import type { Snapshot } from "../domain/fleet.ts";
import type { Oid, Path, Sha } from "../domain/scalars.ts";
import { OBJECT_LIMIT, type ObjectRead } from "./batch-parser.ts";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { readObjects } from "./read-blobs.ts";
import { tree } from "./tree.ts";
import { isRegular } from "./tree-entry.ts";

/**
 * A commit as the pure part sees it: every regular file listed, those that `load` names read. A file above 10 MiB reads as
 * `tooLarge()`, so that whoever bounds what it takes names it. Throws GitError where there is no such commit.
 */
export async function snapshot(place: GitPlace, commit: Sha, load: (path: Path) => boolean): Promise<Snapshot> {
  const oids = new Map<Path, Oid>();
  for await (const entry of tree(place, commit)) {
    if (isRegular(entry.mode)) oids.set(entry.path, entry.oid);
  }
  const wanted = [...oids].filter(([path]) => load(path));
  const contents = new Map<Path, Uint8Array>();
  let index = 0;
  for await (const read of readObjects(
    place,
    wanted.map(([, oid]) => oid),
  )) {
    const [path = ""] = wanted[index++] ?? [];
    contents.set(path, bytesOf(read, path));
  }
  return snapshotOf(commit, oids, contents);
}

/** A Snapshot of what is given; `oid` may be asked of files that were not loaded. */
export function snapshotOf(sha: Sha, oids: ReadonlyMap<Path, Oid>, contents: ReadonlyMap<Path, Uint8Array>): Snapshot {
  const paths = [...oids.keys()].sort();
  return {
    sha,
    oid: (path) => oids.get(path),
    list: (prefix) => below(paths, prefix),
    read(path) {
      const bytes = contents.get(path);
      if (bytes === undefined) throw new RangeError(`${path} was not loaded`);
      return bytes;
    },
  };
}

/** The bytes of an object that was listed. Throws GitError where it is missing: the repository is broken. */
export function bytesOf(read: ObjectRead, path: Path): Uint8Array {
  if (read.kind === "missing") throw new GitError("failed", `the repository lacks the content of ${path}`);
  return read.kind === "too-large" ? tooLarge() : read.bytes;
}

/** What a file above the limit reads as: one byte more than the limit, so that its size is what is found wrong with it. */
export function tooLarge(): Uint8Array {
  return new Uint8Array(OBJECT_LIMIT + 1);
}

/** The part of a sorted list below a folder; "" is all of it. */
export function* below(sorted: readonly Path[], folder: Path): Generator<Path> {
  const prefix = folder === "" ? "" : `${folder}/`;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < prefix) low = middle + 1;
    else high = middle;
  }
  for (let path = sorted[low]; path?.startsWith(prefix); path = sorted[low]) {
    yield path;
    low += 1;
  }
}
