import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import { type Base, ForgeError } from "./forge.ts";
import { differingFiles, ownBranchHead } from "./github-branch.ts";
import type { GitHubClient } from "./github-client.ts";
import { type Place, readOpenOn } from "./github-standing.ts";
import { updatePull } from "./github-update.ts";
import { ATTEMPTS, CommitAnswer, faultOf, NO_COMMIT, PullAnswer, parts, write } from "./github-write.ts";

export interface Setting extends Place {
  readonly client: GitHubClient;
  /** Node id of the repository. */
  readonly repositoryId: string;
  /** Node ids of labels and reviewers, by what they were asked for; null: GitHub knows no such thing, or hides it. */
  readonly nodeIds: Map<string, string | null>;
}

/**
 * Opens a pull request with one document. Where the answer is lost, or the branch is there already, what stands is read
 * before anything else is written: a branch of an earlier, interrupted run is set back to the base, and a pull request
 * that is there is brought to what the proposal says.
 */
export async function openPull(setting: Setting, proposal: Proposal, base: Base): Promise<StandingPull> {
  const doing = `open a pull request from ${proposal.branch}`;
  let standing: Sha | undefined;
  let last: ForgeError | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const result = await tryOpen(setting, proposal, base, standing, doing);
    if (result.kind === "opened") return result.pull;
    last = result.error;
    const healed = await heal(setting, proposal, base);
    if (healed.kind === "standing") return healed.pull;
    // Refused although no branch was in the way: the same document would be refused again.
    if (result.kind === "refused" && healed.head === undefined) throw result.error;
    if (result.kind === "refused" && standing !== undefined && healed.head === standing) throw result.error;
    standing = healed.head;
  }
  throw last ?? new ForgeError("unavailable", `${doing}: no answer`);
}

type Tried =
  | { readonly kind: "opened"; readonly pull: StandingPull }
  | { readonly kind: "lost" | "refused"; readonly error: ForgeError };

async function tryOpen(
  setting: Setting,
  proposal: Proposal,
  base: Base,
  standing: Sha | undefined,
  doing: string,
): Promise<Tried> {
  const { client, repositoryId } = setting;
  const reset = {
    name: `refs/heads/${proposal.branch}`,
    beforeOid: standing ?? NO_COMMIT,
    afterOid: base.sha,
    force: true,
  };
  const written = await write(client, doing, {
    // A branch left behind holds the bot's own commits and no pull request: nothing is lost, and no pull request closes.
    ref:
      standing === undefined
        ? parts.createRef(repositoryId, proposal.branch, base.sha)
        : parts.updateRefs(repositoryId, [reset]),
    commit: parts.commit(setting, proposal.branch, base.sha, proposal, undefined),
    pull: parts.createPull(repositoryId, proposal, base.branch),
  });
  if (written.kind === "lost") return { kind: "lost", error: new ForgeError("unavailable", written.message) };
  const fault = faultOf(written, "ref", doing) ?? faultOf(written, "commit", doing) ?? faultOf(written, "pull", doing);
  if (fault !== undefined) return { kind: "refused", error: fault };
  const commit = CommitAnswer.safeParse(written.data);
  const opened = PullAnswer.safeParse(written.data);
  if (!commit.success || !opened.success)
    return { kind: "lost", error: new ForgeError("unavailable", `${doing}: GitHub's answer has another shape`) };
  const head = commit.data.commit.commit.oid;
  const { id, number, url, createdAt } = opened.data.pull.pullRequest;
  const { branch, title, body } = proposal;
  return {
    kind: "opened",
    pull: {
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
      closedByBot: false,
      handsOff: false,
      createdAt: Date.parse(createdAt),
    },
  };
}

type Healed =
  | { readonly kind: "standing"; readonly pull: StandingPull }
  | { readonly kind: "branch"; readonly head: Sha | undefined };

async function heal(setting: Setting, proposal: Proposal, base: Base): Promise<Healed> {
  const pull = await readOpenOn(setting.client, setting, proposal.branch);
  if (pull === undefined)
    return { kind: "branch", head: await ownBranchHead(setting.client, setting, proposal.branch, base.branch) };
  if (pull.botOnly !== true)
    throw new ForgeError("conflict", `#${pull.number} on ${proposal.branch} holds commits that are not the bot's`);
  const isSame = pull.title === proposal.title && pull.body === proposal.body && pull.base === base.branch;
  // A document whose commit failed still opens a pull request, from what the branch held before: the text proves nothing.
  if (isSame && (await differingFiles(setting.client, setting, pull.head, proposal.files)).size === 0)
    return { kind: "standing", pull };
  return { kind: "standing", pull: await updatePull(setting, pull, proposal, base, true) };
}
