import type { Sha } from "../../../domain/values/scalars.ts";
import { type FileDraft, writeCommits } from "../../../git/write/write-commits.ts";
import { ForgeError } from "../../forge.ts";
import { withForgeErrors } from "../../with-forge-errors.ts";
import type { GiteaContext } from "../context.ts";
import type { CommitFacts } from "../proof.ts";
import { readCommitFacts } from "./commit-facts.ts";

/** A commit of the bot. */
export interface CommitPlan {
  readonly parent: Sha;
  readonly files: readonly FileDraft[];
  readonly message: string;
}

/** A commit, and what is known of it. */
export interface PlannedCommit extends CommitFacts {
  readonly sha: Sha;
}

/** Writes the commit into the mirror, with its proof. The remote does not have it yet. Throws ForgeError. */
export async function writeOwnCommit(context: GiteaContext, plan: CommitPlan): Promise<PlannedCommit> {
  const { parent, files, message } = plan;
  if (!(await context.fetch(parent))) throw new ForgeError("stale", `the repository has no commit ${parent} any more`);
  const { place } = context.repository;
  const at = Date.now();
  const parents = [parent];
  return withForgeErrors(async () => {
    // The proof covers the tree, whose id is known only once it was written.
    const [draft = ""] = await writeCommits(place, [{ parents, files, message, at }]);
    const { tree } = await factsOf(context, draft);
    const signed = context.proof.signCommit({ tree, parents, message });
    const [sha = ""] = await writeCommits(place, [{ parents, tree, files: [], message: signed, at }]);
    return { ...(await factsOf(context, sha)), sha };
  });
}

async function factsOf(context: GiteaContext, sha: Sha): Promise<CommitFacts> {
  const facts = await readCommitFacts(context, sha, "mirror");
  if (facts === undefined)
    throw new ForgeError("unavailable", "the mirror does not hold a commit that was just written");
  return facts;
}

/**
 * Sets a branch of the remote to a commit, or deletes it, where it is still at `old` (undefined: it must not exist). Throws
 * ForgeError "stale" where it is not, "forbidden" where the remote refuses, "unavailable" where it is not known what was done.
 */
export async function pushBranch(
  context: GiteaContext,
  branch: string,
  { old, to }: { readonly old: Sha | undefined; readonly to: Sha | undefined },
): Promise<void> {
  const pushed = await withForgeErrors(() => context.push({ ref: `refs/heads/${branch}`, old, new: to }));
  switch (pushed.kind) {
    case "done":
      return;
    case "stale":
      throw new ForgeError("stale", `the branch ${branch} has moved`);
    case "refused":
      throw new ForgeError("forbidden", `push ${branch}: ${pushed.words}`);
    default:
      return pushed satisfies never;
  }
}
