import { setTimeout as sleep } from "node:timers/promises";
import type { Sha } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";
import type { GitPlace } from "../git-place.ts";
import { openEntry } from "../locks/journal.ts";
import { lockedError, lockNamedIn, releaseLocks } from "../locks/stale-locks.ts";
import { isOid, isRefName } from "../names.ts";
import { runGit } from "../run-git.ts";

/** A change of a ref. `old` undefined: it must not exist yet. `new` undefined: it is deleted. */
export interface RefUpdate {
  readonly ref: string;
  readonly old: Sha | undefined;
  readonly new: Sha | undefined;
}

/**
 * Every ref below a prefix that ends in "/", such as `refs/heads/`, by name. Symbolic refs, and refs that do not
 * point at a commit, are left out.
 */
export async function listRefs(place: GitPlace, ...prefixes: readonly string[]): Promise<ReadonlyMap<string, Sha>> {
  const format = "%(refname)%00%(objectname)%00%(objecttype)%00%(symref)";
  const { stdout } = await runGit(place, ["for-each-ref", `--format=${format}`, "--", ...prefixes]);
  const refs = new Map<string, Sha>();
  for (const line of stdout.toString("utf8").split("\n")) {
    const [ref = "", oid = "", type = "", symbolic = ""] = line.split("\0");
    if (type === "commit" && symbolic === "") refs.set(ref, oid);
  }
  return refs;
}

/** Attempts of a transaction after the locks of a killed run were removed. */
const ATTEMPTS = 4;

/**
 * Changes all refs or none. Throws GitError "stale" where a ref does not have its old value, "conflict" where a ref of
 * that name cannot exist (`a` beside `a/b`), "refused" where a name is not legal, "unavailable" where another program's lock
 * is in the way. Git gets `prepare` and `commit` in one write, and holds its locks between them. It finishes even if this
 * process, or its whole group, is killed meanwhile. The journal names locks left by a power failure, and the next run removes
 * them.
 */
export async function updateRefs(place: GitPlace, updates: readonly RefUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  assertUpdates(updates);
  await retryPastLeftLocks(place, () => transaction(place, updates));
}

/**
 * Runs `attempt`, which changes refs; removes locks that a killed run left, and runs it again. `attempt` returns Git's message
 * where the refs did not change; then it throws the GitError for that message.
 */
export async function retryPastLeftLocks(place: GitPlace, attempt: () => Promise<string | undefined>): Promise<void> {
  for (let count = 1; ; count += 1) {
    const words = await attempt();
    if (words === undefined) return;
    const lock = lockNamedIn(words);
    if (lock === undefined) throw refusalOf(words);
    const { removed, wait } = releaseLocks(place);
    if ((removed.length === 0 && wait === undefined) || count === ATTEMPTS) throw lockedError(lock);
    if (wait !== undefined) await sleep(wait);
  }
}

/** Runs the transaction once. Returns Git's message where it failed. */
async function transaction(place: GitPlace, updates: readonly RefUpdate[]): Promise<string | undefined> {
  const noted = openEntry(place, { refs: refsOf(updates) });
  try {
    const { code, stderr } = await runGit(place, ["update-ref", "--no-deref", "--stdin", "-z"], {
      input: transactionInput(updates),
      accept: [0, 1, 128],
      ignoreDeadline: true,
      started: noted.recordChild,
    });
    noted.remove();
    return code === 0 ? undefined : stderr;
  } catch (error) {
    // Git was killed, perhaps while it held locks.
    noted.abandon();
    releaseLocks(place);
    throw error;
  }
}

/** The input of `git update-ref --stdin -z`: one transaction. */
export function transactionInput(updates: readonly RefUpdate[]): string {
  return `start\0${updates.map(command).join("")}prepare\0commit\0`;
}

/** The updates, as they are written into the journal. */
export function refsOf(updates: readonly RefUpdate[]): readonly { readonly ref: string; readonly new?: string }[] {
  return updates.map((update) => ({ ref: update.ref, ...(update.new === undefined ? {} : { new: update.new }) }));
}

/** Throws GitError "refused" where a name or an id is not legal. */
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
    throw new GitError("refused", `${JSON.stringify(update.ref.slice(0, 256))} is not a legal name of a ref`);
  if (![update.old, update.new].every((oid) => oid === undefined || isOid(oid))) {
    throw new GitError("refused", "a ref needs a complete object id");
  }
}

function refusalOf(stderr: string): GitError {
  const words = stderr.trim().replace(/^fatal: /, "");
  if (/; cannot create '|cannot process .{0,1000} at the same time/.test(words)) return new GitError("conflict", words);
  if (/but expected|reference already exists|unable to resolve reference|reference is missing/.test(words))
    return new GitError("stale", words);
  return new GitError("failed", `git update-ref failed: ${words}`);
}
