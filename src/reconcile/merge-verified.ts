import type { FileChange } from "../domain/change-set.ts";
import type { Outcome } from "../domain/decision.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import { blobOid } from "../domain/values/object-id.ts";
import type { Base } from "../forge/forge.ts";
import type { TreeChange } from "../git/objects/tree.ts";
import type { World } from "../pass/world.ts";
import type { ActionReason } from "./reasons.ts";

/** Milliseconds to wait for the checks of a new commit; after that, a commit without checks counts as one that has none. */
const SETTLING = 300_000;

/** Whether the pull request was merged, or why not. */
export type Merged = Pick<Outcome, "kind"> & { readonly reason: ActionReason };

/**
 * Merges a pull request that a policy accepts, once everything about it is proven: its checks pass; read again just now, the
 * bot opened it, wrote its text and made its commits; and merging its head into the base changes the files that planning on
 * that base gives, with the same texts and modes. The merge names the head that was verified. Throws ForgeError or GitError.
 */
export async function mergeVerified(world: World, base: Base, seen: PullRequest, proposal: Proposal): Promise<Merged> {
  if (seen.isDraft === true) return { kind: "unchanged", reason: "is-a-draft" };
  const checks = await world.forge.checks(seen);
  // Checks of a new commit may not have started yet.
  const isFresh = world.forge.checksStartLater && world.now() - Math.max(seen.createdAt, seen.headAt) < SETTLING;
  if (checks === "failing") return { kind: "unchanged", reason: "checks-failing" };
  if (checks === "pending" || (checks === "none" && isFresh)) return { kind: "unchanged", reason: "checks-pending" };
  const pull = await world.forge.pull(seen.number);
  if (pull === undefined || !isOwn(pull) || !isAsSeen(pull, seen, base))
    return { kind: "unchanged", reason: "changed-meanwhile" };
  const view = await world.viewCommit(pull.branch, pull.head);
  const changes = await view?.changesOfMerging(base.sha);
  if (changes === undefined || !isExactly(changes, proposal.files))
    return { kind: "skipped", reason: "head-differs-from-plan" };
  const now = await world.forge.defaultBranch();
  if (now.name !== base.branch || now.sha !== base.sha) return { kind: "unchanged", reason: "base-moved" };
  await world.forge.merge(pull, base.sha);
  return { kind: "merged", reason: "low-risk" };
}

function isOwn({ state, openedByBot, textByBot, botOnly, handsOff }: PullRequest): boolean {
  return state === "open" && openedByBot && textByBot && botOnly === true && !handsOff;
}

function isAsSeen(now: PullRequest, seen: PullRequest, base: Base): boolean {
  return now.branch === seen.branch && now.head === seen.head && now.body === seen.body && now.base === base.branch;
}

const REGULAR = "100644";

/** Whether a merge changes exactly these files to these texts; no link, executable or submodule is added. */
function isExactly(changes: readonly TreeChange[], files: readonly FileChange[]): boolean {
  const wanted = new Map(files.map((file) => [file.path, file.text === undefined ? undefined : blobOid(file.text)]));
  return (
    changes.length === wanted.size &&
    changes.every(({ path, after, mode }) => {
      return wanted.has(path) && wanted.get(path) === after && (after === undefined || mode === REGULAR);
    })
  );
}
