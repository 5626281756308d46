import type * as z from "zod";
import type { Proposal } from "../../../domain/proposal.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { type Base, ForgeError } from "../../forge.ts";
import type { GitHubContext } from "../context.ts";
import { ATTEMPTS, type CommitAnswer, faultOfPart, parts, write } from "../write.ts";
import { readPull } from "./read-pull.ts";

/** The pull request after the update. */
export function updatedPull(pull: PullRequest, proposal: Proposal, base: Base, commit?: NewCommit): PullRequest {
  const { title, body } = proposal;
  const head = commit === undefined ? {} : { head: commit.oid, headAt: Date.parse(commit.committedDate) };
  return { ...pull, title, body, base: base.branch, ...head, textByBot: true };
}

/** A commit that GitHub made just now. */
export type NewCommit = z.infer<typeof CommitAnswer>["commit"]["commit"];

/** The mutation that writes title, body and, where it differs, the base branch. */
export function textPart(pull: PullRequest, proposal: Proposal, base: Base): ReturnType<typeof parts.updatePull> {
  return parts.updatePull(pull.id, proposal.title, proposal.body, pull.base === base.branch ? undefined : base.branch);
}

/**
 * Writes only title and body. Writing them twice does no harm, so after a lost answer they are
 * written again. Throws ForgeError.
 */
export async function updateText(
  context: GitHubContext,
  pull: PullRequest,
  proposal: Proposal,
  base: Base,
): Promise<PullRequest> {
  const isSameText = pull.title === proposal.title && pull.body === proposal.body && pull.textByBot;
  if (isSameText && pull.base === base.branch) return pull;
  const doing = `update the text of #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(context.client, doing, { text: textPart(pull, proposal, base) });
    if (written.kind === "lost") continue;
    const fault = faultOfPart(written, "text", doing);
    if (fault !== undefined) throw fault;
    return updatedPull(pull, proposal, base);
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/**
 * Writes the old text again, then throws the fault. Where the commit was refused, the same document still changed the text. That
 * text describes files that the branch does not hold, and the next run would trust it.
 */
export async function restoreText(context: GitHubContext, pull: PullRequest, fault: ForgeError): Promise<never> {
  await write(context.client, `put back the text of #${pull.number}`, {
    text: parts.updatePull(pull.id, pull.title, pull.body, undefined),
  });
  throw fault;
}

/** Reads the pull request again. Throws ForgeError "stale" where it is not open any more. */
export async function readOpenPull(context: GitHubContext, pull: PullRequest): Promise<PullRequest> {
  const current = await readPull(context.client, context, pull.number);
  if (current?.state !== "open") throw new ForgeError("stale", `#${pull.number} is no longer open`);
  return current;
}
