import { copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GitPlace } from "../git-place.ts";
import { journalFolder } from "./journal.ts";
import { lockedError } from "./stale-locks.ts";

/** The locked index of a checked-out folder: nobody else writes it, and this process changes a copy. */
export interface LockedIndex {
  /** The folder, with the copy as its index. */
  readonly place: GitPlace;
  /** Replaces the index by the copy, and unlocks it. */
  commit(): void;
  /** Unlocks the index and leaves it as it was. */
  release(): void;
}

/** Longest wait for a person's own Git command. Milliseconds. */
const PATIENCE = 3000;
const PAUSE = 50;

/**
 * Locks a folder's index for the journal entry `id`. Git never reads the content of a lock file: ours names the entry, so
 * that a lock left by a killed run is recognised with certainty. Throws GitError "unavailable" where another lock stays.
 */
export async function lockIndex(there: GitPlace, id: string): Promise<LockedIndex> {
  const { lock, draft, copy, index } = await prepareLock(there, id);
  await waitForLock(there, id, async () => createLock(lock, draft));
  const drop = () => {
    for (const file of [copy, `${copy}.lock`, draft, lock]) rmSync(file, { force: true });
  };
  try {
    for (const file of [copy, `${copy}.lock`]) rmSync(file, { force: true });
    copyIndex(index, copy);
  } catch (error) {
    drop();
    throw error;
  }
  return {
    place: { ...there, env: { ...there.env, GIT_INDEX_FILE: copy } },
    commit() {
      renameSync(copy, index);
      drop();
    },
    release: drop,
  };
}

/** The files used to change a folder's index. */
export interface LockFiles {
  readonly lock: string;
  /** Becomes the lock by a hard link, so that the lock is never half written. */
  readonly draft: string;
  readonly copy: string;
  readonly index: string;
}

/** Writes the content that an entry's lock will have. Returns the paths of the files. */
export async function prepareLock({ gitDir }: GitPlace, id: string): Promise<LockFiles> {
  const folder = join(gitDir, "raos");
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `${id}.held`);
  writeFileSync(
    draft,
    `raos ${id}\nThe lock of a merge by RAOS. If that run was killed, the next run removes this file.\n`,
  );
  return { lock: join(gitDir, "index.lock"), draft, copy: join(folder, `${id}.index`), index: join(gitDir, "index") };
}

/**
 * Tries to lock again and again while another Git command holds the lock, and removes a lock that a killed run left. Throws
 * GitError "unavailable", which names the lock, where the lock stays too long.
 */
export async function waitForLock(there: GitPlace, id: string, tryToLock: () => Promise<boolean>): Promise<void> {
  const lock = join(there.gitDir, "index.lock");
  const until = Date.now() + PATIENCE;
  while (!(await tryToLock())) {
    const owner = ownerOfLock(there);
    if (owner === id) return;
    // A run writes its journal entry before it locks: without an entry, no run holds this lock.
    const isLeftOver = owner !== undefined && !existsSync(join(journalFolder(there), `${owner}.json`));
    if (isLeftOver) rmSync(lock, { force: true });
    else if (Date.now() >= until) throw lockedError(lock);
    else await sleep(PAUSE);
  }
}

/** The journal entry that holds the lock of a folder's index; undefined where there is no lock, or another program's. */
export function ownerOfLock({ gitDir }: GitPlace): string | undefined {
  try {
    return /^raos ([0-9a-f-]{36})\n/.exec(readFileSync(join(gitDir, "index.lock"), "latin1").slice(0, 64))?.[1];
  } catch {
    return undefined;
  }
}

function createLock(lock: string, draft: string): boolean {
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
  }
  try {
    // This file system has no hard links.
    writeFileSync(lock, readFileSync(draft), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function copyIndex(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    // A folder without an index: nothing was ever staged.
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, "code") : undefined;
}
