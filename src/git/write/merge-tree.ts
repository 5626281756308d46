import type { Oid, Path, Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../git-place.ts";
import { gitFailure } from "../git-process.ts";
import { splitNul } from "../nul-records.ts";
import { commitName } from "../objects/tree.ts";
import { runGit } from "../run-git.ts";

/** The result of merging two commits: a tree, or the paths in conflict. */
export type Merge =
  | { readonly kind: "clean"; readonly tree: Oid }
  | { readonly kind: "conflict"; readonly paths: readonly Path[] };

/**
 * Merges `head` into `base` without changing a ref or a file. Unrelated histories are a conflict without paths. Throws
 * GitError where the repository lacks one of the commits.
 */
export async function mergeTree(place: GitPlace, base: Sha, head: Sha): Promise<Merge> {
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", commitName(base), commitName(head)];
  const { code, stdout, stderr } = await runGit(place, args, { accept: [0, 1, 128] });
  if (stderr.includes("refusing to merge unrelated histories")) return { kind: "conflict", paths: [] };
  if (code === 128 || stdout.length === 0) throw gitFailure(args, { code, stderr });
  const [tree = "", ...paths] = splitNul(stdout);
  return code === 0 ? { kind: "clean", tree } : { kind: "conflict", paths: [...new Set(paths)].sort() };
}
