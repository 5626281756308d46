import type { Oid, Path, Sha } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";
import type { GitPlace } from "../git-place.ts";
import { isOid, isTreePath } from "../names.ts";
import { nulRecords, splitNul } from "../nul-records.ts";
import { runGit } from "../run-git.ts";
import { streamGit } from "../stream-git.ts";
import { type ObjectReader, openObjectReader } from "./object-reader.ts";
import type { TreeEntry } from "./tree-entry.ts";

/**
 * Every file, symbolic link and submodule below a folder of a commit ("" is the root), in Git's order, as a stream. None
 * where there is no such folder. Throws GitError where there is no such commit.
 */
export async function* listTree(place: GitPlace, commit: Sha, folder: Path = ""): AsyncGenerator<TreeEntry> {
  const below = folder === "" ? [] : [`${folder}/`];
  if (folder !== "" && !isTreePath(folder)) return;
  const args = ["ls-tree", "-r", "-z", "--full-tree", commitName(commit), "--", ...below];
  for await (const record of nulRecords(streamGit(place, args))) yield entryOf(record);
}

/**
 * Every folder below a folder of a commit, at most `depth` levels down, level by level; deeper ones are not read. None where
 * there is no such folder.
 */
export async function* listFolders(
  place: GitPlace,
  commit: Sha,
  folder: Path,
  depth: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<TreeEntry> {
  const reader = openObjectReader(place);
  try {
    let level: readonly Path[] = [folder];
    for (let down = 0; down < depth && level.length > 0; down += 1) {
      const next: Path[] = [];
      for await (const entry of foldersIn(reader, commit, level)) {
        yield entry;
        next.push(entry.path);
      }
      level = next;
    }
  } finally {
    await reader.close();
  }
}

async function* foldersIn(reader: ObjectReader, commit: Sha, parents: readonly Path[]): AsyncGenerator<TreeEntry> {
  for (const parent of parents) {
    const entries = (await reader.list(commit, parent)) ?? [];
    yield* entries.filter((entry) => entry.mode === "040000");
  }
}

/** Most bytes of paths in one command line, well below what every system takes. */
const ARGUMENTS = 96 * 1024;

/**
 * What a commit holds at these paths; one that ends in "/" is a folder and means every file below it. Paths that do
 * not exist are left out. In Git's order within each group of a few hundred paths.
 */
export async function listEntries(place: GitPlace, commit: Sha, paths: readonly Path[]): Promise<readonly TreeEntry[]> {
  const found: TreeEntry[] = [];
  const legal = paths.filter((path) => isTreePath(path.endsWith("/") ? path.slice(0, -1) : path));
  for (const group of groups([...new Set(legal)])) {
    const files = new Set(group.filter((path) => !path.endsWith("/")));
    const folders = group.filter((path) => path.endsWith("/"));
    const { stdout } = await runGit(place, ["ls-tree", "-r", "-z", "--full-tree", commitName(commit), "--", ...group]);
    // A path that is a folder in this commit would be listed as a folder.
    const wanted = (path: Path) => files.has(path) || folders.some((folder) => path.startsWith(folder));
    found.push(
      ...splitNul(stdout)
        .map(entryOf)
        .filter((entry) => wanted(entry.path)),
    );
  }
  return found;
}

/** A path that differs between two commits. */
export interface TreeChange {
  readonly path: Path;
  readonly before: Oid | undefined;
  readonly after: Oid | undefined;
  /** The mode after the change; the mode before it where the path was removed. */
  readonly mode: string;
  /** The mode before the change; `000000` where there was no entry. */
  readonly oldMode: string;
}

/** The changes between two commits, in Git's order, a rename as two; undefined where the repository lacks one of them. */
export async function diffTree(place: GitPlace, before: Sha, after: Sha): Promise<readonly TreeChange[] | undefined> {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--full-index", commitName(before), commitName(after), "--"];
  const { code, stdout } = await runGit(place, args, { accept: [0, 128] });
  if (code !== 0) return undefined;
  const words = splitNul(stdout);
  const changes: TreeChange[] = [];
  for (let index = 0; index + 1 < words.length; index += 2) {
    const [oldMode = "", mode = "", oldOid = "", oid = ""] = (words[index] ?? "").slice(1).split(" ");
    const gone = mode === "000000";
    changes.push({
      path: words[index + 1] ?? "",
      before: oldMode === "000000" ? undefined : oldOid,
      after: gone ? undefined : oid,
      mode: gone ? oldMode : mode,
      oldMode,
    });
  }
  return changes;
}

/** A commit's id, checked for use in a command line. Throws GitError where it is not a complete id. */
export function commitName(commit: Sha): string {
  if (!isOid(commit)) throw new GitError("refused", "not the complete id of a commit");
  return commit;
}

function* groups(paths: readonly Path[]): Generator<readonly Path[]> {
  let group: Path[] = [];
  let size = 0;
  for (const path of paths) {
    size += Buffer.byteLength(path) + 1;
    if (size > ARGUMENTS) {
      yield group;
      group = [];
      size = Buffer.byteLength(path) + 1;
    }
    group.push(path);
  }
  if (group.length > 0) yield group;
}

/** `<mode> <type> <oid>\t<path>` */
function entryOf(record: string): TreeEntry {
  const tab = record.indexOf("\t");
  const [mode = "", , oid = ""] = record.slice(0, tab).split(" ");
  return { mode, oid, path: record.slice(tab + 1) };
}
