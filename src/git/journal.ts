import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { lifeOf, Owner, ownerOf } from "./owner.ts";

/**
 * What a run of RAOS is about to change in somebody's repository, written down before it takes a lock. A run that was killed
 * leaves its entry behind, and so the next one knows which locks are left over and which folder was not brought along.
 */
export const Entry = z.object({
  version: z.literal(1),
  /** The process that writes; `child` is the Git command that holds the locks. */
  owner: Owner,
  child: Owner.optional(),
  /** Milliseconds. */
  at: z.number(),
  /** The refs that change; `new` left out: deleted. */
  refs: z.array(z.object({ ref: z.string(), new: z.string().optional() })).readonly(),
  /** A checked-out folder that follows its branch. */
  checkout: z.object({ folder: z.string(), gitDir: z.string(), from: z.string(), to: z.string() }).optional(),
});
export type Entry = z.infer<typeof Entry>;

export interface Noted {
  readonly id: string;
  readonly file: string;
  readonly entry: Entry;
}

export interface Note extends Noted {
  /** Names the command that takes the locks; called before it is given anything to do. */
  child(pid: number): void;
  /** Takes the entry away: nothing is left to do. */
  done(): void;
  /** Leaves the rest of the entry to whoever comes next, this process too. */
  leave(): void;
}

/** An entry older than this, of a process that cannot be seen from here, is one of a killed run. Milliseconds. */
const ABANDONED = 600_000;

/** Folder of the entries. It lies in what all working trees of a repository share. */
export function journalFolder(place: GitPlace): string {
  return join(commonDir(place), "raos", "journal");
}

/** What all working trees of a repository share: gitrepository-layout(5), `commondir`. */
export function commonDir({ gitDir }: GitPlace): string {
  try {
    return resolve(gitDir, readFileSync(join(gitDir, "commondir"), "utf8").trim());
  } catch {
    return gitDir;
  }
}

/**
 * Writes an entry. Where that is not possible (no room, no permission) Git itself will say so of refs in a moment; for a
 * folder, whose lock the entry has to explain, it throws GitError "unavailable".
 */
export function note(place: GitPlace, about: Pick<Entry, "refs" | "checkout">): Note {
  const folder = journalFolder(place);
  const id = randomUUID();
  const file = join(folder, `${id}.json`);
  let entry: Entry = { version: 1, owner: ownerOf(process.pid), at: Date.now(), ...about };
  const isWritten = write(folder, file, entry);
  if (!isWritten && about.checkout !== undefined)
    throw new GitError("unavailable", `${folder} cannot be written; free some room there, or allow this user to write`);
  return {
    id,
    file,
    entry,
    child(pid) {
      entry = { ...entry, child: ownerOf(pid) };
      write(folder, file, entry);
    },
    done: () => rmSync(file, { force: true }),
    leave() {
      write(folder, file, { ...entry, owner: { ...entry.owner, started: "over" } });
    },
  };
}

function write(folder: string, file: string, entry: Entry): boolean {
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

/** The entries there are, oldest first; one that cannot be read stands for nothing and is taken away. */
export function entriesOf(place: GitPlace): readonly Noted[] {
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

function readEntry(file: string, id: string): Noted | undefined {
  try {
    const parsed = Entry.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (parsed.success) return { id, file, entry: parsed.data };
  } catch {
    // It went away meanwhile, or is no JSON.
  }
  try {
    rmSync(file, { force: true });
  } catch {
    // It stands for nothing all the same.
  }
  return undefined;
}

/** Whether nobody works on the entry any more: its locks are nobody's. */
export function isAbandoned({ owner, child, at }: Entry): boolean {
  return isOver(child ?? owner, at);
}

/** Whether the run itself is gone, so that what it did not come to is left to others. */
export function isLeft({ owner, at }: Entry): boolean {
  return isOver(owner, at);
}

function isOver(owner: Owner, at: number): boolean {
  const life = lifeOf(owner);
  return life === "dead" || (life === "unknown" && Date.now() - at > ABANDONED);
}
