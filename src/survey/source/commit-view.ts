import type { Snapshot } from "../../domain/fleet.ts";
import type { Path, Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../../git/git-place.ts";
import { type Addition, type Deletion, readAddition, readDeletion } from "../../git/history/file-life.ts";
import { type BranchChange, type History, readHistory, readVersions, type Version } from "../../git/history/history.ts";
import { commitsLackedBy } from "../../git/history/lacked-commits.ts";
import { type LastChanges, readLastChanges } from "../../git/history/last-changes.ts";
import { folderPaths, readerBelow } from "../../git/objects/folder-paths.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import { diffTree, listTree, type TreeChange } from "../../git/objects/tree.ts";
import { isRegular } from "../../git/objects/tree-entry.ts";
import { mergeTree } from "../../git/write/merge-tree.ts";
import { folderSource } from "./folder-source.ts";
import { gitSource } from "./git-source.ts";
import { readSlice } from "./slice-snapshot.ts";
import type { SurveySource } from "./source.ts";

/** One commit of a repository: everything that one pass reads of it. */
export interface CommitView {
  readonly sha: Sha;
  readonly source: SurveySource;
  /** Reads these files; a path that ends in "/" means every file below it. */
  slice(paths: readonly Path[]): Promise<Snapshot>;
  /** The first paths of regular files, at most so many. */
  paths(most: number): Promise<readonly Path[]>;
  /** The files of this name in any folder but the top; reads the whole tree. */
  named(name: string): Promise<readonly Path[]>;
  /** When these paths were last changed, from one read of the history; undefined for a working folder. */
  lastChanges(paths: readonly Path[]): Promise<LastChanges | undefined>;
  /**
   * When these files, and folders (ending in "/"), changed on the default branch; nothing for a working folder. One read of
   * the history serves every later question about the same paths.
   */
  history(paths: readonly Path[]): Promise<History>;
  /** The last change of each of these files and folders (ending in "/") on the default branch; nothing for a working folder. */
  newestChanges(paths: readonly Path[]): Promise<ReadonlyMap<Path, BranchChange>>;
  /** How a file came to the default branch; undefined where none of its commits added it, or this is a working folder. */
  additionOf(path: Path): Promise<Addition | undefined>;
  /** What a file held before it was deleted; undefined where none of its commits deleted it, or this is a working folder. */
  deletionOf(path: Path): Promise<Deletion | undefined>;
  /**
   * The commits up to this one that another commit does not have among its ancestors; undefined where the repository does not have
   * it, or this is a working folder.
   */
  lackedBy(other: Sha): Promise<ReadonlySet<Sha> | undefined>;
  /** The versions of a file that a history names, newest first; none for a working folder. */
  versions(path: Path, history: History): Promise<readonly Version[]>;
  /**
   * What merging this commit into another would change there; undefined where they do not merge cleanly, or this is a
   * working folder.
   */
  changesOfMerging(into: Sha): Promise<readonly TreeChange[] | undefined>;
}

/**
 * A commit of a repository, as seen from a folder of it: every path is below that folder. What a merge changes outside is named
 * by a path that starts with "../", since nothing may be merged as if it were not there.
 */
export function gitView(place: GitPlace, all: ObjectReader, sha: Sha, folder: Path = ""): CommitView {
  const { outer, inner } = folderPaths(folder);
  const objects = readerBelow(all, folder);
  const history = rememberHistories(async (paths) => {
    const read = await readHistory(place, sha, paths.map(outer));
    return { changesOf: (path) => read.changesOf(outer(path)) };
  });
  async function* files(): AsyncGenerator<Path> {
    for await (const { mode, path } of listTree(place, sha, folder)) {
      const own = isRegular(mode) ? inner(path) : undefined;
      if (own !== undefined) yield own;
    }
  }
  return {
    sha,
    source: gitSource(place, objects, sha, folder),
    slice: (paths) => readSlice(objects, sha, paths),
    async paths(most) {
      const found: Path[] = [];
      for await (const path of files()) {
        found.push(path);
        if (found.length >= most) break;
      }
      return found;
    },
    async named(name) {
      const found: Path[] = [];
      for await (const path of files()) if (path.endsWith(`/${name}`)) found.push(path);
      return found;
    },
    async lastChanges(paths) {
      const read = await readLastChanges(place, sha, paths.map(outer));
      return { isAfter: (these, others) => read.isAfter(these.map(outer), others.map(outer)) };
    },
    history,
    async newestChanges(paths) {
      const read = await readHistory(place, sha, paths.map(outer), 1);
      return new Map(
        paths.flatMap((path) => {
          const [change] = read.changesOf(outer(path));
          return change === undefined ? [] : [[path, change] as const];
        }),
      );
    },
    additionOf: (path) => readAddition(place, all, sha, outer(path)),
    deletionOf: (path) => readDeletion(place, all, sha, outer(path)),
    lackedBy: (other) => commitsLackedBy(place, sha, other),
    versions: (path, read) => readVersions(objects, path, read.changesOf(path)),
    async changesOfMerging(into) {
      const merged = await mergeTree(place, into, sha);
      const changes = merged.kind === "clean" ? await diffTree(place, into, merged.tree) : undefined;
      return changes?.map((change) => ({ ...change, path: inner(change.path) ?? `../${change.path}` }));
    },
  };
}

/** The files of a working folder, committed or not. It has no history, so each agent is a unit of its own. */
export function folderView(snapshot: Snapshot): CommitView {
  return {
    sha: snapshot.sha,
    source: folderSource(snapshot),
    slice: async () => snapshot,
    paths: async (most) => [...snapshot.list("")].slice(0, most),
    named: async (name) => [...snapshot.list("")].filter((path) => path.endsWith(`/${name}`)),
    lastChanges: async () => undefined,
    history: async () => ({ changesOf: () => [] }),
    newestChanges: async () => new Map(),
    additionOf: async () => undefined,
    deletionOf: async () => undefined,
    lackedBy: async () => undefined,
    versions: async () => [],
    changesOfMerging: async () => undefined,
  };
}

/** A reader that answers from an earlier read where that holds every path. */
function rememberHistories(read: (paths: readonly Path[]) => Promise<History>): CommitView["history"] {
  const known: { readonly paths: ReadonlySet<Path>; readonly history: Promise<History> }[] = [];
  return (paths) => {
    const found = known.find((one) => paths.every((path) => one.paths.has(path)));
    if (found !== undefined) return found.history;
    const history = read(paths);
    known.push({ paths: new Set(paths), history });
    return history;
  };
}
