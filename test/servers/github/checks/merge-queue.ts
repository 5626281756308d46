import { commitsBetween, writeCommit } from "../git/commits.ts";
import { NO_OID } from "../git/git-store.ts";
import { moveRefs } from "../git/refs.ts";
import { demand } from "../model/access.ts";
import { type Caller, inTurn, type Pull, type World } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { WEB_FLOW } from "../pulls/merging.ts";
import { markMerged } from "../pulls/pull-follow.ts";
import { assertMayMerge, hasMergeQueue } from "../rules/rules.ts";
import { latestRuns } from "./check-runs.ts";

/** A group of the merge queue: base and pull request merged, on a branch of GitHub's own. */
export interface MergeGroup {
  readonly ref: string;
  readonly head: string;
  readonly base: string;
}

/** Puts a pull request into the merge queue, and asks for the checks of its group. Throws where it does not merge cleanly. */
export async function enqueue(world: World, pull: Pull): Promise<MergeGroup> {
  const { repository } = pull;
  return inTurn(repository, async () => {
    const base = (await repository.git.resolve(`refs/heads/${pull.baseRef}`)) ?? NO_OID;
    const tree = (await repository.git.git("merge-tree", "--write-tree", base, pull.head)).trim();
    const head = await writeCommit(repository.git, {
      ...{ parents: [base, pull.head], tree, author: WEB_FLOW, committer: WEB_FLOW },
      message: `Merge pull request #${pull.number}`,
    });
    pull.isQueued = true;
    const ref = `refs/heads/gh-readonly-queue/${pull.baseRef}/pr-${pull.number}-${base}`;
    await moveRefs(world, repository, pull.author, [{ ref, after: head, before: NO_OID }]);
    const [commit] = (await commitsBetween(repository.git, base, head)).slice(-1);
    if (commit === undefined) throw new Error("the group holds nothing");
    world.emit({ kind: "merge_group", action: "checks_requested", pull, ref, base, commit, actor: pull.author });
    return { ref, head, base };
  });
}

/** `enqueuePullRequest`: refuses a moved head, a branch without a queue, and what its rules do not let in. */
export async function enqueueByApi(
  world: World,
  caller: Caller,
  pull: Pull,
  expectedHead: string | undefined,
): Promise<void> {
  demand(world, caller, pull.repository, "pull_requests", "write");
  demand(world, caller, pull.repository, "contents", "write");
  if (expectedHead !== undefined && expectedHead !== pull.head)
    throw new Refusal("UNPROCESSABLE", "Head branch was modified. Review and try the merge again.");
  if (!hasMergeQueue(pull)) throw new Refusal("UNPROCESSABLE", "Merge queue is not enabled for this branch");
  if (pull.isQueued) throw new Refusal("UNPROCESSABLE", "Pull request is already in the queue");
  await assertMayMerge(world, pull, true);
  await enqueue(world, pull);
}

/**
 * What the queue does once the checks of a group have ended: where the required one passed, the base becomes the group's head;
 * otherwise the pull request leaves the queue. Returns whether it was merged.
 */
export async function finishGroup(world: World, pull: Pull, group: MergeGroup, required: string): Promise<boolean> {
  const { repository } = pull;
  const conclusion = latestRuns(repository, group.head).find(({ name }) => name === required)?.conclusion;
  const passed = conclusion !== undefined && ["success", "neutral", "skipped"].includes(conclusion);
  return inTurn(repository, async () => {
    pull.isQueued = false;
    const base = `refs/heads/${pull.baseRef}`;
    if (passed) {
      await moveRefs(world, repository, pull.author, [{ ref: base, after: group.head, before: group.base }]);
      if (pull.state === "OPEN") markMerged(world, pull, pull.author, group.head);
    }
    await moveRefs(world, repository, pull.author, [{ ref: group.ref, after: NO_OID, before: group.head }]);
    return passed;
  });
}
