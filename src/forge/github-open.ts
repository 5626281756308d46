import type * as z from "zod";
import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import { isRefName } from "../git/names.ts";
import { type Base, ForgeError } from "./forge.ts";
import { blockedBy, lookAtBranch, type OnBranch } from "./github-branch.ts";
import type { GitHubClient } from "./github-client.ts";
import type { NodeIds, Warn } from "./github-node-ids.ts";
import { remarkBody } from "./github-pull.ts";
import type { Place } from "./github-standing.ts";
import { updatePull } from "./github-update.ts";
import { ATTEMPTS, answerOf, CommitAnswer, faultOf, NO_COMMIT, PullAnswer, parts, write } from "./github-write.ts";

export interface Setting extends Place {
  readonly client: GitHubClient;
  /** Node id of the repository. */
  readonly repositoryId: string;
  readonly nodeIds: NodeIds;
  readonly warn: Warn;
  /** Branches that were seen not to be there when their pull requests were last read; each is believed once. */
  readonly absent: Set<string>;
}

/**
 * Opens a pull request with one document. Where the answer is lost, or the branch is there already, what stands is read
 * before anything else is written: a pull request that is there is brought to what the proposal says, and so is one made of
 * the commits of an earlier, interrupted run. Throws ForgeError "conflict" where a person's commits are there, "blocked" where
 * another branch takes the name, "stale" where a pull request is there that GitHub does not list yet.
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
    if (result.kind === "refused" && result.part === "pull" && !isThereAlready(result.error)) {
      await tidy(setting, proposal, result.commit);
      throw result.error;
    }
    const healed = await heal(setting, proposal, base).catch(async (error: unknown) => {
      if (result.kind === "refused" && result.accident !== undefined)
        await takeBack(setting, result.accident, proposal);
      throw error;
    });
    if (healed.kind === "pull") return healed.pull;
    if (result.kind === "refused" && isFinal(result, healed.head)) {
      await tidy(setting, proposal, result.commit);
      throw (await blocker(setting, proposal, result.error)) ?? result.error;
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

/** Of a ref that GitHub would not make: the branch that is in its way, if there is one. */
async function blocker(setting: Setting, { branch }: Proposal, error: ForgeError): Promise<ForgeError | undefined> {
  if (error.code !== "invalid") return undefined;
  return blockedBy(setting.client, setting, branch).catch(() => undefined);
}

/** GitHub has one open pull request for a branch and its base, and says so whatever its lists show at the moment. */
function isThereAlready({ message }: ForgeError): boolean {
  return /pull request already exists/i.test(message);
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
  const { branch } = proposal;
  const reset = { name: `refs/heads/${branch}`, beforeOid: standing, afterOid: base.sha, force: true };
  const written = await write(client, doing, {
    // A branch that holds nothing beyond the base has no open pull request: none closes when it is set to the base.
    ref:
      standing === undefined
        ? parts.createRef(repositoryId, branch, base.sha)
        : parts.updateRefs(repositoryId, [reset]),
    commit: parts.commit(setting, branch, base.sha, proposal, undefined),
    pull: parts.createPull(repositoryId, proposal, base.branch),
  });
  if (written.kind === "lost") return { kind: "lost", error: new ForgeError("unavailable", written.message) };
  const commit = CommitAnswer.safeParse(written.data);
  const made = commit.success ? commit.data.commit.commit : undefined;
  const head = made?.oid;
  const opened = PullAnswer.safeParse(written.data);
  const accident = opened.success ? opened.data.pull.pullRequest.id : undefined;
  for (const part of ["ref", "commit", "pull"] as const) {
    const error = faultOf(written, part, doing);
    if (error !== undefined) return { kind: "refused", part, error, commit: head, accident };
  }
  if (made === undefined || !opened.success) {
    return { kind: "lost", error: new ForgeError("unavailable", `${doing}: GitHub's answer has another shape`) };
  }
  if (made.signature === null)
    setting.warn({ commit: made.oid }, "GitHub did not sign the commit: turn on web commit signing on this server");
  return { kind: "opened", pull: standingOf(opened.data.pull.pullRequest, proposal, base, made) };
}

function standingOf(
  { id, number, url, createdAt }: z.infer<typeof PullAnswer>["pull"]["pullRequest"],
  { title, body, branch }: Proposal,
  base: Base,
  { oid: head, committedDate }: { readonly oid: Sha; readonly committedDate: string },
): StandingPull {
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

/**
 * A branch with commits of the bot and no pull request in GitHub's lists: an interrupted run left it, or the list is older
 * than the pull request. To ask for the pull request tells the two apart, and touches nothing: a second one is refused.
 */
async function adopt(setting: Setting, proposal: Proposal, base: Base, head: Sha): Promise<StandingPull> {
  const doing = `open a pull request from ${proposal.branch}`;
  const written = await write(setting.client, doing, {
    pull: parts.createPull(setting.repositoryId, proposal, base.branch),
  });
  if (written.kind === "lost") throw new ForgeError("unavailable", written.message);
  const fault = faultOf(written, "pull", doing);
  if (fault !== undefined && isThereAlready(fault))
    throw new ForgeError("stale", `${doing}: there is one that GitHub does not list yet`);
  if (fault !== undefined) throw fault;
  const { pullRequest } = answerOf(written, PullAnswer, doing).pull;
  const pull = standingOf(pullRequest, proposal, base, { oid: head, committedDate: pullRequest.createdAt });
  // What the branch holds may be of an earlier proposal, on an earlier base.
  return updatePull(setting, pull, proposal, base, true);
}

async function heal(setting: Setting, proposal: Proposal, base: Base): Promise<OnBranch> {
  const found = await lookAtBranch(setting.client, setting, proposal.branch, base.branch);
  if (found.kind === "branch" && found.head !== undefined && found.madeAt !== undefined)
    return { kind: "pull", pull: await adopt(setting, proposal, base, found.head) };
  if (found.kind === "branch") return found;
  // A document whose commit failed still opens a pull request, from what the branch held before: so its text proves
  // nothing, and what the branch holds is compared.
  return { kind: "pull", pull: await updatePull(setting, found.pull, proposal, base, false) };
}
