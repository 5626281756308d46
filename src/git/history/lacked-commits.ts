import type { Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../git-place.ts";
import { isOid } from "../names.ts";
import { commitName } from "../objects/tree.ts";
import { runGit } from "../run-git.ts";

/**
 * The commits up to `head` that another commit does not have among its ancestors, itself included; undefined where the repository
 * does not have that commit. One Git process answers for any number of commits. Throws GitError where there is no such head.
 */
export async function commitsLackedBy(place: GitPlace, head: Sha, other: Sha): Promise<ReadonlySet<Sha> | undefined> {
  if (!isOid(other)) return undefined;
  const { code } = await runGit(place, ["cat-file", "-e", commitName(other)], { accept: [0, 1, 128] });
  if (code !== 0) return undefined;
  const args = ["rev-list", "--end-of-options", commitName(head), `^${commitName(other)}`, "--"];
  const { stdout } = await runGit(place, args);
  return new Set(
    stdout
      .toString("latin1")
      .split("\n")
      .filter((line) => line !== ""),
  );
}
