import type { Snapshot } from "../domain/fleet.ts";
import type { Path, Sha } from "../domain/scalars.ts";
import type { GitPlace } from "../git/git-place.ts";
import { mergeTree } from "../git/merge-tree.ts";
import type { ObjectReader } from "../git/object-reader.ts";
import { type Touches, touches } from "../git/touched.ts";
import { diffTree, type TreeChange } from "../git/tree.ts";
import { type Version, versions } from "../git/versions.ts";
import { folderSource } from "./folder-source.ts";
import { gitSource } from "./git-source.ts";
import { sliceSnapshot } from "./slice-snapshot.ts";
import type { SurveySource } from "./source.ts";

/** One look at a repository: everything that one pass reads of it, at one commit. */
export interface View {
  readonly sha: Sha;
  readonly source: SurveySource;
  /** These files, loaded; a path that ends in "/" stands for every file below it. */
  slice(paths: readonly Path[]): Promise<Snapshot>;
  /** When these paths were last changed, from one walk through the history; nothing for a working folder. */
  touches(paths: readonly Path[]): Promise<Touches | undefined>;
  /** The versions of one file, newest first, at most `most`; none for a working folder. */
  versions(path: Path, most: number): Promise<readonly Version[]>;
  /**
   * What merging this commit into another would change there; undefined where they do not merge cleanly, or this is a
   * working folder.
   */
  changesOfMerging(into: Sha): Promise<readonly TreeChange[] | undefined>;
}

/** A commit of a repository. */
export function gitView(place: GitPlace, objects: ObjectReader, sha: Sha): View {
  return {
    sha,
    source: gitSource(place, objects, sha),
    slice: (paths) => sliceSnapshot(objects, sha, paths),
    touches: (paths) => touches(place, sha, paths),
    versions: (path, most) => versions(place, objects, sha, path, most),
    async changesOfMerging(into) {
      const merged = await mergeTree(place, into, sha);
      return merged.kind === "clean" ? diffTree(place, into, merged.tree) : undefined;
    },
  };
}

/** The files of a working folder, committed or not. What was changed last is not known there: each agent stands alone. */
export function folderView(snapshot: Snapshot): View {
  return {
    sha: snapshot.sha,
    source: folderSource(snapshot),
    slice: async () => snapshot,
    touches: async () => undefined,
    versions: async () => [],
    changesOfMerging: async () => undefined,
  };
}
