import type { Path } from "../../domain/values/scalars.ts";
import type { ObjectReader } from "./object-reader.ts";

/** Paths of a repository as they are seen from one of its folders; "" is the top, and changes nothing. */
export interface FolderPaths {
  /** The path in the repository of a path below the folder. */
  outer(path: Path): Path;
  /** The path below the folder; undefined for a path outside. */
  inner(path: Path): Path | undefined;
}

export function folderPaths(folder: Path): FolderPaths {
  if (folder === "") return { outer: (path) => path, inner: (path) => path };
  const top = `${folder}/`;
  return {
    outer: (path) => (path === "" ? folder : `${top}${path}`),
    inner: (path) => (path.startsWith(top) ? path.slice(top.length) : undefined),
  };
}

/** A reader for which a folder is the top of each commit. Closing it closes the other one. */
export function readerBelow(objects: ObjectReader, folder: Path): ObjectReader {
  if (folder === "") return objects;
  const { outer, inner } = folderPaths(folder);
  return {
    ...objects,
    at: (commit, path) => objects.at(commit, outer(path)),
    async list(commit, path) {
      const entries = await objects.list(commit, outer(path));
      return entries?.flatMap((entry) => {
        const below = inner(entry.path);
        return below === undefined ? [] : [{ ...entry, path: below }];
      });
    },
  };
}
