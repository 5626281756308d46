import type { Sha } from "../../../domain/values/scalars.ts";
import { readCommitObject } from "../../../git/objects/commit-object.ts";
import type { GiteaContext } from "../context.ts";
import type { CommitFacts } from "../proof.ts";

/** Where a commit that the mirror lacks may come from: nowhere, the branches of the remote, or those and a pull request's head. */
export type CommitSource = "mirror" | "branches" | { readonly pull: number };

/**
 * A commit of the repository, as Git has it: Gitea's API gives a commit's own id for its tree's. Undefined where it is not there.
 * Throws ForgeError.
 */
export async function readCommitFacts(
  context: GiteaContext,
  sha: Sha,
  source: CommitSource,
): Promise<CommitFacts | undefined> {
  const here = await readHere(context, sha);
  if (here !== undefined || source === "mirror") return here;
  const pull = source === "branches" ? undefined : source.pull;
  return (await context.fetch(sha, pull)) ? readHere(context, sha) : undefined;
}

/** Fetches once where the mirror lacks one of these commits. Throws ForgeError. */
export async function fetchMissing(context: GiteaContext, commits: readonly Sha[]): Promise<void> {
  const read = await Promise.all(commits.map((sha) => context.objects.object(sha)));
  const missing = commits.find((_, index) => read[index]?.kind === "missing");
  if (missing !== undefined) await context.fetch(missing);
}

async function readHere({ objects }: GiteaContext, sha: Sha): Promise<CommitFacts | undefined> {
  const commit = await readCommitObject(objects, sha);
  if (commit?.message === undefined) return undefined;
  const { header, message } = commit;
  const [tree] = header("tree");
  const seconds = /> (\d{1,12}) [+-]\d{4}$/.exec(header("committer")[0] ?? "")?.[1];
  if (tree === undefined || seconds === undefined) return undefined;
  return { tree, parents: header("parent"), message, committedAt: Number(seconds) * 1000 };
}
