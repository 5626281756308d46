import type { Proposal } from "../../../domain/proposal.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Path } from "../../../domain/values/scalars.ts";
import { type Base, ForgeError } from "../../forge.ts";
import { findDifferingFiles } from "../branches/differing-files.ts";
import type { GitHubContext } from "../context.ts";
import { ATTEMPTS, CommitAnswer, faultOfPart, parseAnswer, parts, write } from "../write.ts";
import { readPullContent } from "./pull-content.ts";
import { rebuildBranch } from "./rebuild-branch.ts";
import { readOpenPull, restoreText, textPart, updatedPull, updateText } from "./update-text.ts";

/**
 * Updates an open pull request to the proposal: one document, or two where the branch is rebuilt from its base. Reads the
 * branch first, so that nothing is committed that it holds already. Throws ForgeError "stale" where the pull request ended
 * or its branch moved since the caller read it.
 */
export async function updateGitHubPull(
  context: GitHubContext,
  pull: PullRequest,
  proposal: Proposal,
  base: Base,
  replay: boolean,
): Promise<PullRequest> {
  const { client } = context;
  const [differing, content] = await Promise.all([
    findDifferingFiles(client, context, pull.head, proposal.files),
    readPullContent(client, context, pull.number),
  ]);
  if (content.state !== "OPEN") throw new ForgeError("stale", `#${pull.number} is no longer open`);
  if (content.head !== pull.head) throw new ForgeError("stale", `the branch of #${pull.number} has moved`);
  const wanted = new Set(proposal.files.map(({ path }) => path));
  // Files that only an earlier proposal changed need the base's content again. Only a rebuild gives them that.
  const isNarrower = content.paths === undefined || [...content.paths].some((path) => !wanted.has(path));
  if (isNarrower || (replay && content.start !== base.sha)) return rebuildBranch(context, pull, proposal, base);
  return differing.size === 0
    ? updateText(context, pull, proposal, base)
    : addCommit(context, pull, proposal, base, differing);
}

/** A commit on top of the head that the caller read, and the text, in one document. */
async function addCommit(
  context: GitHubContext,
  pull: PullRequest,
  proposal: Proposal,
  base: Base,
  differing: ReadonlySet<Path>,
): Promise<PullRequest> {
  const doing = `update #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(context.client, doing, {
      commit: parts.commit(context, pull.branch, pull.head, proposal, differing),
      text: textPart(pull, proposal, base),
    });
    if (written.kind === "lost") {
      const current = await readOpenPull(context, pull);
      if (current.head === pull.head) continue;
      if (
        current.botOnly !== true ||
        (await findDifferingFiles(context.client, context, current.head, proposal.files)).size > 0
      )
        throw new ForgeError("stale", `${doing}: the branch has moved`);
      return updateText(context, current, proposal, base);
    }
    const fault = faultOfPart(written, "commit", doing);
    if (fault !== undefined) return restoreText(context, pull, fault);
    const textFault = faultOfPart(written, "text", doing);
    if (textFault !== undefined) throw textFault;
    return updatedPull(pull, proposal, base, parseAnswer(written, CommitAnswer, doing).commit.commit);
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}
