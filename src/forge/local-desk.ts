import type { Instant, Sha } from "../domain/scalars.ts";
import type { Person } from "../git/bot.ts";
import { openCommitLog } from "../git/commit-log.ts";
import { groupedWriter, type Writer } from "../git/grouped-writes.ts";
import type { ObjectReader } from "../git/object-reader.ts";
import type { RefUpdate } from "../git/refs.ts";
import type { Repository } from "../git/repository.ts";
import { checkedOutAt } from "../git/worktrees.ts";
import type { CommitDraft } from "../git/write-commits.ts";
import { ForgeError } from "./forge.ts";
import { commentPath, type PullFile, toJson } from "./local-pull-file.ts";
import { headRef, metaRef, type Shelf, type Shelves, type StoredPull, shelfReader } from "./local-shelf.ts";

/** What every operation of the local forge works with. */
export interface Desk {
  readonly repository: Repository;
  readonly objects: ObjectReader;
  readonly write: Writer;
  readonly shelves: Shelves;
  /** The next number that no pull request and no issue of this process was given: counted up from the highest there is. */
  nextNumber(): Promise<number>;
  now(): Instant;
}

export function openDesk(repository: Repository, clock: () => Instant): Desk {
  const objects = repository.objects();
  const log = openCommitLog(repository.place);
  const shelves = shelfReader(repository, objects, log);
  return {
    repository,
    objects,
    write: groupedWriter(repository.place, log.add),
    shelves,
    nextNumber: counter(() => shelves.every().then(({ numbers }) => numbers.at(-1) ?? 0)),
    now: clock,
  };
}

function counter(highest: () => Promise<number>): () => Promise<number> {
  let last: Promise<number> | undefined;
  return () => {
    const counted = (last ?? highest()).then((number) => number + 1);
    last = counted;
    // What could not be read this time may be read next time.
    counted.catch(() => {
      if (last === counted) last = undefined;
    });
    return counted;
  };
}

/** One pull request. Throws ForgeError "not-found". */
export async function find(
  desk: Desk,
  number: number,
): Promise<{ readonly stored: StoredPull; readonly shelf: Shelf }> {
  const shelf = await desk.shelves.one(number);
  const stored = shelf.pulls.find((pull) => pull.number === number);
  if (stored !== undefined) return { stored, shelf };
  throw new ForgeError(
    "not-found",
    shelf.numbers.length > 0 ? `pull request #${number} cannot be read` : `there is no pull request #${number}`,
  );
}

/** A new entry of a pull request's chain: what it is now, and perhaps what somebody said. */
export interface Entry {
  readonly file: PullFile;
  readonly message: string;
  readonly by: Person;
  readonly comment?: string;
}

export function metaDraft(desk: Desk, previous: Sha | undefined, entry: Entry): CommitDraft {
  const { comment, by } = entry;
  const at = desk.now();
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
 * The refs that end a pull request, given its last entry: the head it ended with, and no branch any more. A branch that
 * moved away from `seen` stays, and so does one that somebody has checked out: their folder would have no history.
 */
export async function endingRefs(
  desk: Desk,
  stored: StoredPull,
  seen: Sha,
): Promise<(meta: Sha | undefined) => readonly RefUpdate[]> {
  const { number, file, tip, written } = stored;
  const refs: RefUpdate[] = [];
  if (tip !== undefined && tip !== written) refs.push({ ref: headRef(number), old: written, new: tip });
  if (tip !== undefined && tip === seen && (await checkedOutAt(desk.repository.place, file.branch)) === undefined) {
    refs.push({ ref: `refs/heads/${file.branch}`, old: tip, new: undefined });
  }
  return (meta) => [{ ref: metaRef(number), old: stored.meta, new: meta }, ...refs];
}
