import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../domain/scalars.ts";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { openFolder } from "./open-folder.ts";
import { runGit, splitNul } from "./run-git.ts";

/** The folder where a branch is checked out, or undefined: the repository's own, or a linked working tree. */
export async function checkedOutAt(place: GitPlace, branch: string): Promise<string | undefined> {
  if (place.bare && !(await hasLinked(place))) return undefined;
  const { stdout } = await runGit(place, ["worktree", "list", "--porcelain", "-z"]);
  let folder: string | undefined;
  for (const line of splitNul(stdout)) {
    if (line.startsWith("worktree ")) folder = line.slice("worktree ".length);
    if (line === `branch refs/heads/${branch}`) return folder;
  }
  return undefined;
}

async function hasLinked({ gitDir }: GitPlace): Promise<boolean> {
  return access(join(gitDir, "worktrees")).then(
    () => true,
    () => false,
  );
}

/** Brings a checked-out folder, its index and its files, from one commit to another. */
export interface Checkout {
  /** Throws GitError "conflict", naming what is in the way, where local changes would be overwritten. Changes nothing. */
  check(from: Sha, to: Sha): Promise<void>;
  move(from: Sha, to: Sha): Promise<void>;
}

export async function openCheckout(place: GitPlace, folder: string): Promise<Checkout> {
  const there = folder === place.workTree ? place : await openFolder(folder, place.env);
  const readTree = async (from: Sha, to: Sha, ...options: readonly string[]) => {
    const { code, stderr } = await runGit(there, ["read-tree", ...options, "-m", "-u", from, to], {
      accept: [0, 1, 128],
    });
    if (code !== 0)
      throw new GitError(
        "conflict",
        `local changes in ${folder} are in the way: ${reason(stderr)}; commit or stash them first`,
      );
  };
  return {
    async check(from, to) {
      await runGit(there, ["update-index", "-q", "--refresh"], { accept: [0, 1] });
      await readTree(from, to, "-n");
    },
    move: (from, to) => readTree(from, to),
  };
}

function reason(stderr: string): string {
  const line = stderr.split("\n").find((one) => one.startsWith("error: ")) ?? stderr.split("\n")[0] ?? "";
  return line.replace(/^(error|fatal): /, "").replace(/\. Cannot merge\.$|\.$/, "");
}
