import type { Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../git-place.ts";
import type { CommitLog } from "./commit-log.ts";
import { type RefUpdate, updateRefs } from "./refs.ts";
import { type CommitDraft, writeCommits } from "./write-commits.ts";

/** Commits, and the refs that point at them: all of these refs change, or none. */
export interface Write {
  readonly drafts: readonly CommitDraft[];
  /** Given the ids of the drafts' commits, in their order. */
  readonly refs: (commits: readonly Sha[]) => readonly RefUpdate[];
}

/** Resolves to the ids of the commits once the refs have changed. Throws as `writeCommits` and `updateRefs` do. */
export type Writer = (write: Write) => Promise<readonly Sha[]>;

interface Waiting {
  readonly write: Write;
  readonly resolve: (commits: readonly Sha[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Most writes that share one `fast-import` and one transaction. */
const GROUP = 1000;

/**
 * Writes one group after the other; writes that come meanwhile form the next group, so that a thousand concurrent writes
 * need a few processes. Where a group fails, its writes are tried one by one, and only those at fault fail. `logCommits` is
 * called before any ref points at the commits.
 */
export function createGroupedWriter(place: GitPlace, logCommits: CommitLog["add"] = async () => {}): Writer {
  const queue: Waiting[] = [];
  let running = false;
  async function run(): Promise<void> {
    running = true;
    // Writes of the same turn of the event loop join the group.
    await Promise.resolve();
    while (queue.length > 0) await settle(place, logCommits, queue.splice(0, GROUP));
    running = false;
  }
  return (write) =>
    new Promise((resolve, reject) => {
      queue.push({ write, resolve, reject });
      if (!running) void run();
    });
}

async function settle(place: GitPlace, logCommits: CommitLog["add"], group: readonly Waiting[]): Promise<void> {
  try {
    const all = await writeTogether(
      place,
      logCommits,
      group.map((waiting) => waiting.write),
    );
    group.forEach((waiting, index) => {
      waiting.resolve(all[index] ?? []);
    });
  } catch (error) {
    const [first, ...others] = group;
    if (others.length === 0) first?.reject(error);
    else for (const waiting of group) await settle(place, logCommits, [waiting]);
  }
}

async function writeTogether(
  place: GitPlace,
  logCommits: CommitLog["add"],
  writes: readonly Write[],
): Promise<readonly (readonly Sha[])[]> {
  const commits = await writeCommits(
    place,
    writes.flatMap((write) => write.drafts),
  );
  await logCommits(commits);
  let start = 0;
  const shares = writes.map((write) => {
    start += write.drafts.length;
    return commits.slice(start - write.drafts.length, start);
  });
  await updateRefs(
    place,
    writes.flatMap((write, index) => write.refs(shares[index] ?? [])),
  );
  return shares;
}
