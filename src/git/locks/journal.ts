import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { GitError } from "../git-error.ts";
import type { GitPlace } from "../git-place.ts";
import { identifyProcess, Owner, processState } from "./owner.ts";

/**
 * What a run of RAOS is about to change in a repository, written before it locks anything. A killed run leaves its entry, which
 * tells the next run which locks are left over and which folder was not updated.
 */
export const JournalEntry = z.object({
  version: z.literal(1),
  /** The process of the run; `child` is the Git command that holds the locks. */
  owner: Owner,
  child: Owner.optional(),
  /** Milliseconds. */
  at: z.number(),
  /** The refs that change; `new` left out: deleted. */
  refs: z.array(z.object({ ref: z.string(), new: z.string().optional() })).readonly(),
  /** A checked-out folder to update with its branch. */
  checkout: z.object({ folder: z.string(), gitDir: z.string(), from: z.string(), to: z.string() }).optional(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

export interface JournalFile {
  readonly id: string;
  readonly file: string;
  readonly entry: JournalEntry;
}

export interface OpenEntry extends JournalFile {
  /** Adds the command that locks; called before it gets its input. */
  recordChild(pid: number): void;
  /** Removes the entry: nothing is left to do. */
  remove(): void;
  /** Marks the run as ended, so that the next one, of this process too, does the rest. */
  abandon(): void;
}

/** Age above which an entry counts as left by a killed run where its process cannot be checked. Milliseconds. */
const ABANDONED = 600_000;

/** Folder of the entries, shared by all working trees of a repository. */
export function journalFolder(place: GitPlace): string {
  return join(commonDir(place), "raos", "journal");
}

/** The Git folder that all working trees of a repository share: gitrepository-layout(5), `commondir`. */
export function commonDir({ gitDir }: GitPlace): string {
  try {
    return resolve(gitDir, readFileSync(join(gitDir, "commondir"), "utf8").trim());
  } catch {
    return gitDir;
  }
}

/**
 * Writes an entry. Throws GitError "unavailable" where it cannot be written and a folder is to be updated, since its lock
 * needs the entry. For refs alone Git itself reports a full or read-only disk.
 */
export function openEntry(place: GitPlace, about: Pick<JournalEntry, "refs" | "checkout">): OpenEntry {
  const folder = journalFolder(place);
  const id = randomUUID();
  const file = join(folder, `${id}.json`);
  let entry: JournalEntry = { version: 1, owner: identifyProcess(process.pid), at: Date.now(), ...about };
  const isWritten = write(folder, file, entry);
  if (!isWritten && about.checkout !== undefined)
    throw new GitError("unavailable", `${folder} cannot be written; free some room there, or allow this user to write`);
  return {
    id,
    file,
    entry,
    recordChild(pid) {
      entry = { ...entry, child: identifyProcess(pid) };
      write(folder, file, entry);
    },
    remove: () => rmSync(file, { force: true }),
    abandon() {
      write(folder, file, { ...entry, owner: { ...entry.owner, started: "over" } });
    },
  };
}

function write(folder: string, file: string, entry: JournalEntry): boolean {
  const draft = `${file}.new`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, JSON.stringify(entry));
    renameSync(draft, file);
    return true;
  } catch {
    rmSync(draft, { force: true });
    return false;
  }
}

/** The entries, oldest first; one that cannot be read is removed. */
export function readEntries(place: GitPlace): readonly JournalFile[] {
  const folder = journalFolder(place);
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
  const read = names.map((name) => readEntry(join(folder, name), name.slice(0, -".json".length)));
  return read.filter((one) => one !== undefined).sort((a, b) => a.entry.at - b.entry.at);
}

function readEntry(file: string, id: string): JournalFile | undefined {
  try {
    const parsed = JournalEntry.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (parsed.success) return { id, file, entry: parsed.data };
  } catch {
    // Another process has removed it, or it is not JSON.
  }
  try {
    rmSync(file, { force: true });
  } catch {
    // An unreadable entry is ignored even if it cannot be removed.
  }
  return undefined;
}

/** Whether the command that locked has ended, so that its locks may be removed. */
export function areLocksLeft({ owner, child, at }: JournalEntry): boolean {
  return isOver(child ?? owner, at);
}

/** Whether the run itself has ended, so that the next run does the rest. */
export function hasRunEnded({ owner, at }: JournalEntry): boolean {
  return isOver(owner, at);
}

function isOver(owner: Owner, at: number): boolean {
  const state = processState(owner);
  return state === "dead" || (state === "unknown" && Date.now() - at > ABANDONED);
}
