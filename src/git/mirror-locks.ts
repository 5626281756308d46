import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./git-place.ts";
import { entriesOf, isAbandoned, isLeft } from "./journal.ts";

/** A lock that was made a moment ago may be that of a fetch which has just begun. Milliseconds. */
const FRESH = 1000;

/**
 * Clears what killed fetches left in a mirror: fetches that lost their process and still run, locks, half-written packs.
 * Only where no other process fetches into it now; answers whether that was so.
 */
export function clearMirror(place: GitPlace): boolean {
  let isBusy = false;
  for (const { file, entry } of entriesOf(place)) {
    if (!isLeft(entry)) {
      isBusy = true;
      continue;
    }
    // Its start tells it from any other process that was given its number since.
    if (entry.child !== undefined && !isAbandoned(entry)) endGroupOf(entry.child.pid);
    remove(file);
  }
  if (isBusy) return false;
  for (const file of leftIn(place.gitDir)) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs >= FRESH) remove(file);
  }
  return true;
}

/** Where the cache cannot be written, the fetch says so. */
function remove(file: string): void {
  try {
    rmSync(file, { recursive: true, force: true });
  } catch {
    // It stays.
  }
}

function leftIn(gitDir: string): readonly string[] {
  const isLock = (name: string) => name.endsWith(".lock") || name === "packed-refs.new";
  return [
    ...namesIn(gitDir)
      .filter(isLock)
      .map((name) => join(gitDir, name)),
    ...below(join(gitDir, "refs")).filter(isLock),
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

function below(folder: string): readonly string[] {
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
