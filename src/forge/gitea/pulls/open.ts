import type { Proposal } from "../../../domain/proposal.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import { isRefName } from "../../../git/names.ts";
import { type Base, ForgeError } from "../../forge.ts";
import { findBranchInTheWay } from "../branches/blocking-branch.ts";
import { isOwnChain } from "../branches/own-chain.ts";
import { pushBranch, writeOwnCommit } from "../branches/push-commit.ts";
import { labelIdsOf } from "../labels.ts";
import { checkPullText } from "./check-text.ts";
import { findOpenOnBranch, readBranchHead } from "./on-branch.ts";
import { type PullContext, toPull } from "./read.ts";
import { GiteaPull } from "./shape.ts";
import { updateGiteaPull } from "./update.ts";

/** Attempts while the branch keeps being changed by somebody else. */
const ATTEMPTS = 4;

/**
 * Opens a pull request: a push that creates the branch, then one request. Where the branch exists already, an open pull request
 * is updated to the proposal, and the bot's commits that an interrupted run left are replaced. Throws ForgeError "conflict" where
 * a person's commits are on the branch, "blocked" where another branch makes the name impossible.
 */
export async function openGiteaPull(context: PullContext, wanted: Proposal, base: Base): Promise<PullRequest> {
  const proposal = checkPullText(wanted);
  const { branch, files, commitMessage: message } = proposal;
  if (!isRefName(`refs/heads/${branch}`))
    throw new ForgeError(
      "invalid",
      `open a pull request from ${JSON.stringify(branch.slice(0, 200))}: no branch may have that name`,
    );
  const commit = await writeOwnCommit(context, {
    parent: base.sha,
    files: files.map(({ path, text }) => ({ path, text })),
    message,
  });
  let old: Sha | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const failure = await pushOrFailure(context, branch, old, commit.sha);
    if (failure === undefined) return requestPull(context, proposal, base, commit.sha);
    const found = await readExisting(context, proposal, base, failure);
    if (found.kind === "pull") return found.pull;
    old = found.head;
  }
  throw new ForgeError("stale", `${branch} keeps being changed by somebody else`);
}

async function pushOrFailure(
  context: PullContext,
  branch: string,
  old: Sha | undefined,
  to: Sha,
): Promise<ForgeError | undefined> {
  try {
    await pushBranch(context, branch, { old, to });
    return undefined;
  } catch (error) {
    if (error instanceof ForgeError) return error;
    throw error;
  }
}

type Existing =
  | { readonly kind: "pull"; readonly pull: PullRequest }
  | { readonly kind: "branch"; readonly head: Sha | undefined };

/** What is there after a push that failed. Throws the failure where the next push would fail in the same way. */
async function readExisting(
  context: PullContext,
  proposal: Proposal,
  base: Base,
  failure: ForgeError,
): Promise<Existing> {
  const { branch } = proposal;
  const open = await findOpenOnBranch(context, branch);
  if (open !== undefined) return { kind: "pull", pull: await updateExisting(context, open, proposal, base) };
  const head = await readBranchHead(context, branch);
  if (failure.code === "forbidden") throw (await findBranchInTheWay(context, branch)) ?? failure;
  if (failure.code !== "stale" && failure.code !== "unavailable") throw failure;
  if (head === undefined) return { kind: "branch", head };
  if ((await isOwnChain(context, head, { mergeBase: undefined, base: base.sha, source: "branches" })) === true)
    return { kind: "branch", head };
  throw new ForgeError("conflict", `the branch ${branch} holds commits that are not the bot's; delete or rename it`);
}

async function updateExisting(
  context: PullContext,
  pull: PullRequest,
  proposal: Proposal,
  base: Base,
): Promise<PullRequest> {
  const { number, branch } = pull;
  if (!pull.openedByBot) throw new ForgeError("conflict", `#${number} on ${branch} was opened by somebody else`);
  if (pull.botOnly !== true)
    throw new ForgeError("conflict", `#${number} on ${branch} holds commits that are not the bot's`);
  return updateGiteaPull(context, pull, proposal, base, false);
}

/** Asks for the pull request of a branch that was just pushed. Where it is refused, the branch is deleted again. */
async function requestPull(context: PullContext, proposal: Proposal, base: Base, head: Sha): Promise<PullRequest> {
  const { branch, title, body } = proposal;
  const doing = `open a pull request from ${branch}`;
  const labels = await labelIdsOf(context, proposal.labels);
  const request = {
    head: branch,
    base: base.branch,
    title,
    body: context.proof.signText({ branch, head, title, body }),
    labels,
  };
  const written = await context.client.write(
    doing,
    { method: "POST", path: `${context.path}/pulls`, body: request },
    GiteaPull,
  );
  if (written.kind === "done") return toPull(context, written.data);
  // A second one for the same branch is refused; one whose answer was lost may be there.
  if (written.kind === "lost" || written.status === 409) {
    const open = await findOpenOnBranch(context, branch);
    if (open !== undefined) return updateExisting(context, open, proposal, base);
    throw written.error;
  }
  await pushBranch(context, branch, { old: head, to: undefined }).catch(() => {});
  throw written.error;
}
