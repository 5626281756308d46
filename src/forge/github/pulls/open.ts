import type { Proposal } from "../../../domain/proposal.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import { isRefName } from "../../../git/names.ts";
import { markedComment } from "../../comment-markers.ts";
import { type Base, ForgeError } from "../../forge.ts";
import { findBlockingBranch } from "../branches/blocking-branch.ts";
import type { BranchContent } from "../branches/read-branch.ts";
import type { GitHubContext } from "../context.ts";
import { ATTEMPTS, NO_COMMIT, parts, write } from "../write.ts";
import { useExistingBranch } from "./existing-branch.ts";
import { type FailedAttempt, isDuplicate, type RefusedAttempt, tryToOpen } from "./open-attempt.ts";

const NO_BRANCH: BranchContent = { kind: "branch", head: undefined, newestCommitAt: undefined };

/**
 * Opens a pull request with one document. Where the answer is lost, or the branch exists already, the branch is read before
 * anything else is written. Then an open pull request is updated to the proposal; for commits that an interrupted run left, one
 * is opened and updated. Throws ForgeError "conflict" where a person's commits are on the branch, "blocked" where another
 * branch makes the name impossible, "stale" where a pull request exists that GitHub does not list yet.
 */
export async function openGitHubPull(context: GitHubContext, proposal: Proposal, base: Base): Promise<PullRequest> {
  const doing = `open a pull request from ${proposal.branch}`;
  if (!isRefName(`refs/heads/${proposal.branch}`))
    throw new ForgeError("invalid", `${doing}: no branch may have that name`);
  // GitHub continues a document after a failed part, and would open a pull request with whatever the branch holds. So RAOS has
  // to know that the branch does not exist: from the last list of pull requests, or by reading it now.
  let found = context.absentBranches.delete(proposal.branch)
    ? NO_BRANCH
    : await useExistingBranch(context, proposal, base);
  let last: ForgeError | undefined;
  for (let attempt = 1; ; attempt++) {
    if (found.kind === "pull") return found.pull;
    if (attempt > ATTEMPTS) throw last ?? new ForgeError("unavailable", `${doing}: no answer`);
    const result = await tryToOpen(context, proposal, base, found.head, doing);
    if (result.kind === "opened") return result.pull;
    last = result.error;
    found = await readAfterFailure(context, proposal, base, result);
  }
}

/** What the branch holds after a failed attempt. Throws the refusal where the next attempt would be refused again. */
async function readAfterFailure(
  context: GitHubContext,
  proposal: Proposal,
  base: Base,
  failed: FailedAttempt,
): Promise<BranchContent> {
  if (failed.kind === "refused" && failed.part === "pull" && !isDuplicate(failed.error)) {
    await deleteRefusedBranch(context, proposal, failed.commit);
    throw failed.error;
  }
  const found = await useExistingBranch(context, proposal, base).catch(async (error: unknown) => {
    // Only where the branch was seen to hold somebody's commits: a list that lags, or no answer, proves nothing.
    if (isConflict(error) && failed.kind === "refused" && failed.unwantedPull !== undefined)
      await closeUnwantedPull(context, failed.unwantedPull, proposal);
    throw error;
  });
  if (failed.kind === "refused" && found.kind === "branch" && isFinal(failed, found.head)) {
    await deleteRefusedBranch(context, proposal, failed.commit);
    throw (await explainRefusedRef(context, proposal, failed.error)) ?? failed.error;
  }
  return found;
}

function isConflict(error: unknown): boolean {
  return error instanceof ForgeError && error.code === "conflict";
}

/** Whether the same document would be refused again: the reason was neither an existing branch nor another writer. */
function isFinal({ error, part }: RefusedAttempt, head: Sha | undefined): boolean {
  if (error.code === "stale") return false;
  return part !== "ref" || head === undefined;
}

/** The error for a ref that GitHub refused to create: it names the branch that makes the name impossible, if there is one. */
async function explainRefusedRef(
  context: GitHubContext,
  { branch }: Proposal,
  error: ForgeError,
): Promise<ForgeError | undefined> {
  if (error.code !== "invalid") return undefined;
  return findBlockingBranch(context.client, context, branch).catch(() => undefined);
}

/** A refused pull request leaves no branch. Where it cannot be deleted now, the next attempt rebuilds it. */
async function deleteRefusedBranch(
  { client, repositoryId }: GitHubContext,
  { branch }: Proposal,
  commit: Sha | undefined,
): Promise<void> {
  if (commit === undefined) return;
  const deletion = { name: `refs/heads/${branch}`, beforeOid: commit, afterOid: NO_COMMIT, force: true };
  await write(client, `delete ${branch}`, { refs: parts.updateRefs(repositoryId, [deletion]) }).catch(() => {});
}

/** Somebody created a branch of this name a moment ago, and the document opened a pull request of it by mistake. */
async function closeUnwantedPull({ client }: GitHubContext, id: string, { branch }: Proposal): Promise<void> {
  const sentence = `Opened by mistake: the branch ${branch} holds commits that are not the bot's. It is left as it is.`;
  await write(client, `close what ${branch} became`, {
    comment: parts.comment(id, markedComment("closed", sentence)),
    close: parts.closePull(id),
  }).catch(() => {});
}
