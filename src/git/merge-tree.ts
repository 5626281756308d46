import type { Oid, Path, Sha } from "../domain/scalars.ts";
import type { GitPlace } from "./git-place.ts";
import { failure, runGit, splitNul } from "./run-git.ts";
import { commitName } from "./tree.ts";

/** What merging two commits gives: a tree, or the paths that differ on both sides. */
export type Merge =
  | { readonly kind: "clean"; readonly tree: Oid }
  | { readonly kind: "conflict"; readonly paths: readonly Path[] };

/**
 * Merges `head` into `base` without touching a ref or a file. Histories that share no commit are a conflict of no path.
 * Throws GitError where one of the commits is not here.
 */
export async function mergeTree(place: GitPlace, base: Sha, head: Sha): Promise<Merge> {
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", commitName(base), commitName(head)];
  const { code, stdout, stderr } = await runGit(place, args, { accept: [0, 1, 128] });
  if (stderr.includes("refusing to merge unrelated histories")) return { kind: "conflict", paths: [] };
  if (code === 128 || stdout.length === 0) throw failure(args, { code, stderr });
  const [tree = "", ...paths] = splitNul(stdout);
  return code === 0 ? { kind: "clean", tree } : { kind: "conflict", paths: [...new Set(paths)].sort() };
}
