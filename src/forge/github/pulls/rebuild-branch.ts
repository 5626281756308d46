import { createHash } from "node:crypto";
import { BRANCH_PREFIX } from "../../../domain/branch-name.ts";
import type { Proposal } from "../../../domain/proposal.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { type Base, ForgeError } from "../../forge.ts";
import { readBranch } from "../branches/read-branch.ts";
import type { GitHubContext } from "../context.ts";
import { ATTEMPTS, CommitAnswer, faultOfPart, NO_COMMIT, parseAnswer, parts, write } from "../write.ts";
import { type NewCommit, readOpenPull, restoreText, textPart, updatedPull, updateText } from "./update-text.ts";

/**
 * Rebuilds the branch from the base. GitHub closes a pull request whose branch has no commit beyond its base, and it cannot be
 * reopened. So the branch never points at the base: the new commit is made on a temporary branch, then the pull request's
 * branch moves to that commit in one step. Two documents; the first can be repeated. Throws ForgeError.
 */
export async function rebuildBranch(
  context: GitHubContext,
  pull: PullRequest,
  proposal: Proposal,
  base: Base,
): Promise<PullRequest> {
  const doing = `replay #${pull.number}`;
  const { client, repositoryId } = context;
  const temporary = temporaryBranchOf(pull, base);
  const commit = await commitOnTemporaryBranch(context, temporary, proposal, base, doing);
  const head = commit.oid;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const moved = { name: `refs/heads/${pull.branch}`, beforeOid: pull.head, afterOid: head, force: true };
    const deletion = { name: `refs/heads/${temporary}`, beforeOid: head, afterOid: NO_COMMIT, force: true };
    const written = await write(client, doing, {
      refs: parts.updateRefs(repositoryId, [moved, deletion]),
      text: textPart(pull, proposal, base),
    });
    if (written.kind === "answered") {
      const fault = faultOfPart(written, "refs", doing);
      if (fault !== undefined) return restoreText(context, pull, fault);
      const textFault = faultOfPart(written, "text", doing);
      if (textFault !== undefined) throw textFault;
      return updatedPull(pull, proposal, base, commit);
    }
    const current = await readOpenPull(context, pull);
    if (current.head === head) return updateText(context, current, proposal, base);
    if (current.head !== pull.head) throw new ForgeError("stale", `${doing}: the branch has moved`);
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}

/** A name that only repetitions of the same attempt share, so that an interrupted attempt is continued. */
function temporaryBranchOf(pull: PullRequest, base: Base): string {
  const attempt = createHash("sha256").update(`${pull.id} ${pull.head} ${base.sha}`).digest("hex");
  return `${BRANCH_PREFIX}replay/${pull.number}-${attempt.slice(0, 12)}`;
}

async function commitOnTemporaryBranch(
  context: GitHubContext,
  temporary: string,
  proposal: Proposal,
  base: Base,
  doing: string,
): Promise<NewCommit> {
  const { client, repositoryId } = context;
  // First, the branch must not exist, so that nobody's branch is moved. After an interrupted run it holds the bot's own commit.
  let beforeOid = NO_COMMIT;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const start = { name: `refs/heads/${temporary}`, beforeOid, afterOid: base.sha, force: true };
    const written = await write(client, doing, {
      refs: parts.updateRefs(repositoryId, [start]),
      commit: parts.commit(context, temporary, base.sha, proposal, undefined),
    });
    const fault =
      written.kind === "lost"
        ? undefined
        : (faultOfPart(written, "refs", doing) ?? faultOfPart(written, "commit", doing));
    if (written.kind === "answered" && fault === undefined)
      return parseAnswer(written, CommitAnswer, doing).commit.commit;
    if (fault !== undefined && (fault.code !== "stale" || attempt === ATTEMPTS)) throw fault;
    const found = await readBranch(client, context, temporary, base.branch);
    if (found.kind === "pull") throw new ForgeError("conflict", `${doing}: a pull request is open on ${temporary}`);
    beforeOid = found.head ?? NO_COMMIT;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}
