import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import { isRefName } from "../git/names.ts";
import { type Base, ForgeError } from "./forge.ts";
import { lookAtBranch, type OnBranch } from "./github-branch.ts";
import type { GitHubClient } from "./github-client.ts";
import type { NodeIds } from "./github-node-ids.ts";
import { remarkBody } from "./github-pull.ts";
import type { Place } from "./github-standing.ts";
import { updatePull } from "./github-update.ts";
import { ATTEMPTS, CommitAnswer, faultOf, NO_COMMIT, PullAnswer, parts, write } from "./github-write.ts";

export interface Setting extends Place {
  readonly client: GitHubClient;
  /** Node id of the repository. */
  readonly repositoryId: string;
  readonly nodeIds: NodeIds;
  /** Branches that were seen not to be there when their pull requests were last read; each is believed once. */
  readonly absent: Set<string>;
}

/**
 * Opens a pull request with one document. Where the answer is lost, or the branch is there already, what stands is read
 * before anything else is written: a branch of an earlier, interrupted run is set back to the base, and a pull request
 * that is there is brought to what the proposal says. Throws ForgeError "conflict" where a person's commits are there.
 */
export async function openPull(setting: Setting, proposal: Proposal, base: Base): Promise<StandingPull> {
  const doing = `open a pull request from ${proposal.branch}`;
  if (!isRefName(`refs/heads/${proposal.branch}`))
    throw new ForgeError("invalid", `${doing}: no branch may have that name`);
  let standing: Sha | undefined;
  // A document goes on after its first part failed, and would make a pull request of whatever the branch holds. So that
  // it is not there is known beforehand: from the last reading of what stands, or by asking now.
  if (!setting.absent.delete(proposal.branch)) {
    const healed = await heal(setting, proposal, base);
    if (healed.kind === "pull") return healed.pull;
    standing = healed.head;
  }
  let last: ForgeError | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const result = await tryOpen(setting, proposal, base, standing, doing);
    if (result.kind === "opened") return result.pull;
    last = result.error;
    const healed = await heal(setting, proposal, base).catch(async (error: unknown) => {
      if (result.kind === "refused" && result.accident !== undefined)
        await takeBack(setting, result.accident, proposal);
      throw error;
    });
    if (healed.kind === "pull") return healed.pull;
    if (result.kind === "refused" && isFinal(result, healed.head)) {
      await tidy(setting, proposal, result.commit);
      throw result.error;
    }
    standing = healed.head;
  }
  throw last ?? new ForgeError("unavailable", `${doing}: no answer`);
}

type Tried =
  | { readonly kind: "opened"; readonly pull: StandingPull }
  | { readonly kind: "lost"; readonly error: ForgeError }
  | {
      readonly kind: "refused";
      readonly part: "ref" | "commit" | "pull";
      readonly error: ForgeError;
      /** The commit that was made before the refusal. */
      readonly commit: Sha | undefined;
      /** Node id of a pull request that was opened although an earlier part was refused. */
      readonly accident: string | undefined;
    };

/** Whether the same document would be refused again: nothing was in its way, and nobody was faster. */
function isFinal(refused: Extract<Tried, { kind: "refused" }>, head: Sha | undefined): boolean {
  if (refused.error.code === "stale") return false;
  return refused.part !== "ref" || head === undefined;
}

/** A refused pull request leaves no branch. What cannot be deleted now does no harm: the next opening starts it anew. */
async function tidy({ client, repositoryId }: Setting, { branch }: Proposal, commit: Sha | undefined): Promise<void> {
  if (commit === undefined) return;
  const dropped = { name: `refs/heads/${branch}`, beforeOid: commit, afterOid: NO_COMMIT, force: true };
  await write(client, `delete ${branch}`, { refs: parts.updateRefs(repositoryId, [dropped]) }).catch(() => {});
}

/** Somebody put a branch of this name there a moment ago, and it became a pull request that nobody asked for. */
async function takeBack({ client }: Setting, id: string, { branch }: Proposal): Promise<void> {
  const sentence = `Opened by mistake: the branch ${branch} holds commits that are not the bot's. It is left as it is.`;
  await write(client, `close what ${branch} became`, {
    say: parts.comment(id, remarkBody("closed", sentence)),
    close: parts.closePull(id),
  }).catch(() => {});
}

async function tryOpen(
  setting: Setting,
  proposal: Proposal,
  base: Base,
  standing: Sha | undefined,
  doing: string,
): Promise<Tried> {
  const { client, repositoryId } = setting;
  const { branch, title, body } = proposal;
  const reset = { name: `refs/heads/${branch}`, beforeOid: standing, afterOid: base.sha, force: true };
  const written = await write(client, doing, {
    // A branch left behind holds the bot's own commits and no pull request: nothing is lost, and no pull request closes.
    ref:
      standing === undefined
        ? parts.createRef(repositoryId, branch, base.sha)
        : parts.updateRefs(repositoryId, [reset]),
    commit: parts.commit(setting, branch, base.sha, proposal, undefined),
    pull: parts.createPull(repositoryId, proposal, base.branch),
  });
  if (written.kind === "lost") return { kind: "lost", error: new ForgeError("unavailable", written.message) };
  const commit = CommitAnswer.safeParse(written.data);
  const head = commit.success ? commit.data.commit.commit.oid : undefined;
  const opened = PullAnswer.safeParse(written.data);
  const accident = opened.success ? opened.data.pull.pullRequest.id : undefined;
  for (const part of ["ref", "commit", "pull"] as const) {
    const error = faultOf(written, part, doing);
    if (error !== undefined) return { kind: "refused", part, error, commit: head, accident };
  }
  if (head === undefined || !opened.success) {
    return { kind: "lost", error: new ForgeError("unavailable", `${doing}: GitHub's answer has another shape`) };
  }
  const { id, number, url, createdAt } = opened.data.pull.pullRequest;
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
      endedAt: undefined,
    },
  };
}

async function heal(setting: Setting, proposal: Proposal, base: Base): Promise<OnBranch> {
  const found = await lookAtBranch(setting.client, setting, proposal.branch, base.branch);
  if (found.kind === "branch") return found;
  // A document whose commit failed still opens a pull request, from what the branch held before: so its text proves
  // nothing, and what the branch holds is compared.
  return { kind: "pull", pull: await updatePull(setting, found.pull, proposal, base, false) };
}
