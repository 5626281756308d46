import type { Proposal } from "../../../domain/proposal.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { type Base, ForgeError } from "../../forge.ts";
import { missingFiles } from "../../missing-files.ts";
import { withForgeErrors } from "../../with-forge-errors.ts";
import { type CommitPlan, pushBranch, writeOwnCommit } from "../branches/push-commit.ts";
import { checkPullText } from "./check-text.ts";
import { type PullContext, readOpenGiteaPull } from "./read.ts";
import { GiteaPull } from "./shape.ts";

/**
 * Updates an open pull request to the proposal: a push only where the branch differs, then its text. The text is written last: if
 * that fails, the next pass sees that it was not written for the new commit, and writes it. Throws ForgeError "stale" where the
 * pull request ended or its branch moved since the caller read it.
 */
export async function updateGiteaPull(
  context: PullContext,
  pull: PullRequest,
  wanted: Proposal,
  base: Base,
  replay: boolean,
): Promise<PullRequest> {
  const proposal = checkPullText(wanted);
  const current = await readOpenGiteaPull(context, pull);
  const plan = await planCommit(context, pull, proposal, base, replay);
  if (plan === undefined) return writeText(context, pull, current, proposal, base);
  const commit = await writeOwnCommit(context, plan);
  await pushBranch(context, pull.branch, { old: pull.head, to: commit.sha });
  const moved = { ...pull, head: commit.sha, headAt: commit.committedAt, botOnly: true, textByBot: false };
  return writeText(context, moved, current, proposal, base);
}

/** The commit to push; undefined where the branch has the wanted content already. */
async function planCommit(
  context: PullContext,
  { head, branch }: PullRequest,
  proposal: Proposal,
  base: Base,
  replay: boolean,
): Promise<CommitPlan | undefined> {
  const { files, commitMessage: message } = proposal;
  if (!(await context.fetch(head))) throw new ForgeError("stale", `the branch ${branch} has moved`);
  if (!(await context.fetch(base.sha))) throw new ForgeError("stale", `${base.branch} has moved`);
  const missing = await withForgeErrors(() => missingFiles(context, head, base.sha, files));
  const fresh = { parent: base.sha, files: files.map(({ path, text }) => ({ path, text })), message };
  if (missing === undefined) return fresh;
  const onBase = missing.start === base.sha;
  if (missing.drafts.length === 0 && (!replay || onBase)) return undefined;
  return replay ? fresh : { parent: head, files: missing.drafts, message };
}

/** Writes title, body and, where it differs, the base. Where they are as wanted, nothing is sent. */
async function writeText(
  context: PullContext,
  pull: PullRequest,
  current: GiteaPull,
  { title, body, branch }: Proposal,
  base: Base,
): Promise<PullRequest> {
  const isSame = pull.title === title && pull.body === body && pull.base === base.branch && pull.textByBot;
  if (isSame) return pull;
  const doing = `update the text of #${pull.number}`;
  const text = context.proof.signText({ branch, head: pull.head, title, body });
  const request = {
    title,
    body: text,
    ...(pull.base === base.branch ? {} : { base: base.branch }),
    // The server refuses where somebody else has edited the text since it was read.
    ...(current.content_version == null ? {} : { content_version: current.content_version }),
  };
  const written = await context.client.write(
    doing,
    { method: "PATCH", path: `${context.path}/pulls/${pull.number}`, body: request },
    GiteaPull,
  );
  if (written.kind === "refused" && written.status === 409)
    throw new ForgeError("stale", `${doing}: it was edited meanwhile`);
  if (written.kind !== "done") throw written.error;
  return { ...pull, title, body, base: base.branch, textByBot: pull.openedByBot };
}
