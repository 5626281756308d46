import type { Sha } from "../../../domain/values/scalars.ts";
import { runGit } from "../../../git/run-git.ts";
import { withForgeErrors } from "../../with-forge-errors.ts";
import type { GiteaContext } from "../context.ts";
import { type CommitSource, readCommitFacts } from "./commit-facts.ts";

/** Most commits of a branch that are looked at. */
const MOST = 200;

/** Where a branch's own commits end. */
export interface ChainEnd {
  /** The merge base as the forge knows it; undefined where it does not. It may be older than the last push. */
  readonly mergeBase: Sha | undefined;
  /** The head of the base; undefined: only the merge base counts, as where the branch was merged already. */
  readonly base: Sha | undefined;
  /** Where commits come from that the mirror lacks. */
  readonly source: CommitSource;
}

/**
 * Whether the bot made every commit of a branch that is not in its base. The bot's commits have one parent, so they are a chain:
 * the first commit that is not the bot's has to be in the base. Undefined where a commit cannot be read, or there are very many.
 * Throws ForgeError.
 */
export async function isOwnChain(context: GiteaContext, head: Sha, end: ChainEnd): Promise<boolean | undefined> {
  let sha = head;
  for (let count = 0; count < MOST; count += 1) {
    if (sha === end.mergeBase || sha === end.base) return true;
    const facts = await readCommitFacts(context, sha, end.source);
    if (facts === undefined) return undefined;
    const [parent] = facts.parents;
    const isOwn = facts.parents.length === 1 && parent !== undefined && context.proof.isOwnCommit(facts);
    if (!isOwn) return end.base !== undefined && isAncestor(context, sha, end.base);
    sha = parent;
  }
  return undefined;
}

/** Whether the base holds the commit. */
async function isAncestor(context: GiteaContext, commit: Sha, base: Sha): Promise<boolean> {
  const both = (await context.fetch(base)) && (await context.fetch(commit));
  if (!both) return false;
  const args = ["merge-base", "--is-ancestor", commit, base];
  const { code } = await withForgeErrors(() => runGit(context.repository.place, args, { accept: [0, 1] }));
  return code === 0;
}
