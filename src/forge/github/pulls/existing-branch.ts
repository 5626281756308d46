import type { Proposal } from "../../../domain/proposal.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import { type Base, ForgeError } from "../../forge.ts";
import { type BranchContent, readBranch } from "../branches/read-branch.ts";
import type { GitHubContext } from "../context.ts";
import { faultOfPart, PullAnswer, parseAnswer, parts, write } from "../write.ts";
import { isDuplicate, newPullRequest } from "./open-attempt.ts";
import { updateGitHubPull } from "./update.ts";

/**
 * Reads the proposal's branch and continues with what it holds: an open pull request is updated to the proposal; for commits of
 * the bot without a pull request one is opened. Throws ForgeError, "conflict" where the branch holds a person's commits.
 */
export async function useExistingBranch(
  context: GitHubContext,
  proposal: Proposal,
  base: Base,
): Promise<BranchContent> {
  const found = await readBranch(context.client, context, proposal.branch, base.branch);
  if (found.kind === "branch" && found.head !== undefined && found.newestCommitAt !== undefined)
    return { kind: "pull", pull: await openPullOnBranch(context, proposal, base, found.head) };
  if (found.kind === "branch") return found;
  // A document whose commit failed still opens a pull request, with the old files of the branch. So the text of a pull
  // request proves nothing, and the files of the branch are compared.
  return { kind: "pull", pull: await updateGitHubPull(context, found.pull, proposal, base, false) };
}

/**
 * For a branch with commits of the bot and no pull request in GitHub's lists: an interrupted run left it, or the list is older
 * than the pull request. It asks GitHub to open one. GitHub refuses a second one; then the list was old.
 */
async function openPullOnBranch(
  context: GitHubContext,
  proposal: Proposal,
  base: Base,
  head: Sha,
): Promise<PullRequest> {
  const doing = `open a pull request from ${proposal.branch}`;
  const written = await write(context.client, doing, {
    pull: parts.createPull(context.repositoryId, proposal, base.branch),
  });
  if (written.kind === "lost") throw new ForgeError("unavailable", written.message);
  const fault = faultOfPart(written, "pull", doing);
  if (fault !== undefined && isDuplicate(fault))
    throw new ForgeError("stale", `${doing}: there is one that GitHub does not list yet`);
  if (fault !== undefined) throw fault;
  const { pullRequest } = parseAnswer(written, PullAnswer, doing).pull;
  const pull = newPullRequest(pullRequest, proposal, base, { oid: head, committedDate: pullRequest.createdAt });
  // The branch may hold the files of an earlier proposal, on an earlier base.
  return updateGitHubPull(context, pull, proposal, base, true);
}
