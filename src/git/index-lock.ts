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
  const lock = join(there.gitDir, "index.lock");
  const copy = join(there.gitDir, "raos", `${id}.index`);
  await mkdir(join(there.gitDir, "raos"), { recursive: true });
  const until = Date.now() + PATIENCE;
  while (!take(lock, id, `${copy}.held`)) {
    const owner = ownerOfLock(there);
    if (owner === id) break;
    // A run notes what it does before it takes the lock: where no entry names it, nobody holds it.
    if (owner !== undefined && !existsSync(join(journalFolder(there), `${owner}.json`))) {
      rmSync(lock, { force: true });
      continue;
    }
    if (Date.now() >= until) throw lockedError(lock);
    await sleep(PAUSE);
  }
  const drop = () => {
    for (const file of [copy, `${copy}.lock`]) rmSync(file, { force: true });
    rmSync(lock, { force: true });
  };
  try {
    for (const file of [copy, `${copy}.lock`]) rmSync(file, { force: true });
    copyIndex(join(there.gitDir, "index"), copy);
  } catch (error) {
    drop();
    throw error;
  }
  return {
    place: { ...there, env: { ...there.env, GIT_INDEX_FILE: copy } },
    commit() {
      renameSync(copy, join(there.gitDir, "index"));
      drop();
    },
    release: drop,
  };
}

/** The journal's entry that holds the lock of a folder's index; undefined where somebody else does, or nobody. */
export function ownerOfLock({ gitDir }: GitPlace): string | undefined {
  try {
    return /^raos ([0-9a-f-]{36})\n/.exec(readFileSync(join(gitDir, "index.lock"), "latin1").slice(0, 64))?.[1];
  } catch {
    return undefined;
  }
}

/** Makes the lock with its content in one step: what is linked is whole. */
function take(lock: string, id: string, draft: string): boolean {
  const content = `raos ${id}\nThe lock of a merge by RAOS. Left by one that was killed, it is removed by the next.\n`;
  try {
    writeFileSync(draft, content);
    try {
      linkSync(draft, lock);
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      // A file system without links.
      writeFileSync(lock, content, { flag: "wx" });
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
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
