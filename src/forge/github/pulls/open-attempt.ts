import type * as z from "zod";
import type { Proposal } from "../../../domain/proposal.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import { type Base, ForgeError } from "../../forge.ts";
import type { GitHubContext } from "../context.ts";
import { CommitAnswer, faultOfPart, PullAnswer, parts, write } from "../write.ts";

export interface RefusedAttempt {
  readonly kind: "refused";
  readonly part: "ref" | "commit" | "pull";
  readonly error: ForgeError;
  /** The commit that was made before the refusal. */
  readonly commit: Sha | undefined;
  /** Node id of a pull request that was opened although an earlier part was refused. */
  readonly unwantedPull: string | undefined;
}

export type FailedAttempt = RefusedAttempt | { readonly kind: "lost"; readonly error: ForgeError };

/** The result of one document that opens a pull request. "lost": GitHub may have opened it, but there is no answer. */
export type OpenAttempt = FailedAttempt | { readonly kind: "opened"; readonly pull: PullRequest };

/**
 * Sends branch, commit and pull request as one document. `existing` is the commit of a branch without a pull request, which
 * is then reset to the base. Throws ForgeError where GitHub refuses the whole document.
 */
export async function tryToOpen(
  context: GitHubContext,
  proposal: Proposal,
  base: Base,
  existing: Sha | undefined,
  doing: string,
): Promise<OpenAttempt> {
  const { client, repositoryId } = context;
  const { branch } = proposal;
  const reset = { name: `refs/heads/${branch}`, beforeOid: existing, afterOid: base.sha, force: true };
  const written = await write(client, doing, {
    // A branch that holds nothing beyond the base has no open pull request: none closes when it is reset to the base.
    ref:
      existing === undefined
        ? parts.createRef(repositoryId, branch, base.sha)
        : parts.updateRefs(repositoryId, [reset]),
    commit: parts.commit(context, branch, base.sha, proposal, undefined),
    pull: parts.createPull(repositoryId, proposal, base.branch),
  });
  if (written.kind === "lost") return { kind: "lost", error: new ForgeError("unavailable", written.message) };
  const commit = CommitAnswer.safeParse(written.data).data?.commit.commit;
  const opened = PullAnswer.safeParse(written.data).data?.pull.pullRequest;
  for (const part of ["ref", "commit", "pull"] as const) {
    const error = faultOfPart(written, part, doing);
    // It may be open all the same: the branch is read before anything is deleted.
    if (part === "pull" && error?.code === "unavailable") return { kind: "lost", error };
    if (error !== undefined) return { kind: "refused", part, error, commit: commit?.oid, unwantedPull: opened?.id };
  }
  if (commit === undefined || opened === undefined)
    return { kind: "lost", error: new ForgeError("unavailable", `${doing}: GitHub's answer has another shape`) };
  if (commit.signature === null)
    context.warn({ commit: commit.oid }, "GitHub did not sign the commit: turn on web commit signing on this server");
  return { kind: "opened", pull: newPullRequest(opened, proposal, base, commit) };
}

/** GitHub allows one open pull request for a branch and its base, and says so even where its lists do not show it yet. */
export function isDuplicate({ message }: ForgeError): boolean {
  return /pull request already exists/i.test(message);
}

/** A pull request that was opened just now. */
export function newPullRequest(
  { id, number, url, createdAt }: z.infer<typeof PullAnswer>["pull"]["pullRequest"],
  { title, body, branch }: Proposal,
  base: Base,
  { oid: head, committedDate }: { readonly oid: Sha; readonly committedDate: string },
): PullRequest {
  return {
    id,
    number,
    url,
    title,
    body,
    branch,
    base: base.branch,
    head,
    state: "open",
    labels: [],
    botOnly: true,
    openedByBot: true,
    textByBot: true,
    closedByBot: false,
    handsOff: false,
    createdAt: Date.parse(createdAt),
    headAt: Date.parse(committedDate),
    endedAt: undefined,
  };
}
