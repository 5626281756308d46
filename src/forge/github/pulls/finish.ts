import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import { markedComment } from "../../comment-markers.ts";
import { ForgeError } from "../../forge.ts";
import type { GitHubContext } from "../context.ts";
import { ATTEMPTS, faultOfPart, MergeAnswer, NO_COMMIT, parseAnswer, parts, write } from "../write.ts";
import { readPullOutcome } from "./read-pull.ts";

function branchDeletion(context: GitHubContext, pull: PullRequest): ReturnType<typeof parts.updateRefs> {
  // Deletes it only where it still has the commit that was read: a branch that got a push meanwhile stays.
  return parts.updateRefs(context.repositoryId, [
    { name: `refs/heads/${pull.branch}`, beforeOid: pull.head, afterOid: NO_COMMIT, force: true },
  ]);
}

/**
 * Comments, closes and deletes the branch in one document. The comment comes first, since deleting the branch closes the pull
 * request without a comment. A pull request that has ended already is not changed, so that a person's close stays theirs. Throws
 * ForgeError.
 */
export async function closeGitHubPull(
  context: GitHubContext,
  pull: PullRequest,
  sentence: string,
  keepBranch: boolean,
): Promise<void> {
  const doing = `close #${pull.number}`;
  let before = await readPullOutcome(context.client, context, pull.number);
  if (before.state !== "OPEN") return;
  const wasCommented = before.comments.has("closed");
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const isCommented = before.comments.has("closed") && !wasCommented;
    const written = await write(context.client, doing, {
      comment: isCommented ? undefined : parts.comment(pull.id, markedComment("closed", sentence)),
      close: parts.closePull(pull.id),
      branch: keepBranch ? undefined : branchDeletion(context, pull),
    });
    if (written.kind === "answered") {
      const fault = faultOfPart(written, "close", doing);
      if (fault !== undefined) throw fault;
      return;
    }
    before = await readPullOutcome(context.client, context, pull.number);
    if (before.state === "OPEN") continue;
    if (before.state === "CLOSED" && !keepBranch)
      await write(context.client, doing, { branch: branchDeletion(context, pull) });
    return;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/** Comments, once, that a person's commits are on the branch and the bot does not change it any more. Throws ForgeError. */
export async function commentHandsOff(context: GitHubContext, pull: PullRequest, sentence: string): Promise<void> {
  const doing = `comment on #${pull.number}`;
  if (pull.handsOff) return;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(context.client, doing, {
      comment: parts.comment(pull.id, markedComment("hands-off", sentence)),
    });
    if (written.kind === "answered") {
      const fault = faultOfPart(written, "comment", doing);
      if (fault !== undefined) throw fault;
      return;
    }
    if ((await readPullOutcome(context.client, context, pull.number)).comments.has("hands-off")) return;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/**
 * Merges with a merge commit, if the head is still the one that was read, and deletes the branch. Returns the merge commit.
 * Throws ForgeError.
 */
export async function mergeGitHubPull(context: GitHubContext, pull: PullRequest): Promise<Sha> {
  const doing = `merge #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    // Where the merge is refused the branch must stay, so it is deleted with a document of its own.
    const written = await write(context.client, doing, { merge: parts.mergePull(pull.id, pull.head) });
    if (written.kind === "answered") {
      const fault = faultOfPart(written, "merge", doing);
      if (fault !== undefined) throw asProtection(fault);
      const { mergeCommit } = parseAnswer(written, MergeAnswer, doing).merge.pullRequest;
      if (mergeCommit === null) throw new ForgeError("unavailable", `${doing}: GitHub names no merge commit`);
      await write(context.client, doing, { branch: branchDeletion(context, pull) });
      return mergeCommit.oid;
    }
    const { mergeCommit } = await readPullOutcome(context.client, context, pull.number);
    if (mergeCommit !== undefined) return mergeCommit;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/** What GitHub says where rules of the base branch forbid a merge: docs.github.com, "About protected branches", "About rulesets". */
const PROTECTED =
  /\b(approving review|review is required|required status check|rule violations?|protected branch|merge queue|must be made through|required by)\b/i;

/** A refusal that follows from the rules of the base branch says so; any other stays as it is. */
function asProtection(fault: ForgeError): ForgeError {
  return PROTECTED.test(fault.message) ? new ForgeError("protected", fault.message) : fault;
}
