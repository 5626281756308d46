import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { commonDir, type Entry, entriesOf, isAbandoned, isLeft } from "./journal.ts";

/** What became of the locks that killed runs left behind. */
export interface Released {
  readonly removed: readonly string[];
  /** Milliseconds until one that may be ours can be told from one that somebody took a moment ago. */
  readonly wait: number | undefined;
  /** Ids of the entries that such a lock may belong to: without them nobody could tell whose it is. */
  readonly young: ReadonlySet<string>;
}

/** A lock without content was made by an entry's command only if it was made within this time after it. Milliseconds. */
const WINDOW = 60_000;
/** Git holds such a lock for moments; one that is older is left over. Milliseconds. */
const SETTLED = 3000;
/** How far the clock of a disk may be behind. Milliseconds. */
const SKEW = 2000;

/**
 * Removes the locks of refs that killed runs of RAOS left in a repository, and nobody else's: the journal must name the
 * ref, the command that took the lock must be dead, and the lock must hold the id that this command was to write, or,
 * where Git writes nothing into it, have been made right after the command began.
 */
export function releaseLocks(place: GitPlace): Released {
  const removed: string[] = [];
  const young = new Set<string>();
  let wait: number | undefined;
  for (const { file, entry, id } of entriesOf(place)) {
    if (!isAbandoned(entry)) continue;
    let isOpen = entry.checkout !== undefined;
    for (const lock of locksOf(place, entry)) {
      const verdict = judgeLock(lock, entry);
      if (verdict.kind === "ours" && isRemoved(lock)) removed.push(lock.path);
      if (verdict.kind === "young") {
        isOpen = true;
        young.add(id);
        wait = Math.max(wait ?? 0, verdict.wait);
      }
    }
    if (!isOpen && isLeft(entry)) isRemoved({ path: file });
  }
  return { removed, wait, young };
}

/** Takes a file away, and the draft beside it first; false where this user may not. */
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
  /** What Git writes into it before it lets go. */
  readonly content: string;
  /** A draft that lies beside it. */
  readonly beside?: string;
}

function locksOf(place: GitPlace, { refs, checkout }: Entry): readonly Lock[] {
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

function judgeLock({ path, content }: Lock, { at }: Entry): Verdict {
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

/** The lock that Git found in its way, as its message names it. */
export function lockIn(words: string): string | undefined {
  return /Unable to create '([^'\n]+\.(?:lock|new))': File exists/.exec(words)?.[1];
}

/** Says which lock is in the way, how old it is, and what to do: RAOS removes no lock that it cannot tell to be its own. */
export function lockedError(path: string): GitError {
  let age = "";
  try {
    age = `; it is ${spoken(Date.now() - statSync(path).mtimeMs)} old`;
  } catch {
    age = "; it is gone by now, so that the next attempt may go through";
  }
  if (isOfRaos(path))
    return new GitError("unavailable", `${path} is in the way, the lock of another run of RAOS${age}`);
  return new GitError(
    "unavailable",
    `${path} is in the way, a lock that RAOS did not make${age}. Where no Git command is at work in this repository, remove that file`,
  );
}

function isOfRaos(path: string): boolean {
  try {
    return readFileSync(path, "latin1").startsWith("raos ");
  } catch {
    return false;
  }
}

function spoken(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} seconds`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}
