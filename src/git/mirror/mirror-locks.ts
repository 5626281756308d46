import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "../git-place.ts";
import { areLocksLeft, hasRunEnded, readEntries } from "../locks/journal.ts";

/** A younger lock may belong to a fetch that has just started. Milliseconds. */
const FRESH = 1000;

/**
 * Removes what killed fetches left in a mirror: Git processes that still run, locks, half-written packs. Does nothing and
 * returns false where another process fetches into it now.
 */
export function clearMirror(place: GitPlace): boolean {
  let isBusy = false;
  for (const { file, entry } of readEntries(place)) {
    if (!hasRunEnded(entry)) {
      isBusy = true;
      continue;
    }
    // The entry holds the process's start time, so that a later process with the same id is not ended.
    if (entry.child !== undefined && !areLocksLeft(entry)) endGroupOf(entry.child.pid);
    remove(file);
  }
  if (isBusy) return false;
  for (const file of leftFilesIn(place.gitDir)) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs >= FRESH) remove(file);
  }
  return true;
}

/** Removes a file; never throws. Where the cache cannot be written, the next fetch reports it. */
function remove(file: string): void {
  try {
    rmSync(file, { recursive: true, force: true });
  } catch {
    // It stays.
  }
}

function leftFilesIn(gitDir: string): readonly string[] {
  const isLock = (name: string) => name.endsWith(".lock") || name === "packed-refs.new";
  return [
    ...namesIn(gitDir)
      .filter(isLock)
      .map((name) => join(gitDir, name)),
    ...filesBelow(join(gitDir, "refs")).filter(isLock),
    ...namesIn(join(gitDir, "objects"))
      .filter(isLock)
      .map((name) => join(gitDir, "objects", name)),
    ...namesIn(join(gitDir, "objects", "pack"))
      .filter((name) => name.startsWith("tmp_"))
      .map((name) => join(gitDir, "objects", "pack", name)),
  ];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function endGroupOf(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
