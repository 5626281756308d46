import type { Instant, Sha } from "../../domain/values/scalars.ts";
import type { Person } from "../../git/bot.ts";
import { findCheckout } from "../../git/locks/worktrees.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import type { Repository } from "../../git/repository.ts";
import { openCommitLog } from "../../git/write/commit-log.ts";
import { createGroupedWriter, type Writer } from "../../git/write/grouped-writes.ts";
import type { RefUpdate } from "../../git/write/refs.ts";
import type { CommitDraft } from "../../git/write/write-commits.ts";
import { ForgeError } from "../forge.ts";
import { createIndexReader, type IndexReader, type PullRequestIndex, type StoredPull } from "./pull-index.ts";
import { headRef, metaRef } from "./pull-refs.ts";
import { commentPath, type PullFile, toJson } from "./stored-files.ts";

/** What every operation of the local forge needs. */
export interface LocalContext {
  readonly repository: Repository;
  readonly objects: ObjectReader;
  readonly write: Writer;
  readonly pulls: IndexReader;
  /** Records commits as RAOS's own; `write` does so by itself. */
  recordOwn(commits: readonly Sha[]): Promise<void>;
  /** A number that this process has not used yet for a pull request or an issue: one above the highest known. */
  nextNumber(): Promise<number>;
  now(): Instant;
}

/** Opens what the local forge of a repository needs. */
export function createLocalContext(repository: Repository, clock: () => Instant): LocalContext {
  const objects = repository.objects();
  const log = openCommitLog(repository.place);
  const pulls = createIndexReader(repository, objects, log);
  return {
    repository,
    objects,
    write: createGroupedWriter(repository.place, log.add),
    pulls,
    recordOwn: log.add,
    nextNumber: counter(() => pulls.readAll().then(({ numbers }) => numbers.at(-1) ?? 0)),
    now: clock,
  };
}

function counter(highest: () => Promise<number>): () => Promise<number> {
  let last: Promise<number> | undefined;
  return () => {
    const counted = (last ?? highest()).then((number) => number + 1);
    last = counted;
    // After a failed read the next call reads again.
    counted.catch(() => {
      if (last === counted) last = undefined;
    });
    return counted;
  };
}

/** Reads one pull request. Throws ForgeError "not-found". */
export async function findPull(
  context: LocalContext,
  number: number,
): Promise<{ readonly stored: StoredPull; readonly index: PullRequestIndex }> {
  const index = await context.pulls.readOne(number);
  const stored = index.pulls.find((pull) => pull.number === number);
  if (stored !== undefined) return { stored, index };
  throw new ForgeError(
    "not-found",
    index.numbers.length > 0 ? `pull request #${number} cannot be read` : `there is no pull request #${number}`,
  );
}

/** A new commit of a pull request's meta ref: its new state, and perhaps a comment. */
export interface PullEntry {
  readonly file: PullFile;
  readonly message: string;
  readonly by: Person;
  readonly comment?: string;
}

/** The commit of an entry, on top of the previous one. */
export function draftEntry(context: LocalContext, previous: Sha | undefined, entry: PullEntry): CommitDraft {
  const { comment, by } = entry;
  const at = context.now();
  const count = entry.file.comments + (comment === undefined ? 0 : 1);
  const said =
    comment === undefined ? [] : [{ path: commentPath(count), text: toJson({ author: by.name, body: comment, at }) }];
  return {
    parents: previous === undefined ? [] : [previous],
    files: [{ path: "pull.json", text: toJson({ ...entry.file, comments: count }) }, ...said],
    message: `${entry.message}\n`,
    author: by,
    at,
  };
}

/**
 * The ref updates that end a pull request: its last entry, its last head, and the deletion of the branch. A branch stays where
 * its commit is not `seen` any more, or where it is checked out: the HEAD of that folder would point at nothing.
 */
export async function refsOfEnding(
  context: LocalContext,
  stored: StoredPull,
  seen: Sha,
): Promise<(meta: Sha | undefined) => readonly RefUpdate[]> {
  const { number, file, tip, storedHead: written } = stored;
  const refs: RefUpdate[] = [];
  if (tip !== undefined && tip !== written) refs.push({ ref: headRef(number), old: written, new: tip });
  if (tip !== undefined && tip === seen && (await findCheckout(context.repository.place, file.branch)) === undefined) {
    refs.push({ ref: `refs/heads/${file.branch}`, old: tip, new: undefined });
  }
  return (meta) => [{ ref: metaRef(number), old: stored.meta, new: meta }, ...refs];
}
