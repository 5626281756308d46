import { setTimeout as sleep } from "node:timers/promises";
import type { Sha } from "../domain/scalars.ts";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { note } from "./journal.ts";
import { isOid, isRefName } from "./names.ts";
import { runGit } from "./run-git.ts";
import { lockedError, lockIn, releaseLocks } from "./stale-locks.ts";

/** A ref's change. `old` undefined: it must not be there yet. `new` undefined: it is deleted. */
export interface RefUpdate {
  readonly ref: string;
  readonly old: Sha | undefined;
  readonly new: Sha | undefined;
}

/**
 * Every ref below a prefix that ends in "/", such as `refs/heads/`, by name. Symbolic refs and refs of anything but
 * commits are left out.
 */
export async function refsBelow(place: GitPlace, ...prefixes: readonly string[]): Promise<ReadonlyMap<string, Sha>> {
  const format = "%(refname)%00%(objectname)%00%(objecttype)%00%(symref)";
  const { stdout } = await runGit(place, ["for-each-ref", `--format=${format}`, "--", ...prefixes]);
  const refs = new Map<string, Sha>();
  for (const line of stdout.toString("utf8").split("\n")) {
    const [ref = "", oid = "", type = "", symbolic = ""] = line.split("\0");
    if (type === "commit" && symbolic === "") refs.set(ref, oid);
  }
  return refs;
}

/** How often a transaction is tried again once the locks of a killed run are out of its way. */
const ATTEMPTS = 4;

/**
 * Changes all refs or none. Throws GitError "stale" where one does not hold what was expected, "conflict" where a ref of
 * that name cannot be beside those there are (`a` beside `a/b`), "refused" where a name is none, "unavailable" where
 * somebody else's lock is in the way. Git holds its locks from `prepare` to `commit`, which come to it in one write and
 * go through although this process, or its whole group, is killed meanwhile; locks that outlive the machine are
 * recognised by the journal and removed by the next run.
 */
export async function updateRefs(place: GitPlace, updates: readonly RefUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  assertUpdates(updates);
  await pastLeftLocks(place, () => transaction(place, updates));
}

/**
 * Does what changes refs, and does it again once the locks of a killed run are out of its way. `attempt` answers with
 * Git's words where the refs did not change. Throws what those words mean.
 */
export async function pastLeftLocks(place: GitPlace, attempt: () => Promise<string | undefined>): Promise<void> {
  for (let count = 1; ; count += 1) {
    const words = await attempt();
    if (words === undefined) return;
    const lock = lockIn(words);
    if (lock === undefined) throw refusal(words);
    const { removed, wait } = releaseLocks(place);
    if ((removed.length === 0 && wait === undefined) || count === ATTEMPTS) throw lockedError(lock);
    if (wait !== undefined) await sleep(wait);
  }
}

/** What Git says where the transaction did not go through. */
async function transaction(place: GitPlace, updates: readonly RefUpdate[]): Promise<string | undefined> {
  const noted = note(place, { refs: refsOf(updates) });
  try {
    const { code, stderr } = await runGit(place, ["update-ref", "--no-deref", "--stdin", "-z"], {
      input: transactionInput(updates),
      accept: [0, 1, 128],
      untilDone: true,
      started: noted.child,
    });
    noted.done();
    return code === 0 ? undefined : stderr;
  } catch (error) {
    // Killed, perhaps with its locks in its hands.
    noted.leave();
    releaseLocks(place);
    throw error;
  }
}

/** What `git update-ref --stdin -z` reads: all of it, or nothing is changed. */
export function transactionInput(updates: readonly RefUpdate[]): string {
  return `start\0${updates.map(command).join("")}prepare\0commit\0`;
}

/** The updates as the journal holds them. */
export function refsOf(updates: readonly RefUpdate[]): readonly { readonly ref: string; readonly new?: string }[] {
  return updates.map((update) => ({ ref: update.ref, ...(update.new === undefined ? {} : { new: update.new }) }));
}

/** Throws GitError "refused" where a name is none, or a value no id. */
export function assertUpdates(updates: readonly RefUpdate[]): void {
  for (const update of updates) assertUpdate(update);
}

function command(update: RefUpdate): string {
  if (update.new === undefined) return `delete ${update.ref}\0${update.old ?? ""}\0`;
  return update.old === undefined
    ? `create ${update.ref}\0${update.new}\0`
    : `update ${update.ref}\0${update.new}\0${update.old}\0`;
}

function assertUpdate(update: RefUpdate): void {
  if (!isRefName(update.ref))
    throw new GitError("refused", `${JSON.stringify(update.ref.slice(0, 256))} is no name that Git takes for a ref`);
  if (![update.old, update.new].every((oid) => oid === undefined || isOid(oid))) {
    throw new GitError("refused", "a ref points at a whole object id");
  }
}

function refusal(stderr: string): GitError {
  const words = stderr.trim().replace(/^fatal: /, "");
  if (/; cannot create '|cannot process .{0,1000} at the same time/.test(words)) return new GitError("conflict", words);
  if (/but expected|reference already exists|unable to resolve reference|reference is missing/.test(words))
    return new GitError("stale", words);
  return new GitError("failed", `git update-ref failed: ${words}`);
}
