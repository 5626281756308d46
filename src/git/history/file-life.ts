import { readRequestedBy } from "../../domain/request/requested-by.ts";
import type { Path, Sha } from "../../domain/values/scalars.ts";
import type { Person } from "../bot.ts";
import type { GitPlace } from "../git-place.ts";
import { nulRecords } from "../nul-records.ts";
import { readCommitObject } from "../objects/commit-object.ts";
import type { ObjectReader } from "../objects/object-reader.ts";
import { commitName } from "../objects/tree.ts";
import { streamGit } from "../stream-git.ts";
import { authorOf, type BranchChange, CHANGE_FORMAT, changeIn } from "./history.ts";

/** How a file came to the default branch. */
export interface Addition {
  readonly sha: Sha;
  /** Who wrote it; of a merge: who wrote the last commit of the merged branch. A name proves nothing. */
  readonly author: Person;
  /** Who asked for it, as the message of that commit says, which proves nothing; undefined where it does not say. */
  readonly requestedBy: string | undefined;
}

/** What a file held before it was deleted from the default branch. */
export interface Deletion {
  readonly sha: Sha;
  readonly bytes: Uint8Array;
}

/** Reads the last commit, or merge, of the default branch that added a file; undefined where none did. Throws GitError. */
export async function readAddition(
  place: GitPlace,
  objects: ObjectReader,
  commit: Sha,
  path: Path,
): Promise<Addition | undefined> {
  const change = await lastChange(place, commit, path, "A");
  if (change === undefined) return undefined;
  const [, merged = change.sha] = change.parents;
  const written = await readCommitObject(objects, merged);
  const author = written === undefined ? change.author : authorOf(written);
  return { sha: change.sha, author, requestedBy: readRequestedBy(written?.message ?? "") };
}

/**
 * Reads the last commit, or merge, of the default branch that deleted a file, and what the file held; undefined where none did. Reads
 * the whole history for a file that there never was. Throws GitError.
 */
export async function readDeletion(
  place: GitPlace,
  objects: ObjectReader,
  commit: Sha,
  path: Path,
): Promise<Deletion | undefined> {
  const change = await lastChange(place, commit, path, "D");
  const [parent] = change?.parents ?? [];
  if (change === undefined || parent === undefined) return undefined;
  const read = await objects.at(parent, path);
  return read.kind === "object" && read.type === "blob" ? { sha: change.sha, bytes: read.bytes } : undefined;
}

async function lastChange(
  place: GitPlace,
  commit: Sha,
  path: Path,
  filter: "A" | "D",
): Promise<BranchChange | undefined> {
  const how = ["--first-parent", "--diff-merges=first-parent", `--diff-filter=${filter}`, "--no-renames", "-1", "-z"];
  const end = ["--end-of-options", commitName(commit), "--", path];
  for await (const record of nulRecords(streamGit(place, ["log", ...how, `--format=${CHANGE_FORMAT}`, ...end])))
    return changeIn(record, 0);
  return undefined;
}
