import { randomUUID } from "node:crypto";
import type { Instant, Oid, Path, Sha } from "../../domain/values/scalars.ts";
import type { Person } from "../bot.ts";
import type { GitPlace } from "../git-place.ts";
import { nulRecords } from "../nul-records.ts";
import { type CommitObject, readCommitObject } from "../objects/commit-object.ts";
import type { ObjectReader } from "../objects/object-reader.ts";
import { commitName } from "../objects/tree.ts";
import { streamGit } from "../stream-git.ts";

/** A change of a file or folder as it reached the default branch: a commit there, or the merge of a branch into it. */
export interface BranchChange {
  readonly sha: Sha;
  /** When it reached the branch: the commit's or the merge's own time, not that of the merged commits. */
  readonly at: Instant;
  /** The changes of one read are numbered from the newest, 0, to older ones. */
  readonly order: number;
  /** The first line of the commit's message, at most 200 characters. */
  readonly subject: string;
  readonly author: Person;
  readonly parents: readonly Sha[];
}

/** A file as one change left it. */
export interface Version extends Pick<BranchChange, "sha" | "at" | "order" | "subject"> {
  /** Who wrote it; of a merge: who wrote the last commit of the merged branch. */
  readonly author: Person;
  /** Undefined where the change deleted the file. */
  readonly oid: Oid | undefined;
  readonly bytes: Uint8Array | undefined;
}

/** The last changes of some paths. */
export interface History {
  /** The changes of a file, or of what is below a folder (its path ends in "/"), newest first, at most 20. */
  changesOf(path: Path): readonly BranchChange[];
}

/** Most changes of one path. */
const MOST = 20;
/** Of the changes of a path that are older than this only the newest is looked for. Milliseconds: 35 days. */
const OLD = 35 * 86_400_000;

/**
 * Reads when some files, and folders (ending in "/"), changed on the default branch: its own commits and its merges (first
 * parents), at most so many changes of each, with one Git process for all paths. Throws GitError where there is no such commit.
 */
export async function readHistory(place: GitPlace, commit: Sha, paths: readonly Path[], most = MOST): Promise<History> {
  const changes = new Map<Path, BranchChange[]>(paths.map((path) => [path, []]));
  const mark = `${randomUUID()} `;
  const format = `${mark}${CHANGE_FORMAT}`;
  const args = ["log", "--first-parent", "--diff-merges=first-parent", "--name-only", "-z", "--no-renames"];
  const end = ["--end-of-options", commitName(commit), "--"];
  // Git compares each path with each pattern; of many it is quicker to read all names.
  const limited = paths.length > MANY ? [] : paths;
  let newest: Instant | undefined;
  let current: BranchChange | undefined;
  let order = 0;
  for await (const record of nulRecords(streamGit(place, [...args, `--format=${format}`, ...end, ...limited]))) {
    if (record.startsWith(mark)) {
      current = changeIn(record.slice(mark.length), order);
      order += 1;
      newest ??= current.at;
      if (isEnough(changes, newest - OLD, most)) break;
      continue;
    }
    if (current === undefined) continue;
    // The first path of a commit comes after a line end.
    for (const path of selfAndFolders(record.replace(/^\n/, ""))) addChange(changes.get(path), current, most);
  }
  return { changesOf: (path) => changes.get(path) ?? [] };
}

const MANY = 64;

/** Whether each path has as many changes as are wanted, or one that is older than a moment. */
function isEnough(changes: ReadonlyMap<Path, readonly BranchChange[]>, old: Instant, most: number): boolean {
  return changes.values().every((one) => one.length >= most || (one.at(-1)?.at ?? Number.POSITIVE_INFINITY) < old);
}

function addChange(list: BranchChange[] | undefined, change: BranchChange, most: number): void {
  if (list !== undefined && list.length < most && list.at(-1) !== change) list.push(change);
}

/** What `changeIn` reads, as `git log` prints it. */
export const CHANGE_FORMAT = "%H %ct %P%x1f%ae%x1f%an%x1f%s";

/** A commit as `git log` printed it by `CHANGE_FORMAT`. */
export function changeIn(header: string, order: number): BranchChange {
  const [ids = "", email = "", name = "", ...subject] = header.split("\x1f");
  const [sha = "", seconds = "", ...parents] = ids.trim().split(" ");
  const at = Number(seconds) * 1000;
  return { sha, at, order, parents, author: { name, email }, subject: subject.join(" ").slice(0, 200) };
}

/** A path, and every folder that it is in, with a "/" at its end. */
function* selfAndFolders(path: Path): Generator<Path> {
  yield path;
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) yield path.slice(0, end + 1);
}

/** The versions of a file that some of its changes left, in their order. Throws GitError. */
export async function readVersions(
  objects: ObjectReader,
  path: Path,
  changes: readonly BranchChange[],
): Promise<readonly Version[]> {
  return Promise.all(
    changes.map(async ({ parents, ...change }) => {
      const [read, author] = await Promise.all([objects.at(change.sha, path), mergedAuthor(objects, parents)]);
      const blob = read.kind === "object" && read.type === "blob" ? read : undefined;
      const { sha, at, order, subject } = change;
      return { sha, at, order, subject, author: author ?? change.author, oid: blob?.oid, bytes: blob?.bytes };
    }),
  );
}

/** The author of the last commit of the branch that a merge brought; undefined for a commit that is no merge. */
async function mergedAuthor(objects: ObjectReader, [, merged]: readonly Sha[]): Promise<Person | undefined> {
  const commit = merged === undefined ? undefined : await readCommitObject(objects, merged);
  return commit === undefined ? undefined : authorOf(commit);
}

/** Who wrote a commit. */
export function authorOf({ header }: CommitObject): Person {
  const [name = "", rest = ""] = (header("author")[0] ?? "").split(" <", 2);
  return { name, email: rest.split(">", 1)[0] ?? "" };
}
