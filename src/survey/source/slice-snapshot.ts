import type { Snapshot } from "../../domain/fleet.ts";
import type { Oid, Path, Sha } from "../../domain/values/scalars.ts";
import { pathsBelow } from "../../git/objects/listing.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import { isRegular, type TreeEntry } from "../../git/objects/tree-entry.ts";
import { specBytesOf } from "./git-bytes.ts";

/**
 * Reads the part of a commit that a plan needs: these files, with their contents; a path that ends in "/" means every file
 * below it. Symbolic links and submodules are left out. Throws GitError where the commit cannot be read.
 */
export async function readSlice(objects: ObjectReader, sha: Sha, paths: readonly Path[]): Promise<Snapshot> {
  const listings = new Map<Path, Promise<readonly TreeEntry[]>>();
  const list = (folder: Path): Promise<readonly TreeEntry[]> => {
    const known = listings.get(folder);
    if (known !== undefined) return known;
    const listing = objects.list(sha, folder).then((entries) => entries ?? []);
    listings.set(folder, listing);
    return listing;
  };
  const allBelow = async (folder: Path): Promise<readonly TreeEntry[]> => {
    const entries = await list(folder);
    const deeper = await Promise.all(
      entries.filter((entry) => entry.mode === "040000").map((entry) => allBelow(entry.path)),
    );
    return [...entries, ...deeper.flat()];
  };
  const at = async (path: Path): Promise<readonly TreeEntry[]> => {
    const entries = await list(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    return entries.filter((entry) => entry.path === path);
  };
  const found = await Promise.all(paths.map((path) => (path.endsWith("/") ? allBelow(path.slice(0, -1)) : at(path))));
  const files = found.flat().filter((entry) => isRegular(entry.mode));
  const load = async ({ path, oid }: TreeEntry) => ({ path, oid, bytes: specBytesOf(await objects.object(oid)) });
  return snapshotOfFiles(sha, await Promise.all(files.map(load)));
}

/** A Snapshot of files in memory. Its `read` throws RangeError for any other path. */
export function snapshotOfFiles(
  sha: Sha,
  files: readonly { readonly path: Path; readonly oid: Oid; readonly bytes: Uint8Array }[],
): Snapshot {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const sorted = [...byPath.keys()].sort();
  return {
    sha,
    oid: (path) => byPath.get(path)?.oid,
    list: (prefix) => pathsBelow(sorted, prefix),
    read(path) {
      const file = byPath.get(path);
      if (file === undefined) throw new RangeError(`${path} was not loaded`);
      return file.bytes;
    },
  };
}
