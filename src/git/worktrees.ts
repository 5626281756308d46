import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../domain/scalars.ts";
import { finishKilledRuns } from "./finish-checkout.ts";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { holdIndex } from "./index-lock.ts";
import { note } from "./journal.ts";
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

/**
 * Moves a branch that is checked out in a folder by `update`, and brings the folder, its index and its files, from one
 * commit to the other along with it. Throws GitError "conflict", naming what is in the way, where local changes would be
 * overwritten, "unavailable" where the index is locked by somebody else, and what `update` throws; nothing is changed
 * then. A run that is killed between the two leaves an entry in the journal, by which the next one brings the folder along.
 */
export async function moveCheckout(
  place: GitPlace,
  folder: string,
  { from, to }: { readonly from: Sha; readonly to: Sha },
  update: () => Promise<void>,
): Promise<void> {
  await finishKilledRuns(place);
  const there = folder === place.workTree ? place : await openFolder(folder, place.env);
  const noted = note(place, { refs: [], checkout: { folder, gitDir: there.gitDir, from, to } });
  let isMoved = false;
  try {
    const held = await holdIndex(there, noted.id);
    try {
      await runGit(held.place, ["update-index", "-q", "--refresh"], { accept: [0, 1] });
      await readTree(held.place, folder, [from, to], "-n");
      await update();
      isMoved = true;
      await readTree(held.place, folder, [from, to]);
      held.commit();
    } catch (error) {
      held.release();
      throw error;
    }
    noted.done();
  } catch (error) {
    if (!isMoved) {
      noted.done();
      throw error;
    }
    // The merge stands; what cut the folder short is met once more, and file by file.
    noted.leave();
    await finishKilledRuns(place);
  }
}

async function readTree(
  place: GitPlace,
  folder: string,
  commits: readonly [Sha, Sha],
  ...options: readonly string[]
): Promise<void> {
  const { code, stderr } = await runGit(place, ["read-tree", ...options, "-m", "-u", ...commits], {
    accept: [0, 1, 128],
    untilDone: true,
  });
  if (code !== 0)
    throw new GitError(
      "conflict",
      `local changes in ${folder} are in the way: ${reason(stderr)}; commit or stash them first`,
    );
}

function reason(stderr: string): string {
  const line = stderr.split("\n").find((one) => one.startsWith("error: ")) ?? stderr.split("\n")[0] ?? "";
  return line.replace(/^(error|fatal): /, "").replace(/\. Cannot merge\.$|\.$/, "");
}
