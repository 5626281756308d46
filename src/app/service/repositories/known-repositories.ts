import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import type { RepoKey } from "../../../domain/trigger.ts";
import type { Warn } from "../../../domain/warn.ts";

/** Which repository was which, by the forge's id: a name may be given to another one, and one may get another name. */
export interface KnownRepositories {
  /**
   * Notes that the repository of this id has this name now. "renamed": it had another name, under which what is known of it is kept.
   * "replaced": another repository had this name, whose state is not this one's. "same": neither.
   */
  meet(id: number, repo: RepoKey): Meeting;
  idOf(repo: RepoKey): number | undefined;
}

export type Meeting =
  | { readonly kind: "same" }
  | { readonly kind: "renamed"; readonly from: RepoKey }
  | { readonly kind: "replaced" };

const Ids = z.record(z.string().max(140), z.int().positive());

/** The ids on disk, in a file that holds a JSON object of name → id. Where it cannot be read or written, it goes on in memory, with a warning. */
export function createKnownRepositories(file: string, warn: Warn): KnownRepositories {
  const ids = new Map<RepoKey, number>(Object.entries(readIds(file, warn)));
  const save = () => {
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(ids)));
      renameSync(`${file}.new`, file);
    } catch (error) {
      warn({ file, error: wordsOf(error) }, "the ids of repositories cannot be kept on disk");
    }
  };
  return {
    idOf: (repo) => ids.get(repo),
    meet(id, repo) {
      if (ids.get(repo) === id) return { kind: "same" };
      const isTaken = ids.has(repo);
      const from = [...ids].find(([name, known]) => known === id && name !== repo)?.[0];
      if (from !== undefined) ids.delete(from);
      ids.set(repo, id);
      save();
      if (isTaken) return { kind: "replaced" };
      return from === undefined ? { kind: "same" } : { kind: "renamed", from };
    },
  };
}

function readIds(file: string, warn: Warn): Readonly<Record<string, number>> {
  try {
    return Ids.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isAbsent) warn({ file, error: wordsOf(error) }, "the ids of repositories cannot be read; they are noted anew");
    return {};
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
