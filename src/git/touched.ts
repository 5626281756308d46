import type { Path, Sha } from "../domain/scalars.ts";
import type { GitPlace } from "./git-place.ts";
import { runGit } from "./run-git.ts";
import { commitName } from "./tree.ts";

/**
 * Whether the last commit up to `commit` that touched any of `paths` came after the last one that touched any of `than`
 * (files or folders). The same commit for both is not after; where `than` was never touched, any touch is.
 */
export async function isTouchedAfter(
  place: GitPlace,
  commit: Sha,
  paths: readonly Path[],
  than: readonly Path[],
): Promise<boolean> {
  const [one, other] = await Promise.all([lastTouch(place, commit, paths), lastTouch(place, commit, than)]);
  if (one === undefined || one === other) return false;
  return other === undefined || !(await isAncestor(place, one, other));
}

/** Whether a commit is the other one or among its ancestors. Throws GitError where one of them is not here. */
export async function isAncestor(place: GitPlace, commit: Sha, of: Sha): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", commitName(commit), commitName(of)];
  const { code } = await runGit(place, args, { accept: [0, 1] });
  return code === 0;
}

async function lastTouch(place: GitPlace, commit: Sha, paths: readonly Path[]): Promise<Sha | undefined> {
  if (paths.length === 0) return undefined;
  const { stdout } = await runGit(place, ["rev-list", "-1", commitName(commit), "--", ...paths]);
  const found = stdout.toString("latin1").trim();
  return found === "" ? undefined : found;
}
