import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { GitError } from "../git-error.ts";
import type { GitPlace } from "../git-place.ts";
import { areLocksLeft, commonDir, hasRunEnded, type JournalEntry, readEntries } from "./journal.ts";

/** The locks that killed runs left. */
export interface ReleasedLocks {
  readonly removed: readonly string[];
  /** Milliseconds until a lock that RAOS may have made is old enough to be removed; undefined: there is none. */
  readonly wait: number | undefined;
  /** Ids of the entries that such a lock may belong to; they are kept, to recognise it later. */
  readonly young: ReadonlySet<string>;
}

/** An empty lock belongs to an entry only if it was made at most this long after the entry. Milliseconds. */
const WINDOW = 60_000;
/** Git holds an empty lock for a moment only; an older one is left over. Milliseconds. */
const SETTLED = 3000;
/** How far a disk's clock may be behind this machine's. Milliseconds. */
const SKEW = 2000;

/**
 * Removes the locks of refs that killed runs of RAOS left in a repository, and no others. The journal must name the ref, and the
 * command that locked it must have ended. The lock must contain the id that the command was to write; where Git writes nothing
 * into the lock, it must have been made right after the command started.
 */
export function releaseLocks(place: GitPlace): ReleasedLocks {
  const removed: string[] = [];
  const young = new Set<string>();
  let wait: number | undefined;
  for (const { file, entry, id } of readEntries(place)) {
    if (!areLocksLeft(entry)) continue;
    let isOpen = entry.checkout !== undefined;
    for (const lock of locksOf(place, entry)) {
      const found = judgeLock(lock, entry);
      if (found.kind === "ours" && isRemoved(lock)) removed.push(lock.path);
      if (found.kind === "young") {
        isOpen = true;
        young.add(id);
        wait = Math.max(wait ?? 0, found.wait);
      }
    }
    if (!isOpen && hasRunEnded(entry)) isRemoved({ path: file });
  }
  return { removed, wait, young };
}

/** Removes a file, and first the draft beside it; false where this user may not. */
function isRemoved({ path, beside }: Pick<Lock, "path" | "beside">): boolean {
  try {
    if (beside !== undefined) rmSync(beside, { force: true });
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

interface Lock {
  readonly path: string;
  /** What Git writes into the lock before it renames the lock. */
  readonly content: string;
  /** A draft in the same folder. */
  readonly beside?: string;
}

function locksOf(place: GitPlace, { refs, checkout }: JournalEntry): readonly Lock[] {
  const common = commonDir(place);
  const packed = join(common, "packed-refs");
  return [
    ...refs.map((one) => ({
      path: join(common, `${one.ref}.lock`),
      content: one.new === undefined ? "" : `${one.new}\n`,
    })),
    ...[...new Set([place.gitDir, common, checkout?.gitDir ?? common])].map((folder) => ({
      path: join(folder, "HEAD.lock"),
      content: "",
    })),
    { path: `${packed}.lock`, content: "", beside: `${packed}.new` },
    { path: join(common, "reftable", "tables.list.lock"), content: "" },
  ];
}

type Verdict = { readonly kind: "ours" | "other" } | { readonly kind: "young"; readonly wait: number };

function judgeLock({ path, content }: Lock, { at }: JournalEntry): Verdict {
  try {
    const { mtimeMs, size } = statSync(path);
    if (size > 0) return { kind: content !== "" && readFileSync(path, "latin1") === content ? "ours" : "other" };
    if (mtimeMs < at - SKEW || mtimeMs > at + WINDOW) return { kind: "other" };
    const age = Date.now() - mtimeMs;
    return age >= SETTLED ? { kind: "ours" } : { kind: "young", wait: SETTLED - age };
  } catch {
    return { kind: "other" };
  }
}

/** The lock that Git's message names as the reason; undefined where it names none. */
export function lockNamedIn(words: string): string | undefined {
  return /Unable to create '([^'\n]+\.(?:lock|new))': File exists/.exec(words)?.[1];
}

/**
 * The error for a lock that stays: it names the lock, its age, and what to do. RAOS removes no lock that
 * may be another program's.
 */
export function lockedError(path: string): GitError {
  let age = "";
  try {
    age = `; it is ${durationText(Date.now() - statSync(path).mtimeMs)} old`;
  } catch {
    age = "; it has been removed meanwhile, so the next attempt may succeed";
  }
  if (isOfRaos(path))
    return new GitError("unavailable", `${path} is in the way, the lock of another run of RAOS${age}`);
  return new GitError(
    "unavailable",
    `${path} is in the way, a lock that RAOS did not make${age}. If no Git command runs in this repository, remove that file`,
  );
}

function isOfRaos(path: string): boolean {
  try {
    return readFileSync(path, "latin1").startsWith("raos ");
  } catch {
    return false;
  }
}

function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} seconds`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}
