import { randomUUID } from "node:crypto";
import type { Path, Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../git-place.ts";
import { nulRecords } from "../nul-records.ts";
import { commitName } from "../objects/tree.ts";
import { streamGit } from "../stream-git.ts";

/** Which commits last changed some paths. */
export interface LastChanges {
  /**
   * Whether the last commit that changed any of `paths` came after the last one that changed any of `others`. A commit is not
   * after itself; where `others` were never changed, any change is after them. Two commits on separate branches, merged later,
   * count as after each other: each may lack the other's change. Throws RangeError for a path that was not read.
   */
  isAfter(paths: readonly Path[], others: readonly Path[]): boolean;
}

/**
 * Reads the history up to `commit`, newest first, until the last change of every path (a file, or a folder with all below
 * it) is known, with one Git process for all paths. Throws GitError where there is no such commit.
 */
export async function readLastChanges(place: GitPlace, commit: Sha, paths: readonly Path[]): Promise<LastChanges> {
  const wanted = new Set(paths);
  const last = new Map<Path, Sha>();
  const history = new Map<Sha, { readonly order: number; readonly parents: readonly Sha[] }>();
  if (wanted.size > 0) await walk();

  async function walk(): Promise<void> {
    // Children come before parents: when a change is found, all its descendants have been read.
    const mark = `${randomUUID()} `;
    const args = [
      "log",
      "--topo-order",
      `--format=${mark}%H %P`,
      "--name-only",
      "-z",
      "--no-renames",
      "--diff-merges=combined",
    ];
    let current = "";
    for await (const record of nulRecords(streamGit(place, [...args, "--end-of-options", commitName(commit), "--"]))) {
      if (record.startsWith(mark)) {
        if (last.size === wanted.size) return;
        const [sha = "", ...parents] = record.slice(mark.length).trim().split(" ");
        history.set(sha, { order: history.size, parents });
        current = sha;
        continue;
      }
      // The first path of a commit comes after a line end.
      for (const path of selfAndFolders(record.replace(/^\n/, ""))) {
        if (wanted.has(path) && !last.has(path)) last.set(path, current);
      }
    }
  }

  function newest(of: readonly Path[]): Sha | undefined {
    let best: Sha | undefined;
    for (const path of of) {
      if (!wanted.has(path)) throw new RangeError(`${path} was not read`);
      const sha = last.get(path);
      if (sha !== undefined && (best === undefined || orderOf(sha) < orderOf(best))) best = sha;
    }
    return best;
  }

  function orderOf(sha: Sha): number {
    return history.get(sha)?.order ?? Number.POSITIVE_INFINITY;
  }

  function isAncestor(sha: Sha, of: Sha): boolean {
    const seen = new Set<Sha>();
    const next = [of];
    for (let one = next.pop(); one !== undefined; one = next.pop()) {
      if (one === sha) return true;
      // No commit that comes after `sha` in this order is its descendant.
      if (seen.has(one) || orderOf(one) > orderOf(sha)) continue;
      seen.add(one);
      next.push(...(history.get(one)?.parents ?? []));
    }
    return false;
  }

  return {
    isAfter(these, others) {
      const one = newest(these);
      const other = newest(others);
      if (one === undefined || one === other) return false;
      return other === undefined || !isAncestor(one, other);
    },
  };
}

function* selfAndFolders(path: Path): Generator<Path> {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) yield path.slice(0, end);
}
