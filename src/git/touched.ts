import { randomUUID } from "node:crypto";
import type { Path, Sha } from "../domain/scalars.ts";
import type { GitPlace } from "./git-place.ts";
import { nulRecords, streamGit } from "./run-git.ts";
import { commitName } from "./tree.ts";

/** Which commits last touched some paths. */
export interface Touches {
  /**
   * Whether the last commit that touched any of `paths` came after the last one that touched any of `than`. The same
   * commit for both is not after; where `than` was never touched, any touch is. Commits on branches of their own, merged
   * later, are after one another where neither knew of the other: what was made without the other may lack it.
   * Throws RangeError for a path that was not asked about.
   */
  isAfter(paths: readonly Path[], than: readonly Path[]): boolean;
}

/**
 * Looks through the history up to `commit`, newest first, until the last touch of every path (a file, or a folder and all
 * below it) is known. One Git process however many paths there are. Throws GitError where there is no such commit.
 */
export async function touches(place: GitPlace, commit: Sha, paths: readonly Path[]): Promise<Touches> {
  const asked = new Set(paths);
  const last = new Map<Path, Sha>();
  const history = new Map<Sha, { readonly order: number; readonly parents: readonly Sha[] }>();
  if (asked.size > 0) await walk();

  async function walk(): Promise<void> {
    // Children come before parents, so that when a touch is found all commits that know of it were seen.
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
        if (last.size === asked.size) return;
        const [sha = "", ...parents] = record.slice(mark.length).trim().split(" ");
        history.set(sha, { order: history.size, parents });
        current = sha;
        continue;
      }
      // The first path of a commit comes after a line end.
      for (const path of selfAndFolders(record.replace(/^\n/, ""))) {
        if (asked.has(path) && !last.has(path)) last.set(path, current);
      }
    }
  }

  function newest(of: readonly Path[]): Sha | undefined {
    let best: Sha | undefined;
    for (const path of of) {
      if (!asked.has(path)) throw new RangeError(`${path} was not asked about`);
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
      // Nothing seen after `sha` leads to it.
      if (seen.has(one) || orderOf(one) > orderOf(sha)) continue;
      seen.add(one);
      next.push(...(history.get(one)?.parents ?? []));
    }
    return false;
  }

  return {
    isAfter(these, than) {
      const one = newest(these);
      const other = newest(than);
      if (one === undefined || one === other) return false;
      return other === undefined || !isAncestor(one, other);
    },
  };
}

/** The same for one question. */
export async function isTouchedAfter(
  place: GitPlace,
  commit: Sha,
  paths: readonly Path[],
  than: readonly Path[],
): Promise<boolean> {
  const seen = await touches(place, commit, [...paths, ...than]);
  return seen.isAfter(paths, than);
}

function* selfAndFolders(path: Path): Generator<Path> {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) yield path.slice(0, end);
}
