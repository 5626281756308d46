import { copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GitPlace } from "./git-place.ts";
import { journalFolder } from "./journal.ts";
import { lockedError } from "./stale-locks.ts";

/** The index of a checked-out folder, held so that nobody else writes it, and changed as a copy. */
export interface HeldIndex {
  /** The folder as Git sees it with the copy for its index. */
  readonly place: GitPlace;
  /** Puts the copy in the index's place, and lets go. */
  commit(): void;
  /** Lets go and leaves the index as it is. */
  release(): void;
}

/** How long a person's own Git command is waited for. Milliseconds. */
const PATIENCE = 3000;
const PAUSE = 50;

/**
 * Takes the lock of a folder's index for the journal's entry `id`. Git never reads what a lock holds: ours holds who made
 * it, from the moment it is there, so that one left by a killed run is known without doubt. Throws GitError "unavailable"
 * where another one stays in the way.
 */
export async function holdIndex(there: GitPlace, id: string): Promise<HeldIndex> {
  const { lock, draft, copy, index } = await prepareLock(there, id);
  await untilFree(there, id, async () => take(lock, draft));
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

/** The files that a change of a folder's index works with. */
export interface LockFiles {
  readonly lock: string;
  /** Becomes the lock as it is: what is linked is whole. */
  readonly draft: string;
  readonly copy: string;
  readonly index: string;
}

/** Writes what the lock of an entry will hold. */
export async function prepareLock({ gitDir }: GitPlace, id: string): Promise<LockFiles> {
  const folder = join(gitDir, "raos");
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `${id}.held`);
  writeFileSync(
    draft,
    `raos ${id}\nThe lock of a merge by RAOS. Where one that was killed left it, the next one removes it.\n`,
  );
  return { lock: join(gitDir, "index.lock"), draft, copy: join(folder, `${id}.index`), index: join(gitDir, "index") };
}

/**
 * Tries to take the lock again and again while a person's own Git command has it, and removes one that a killed run left.
 * Throws GitError "unavailable", naming the lock, where it stays in the way.
 */
export async function untilFree(there: GitPlace, id: string, take: () => Promise<boolean>): Promise<void> {
  const lock = join(there.gitDir, "index.lock");
  const until = Date.now() + PATIENCE;
  while (!(await take())) {
    const owner = ownerOfLock(there);
    if (owner === id) return;
    // A run notes what it does before it takes the lock: where no entry names it, nobody holds it.
    const isNobodys = owner !== undefined && !existsSync(join(journalFolder(there), `${owner}.json`));
    if (isNobodys) rmSync(lock, { force: true });
    else if (Date.now() >= until) throw lockedError(lock);
    else await sleep(PAUSE);
  }
}

/** The journal's entry that holds the lock of a folder's index; undefined where somebody else does, or nobody. */
export function ownerOfLock({ gitDir }: GitPlace): string | undefined {
  try {
    return /^raos ([0-9a-f-]{36})\n/.exec(readFileSync(join(gitDir, "index.lock"), "latin1").slice(0, 64))?.[1];
  } catch {
    return undefined;
  }
}

function take(lock: string, draft: string): boolean {
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
  }
  try {
    // A file system without links.
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
    // A folder in which nothing was ever staged has none.
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, "code") : undefined;
}
