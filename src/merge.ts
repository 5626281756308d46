import type { FileChange, Outcome, Proposal, StandingPull } from "./domain/change.ts";
import { blobOid } from "./domain/object-id.ts";
import type { Base } from "./forge/forge.ts";
import type { TreeChange } from "./git/tree.ts";
import type { World } from "./world.ts";

/** Milliseconds after which a commit without any check has none. */
const SETTLING = 300_000;

/** Whether it was merged, or what it waits for. */
export type Merged = Pick<Outcome, "kind" | "reason">;

/**
 * Merges a pull request that a policy accepts, once nothing about it has to be believed: its checks pass; read anew, the bot
 * opened it, wrote its text and made its commits; and what merging its head into the base would change, file by file with
 * modes, is what planning gives on that base. The merge names the head that was looked at. Throws ForgeError or GitError.
 */
export async function mergeVerified(world: World, base: Base, seen: StandingPull, proposal: Proposal): Promise<Merged> {
  const checks = await world.forge.checks(seen);
  // Checks of a commit made a moment ago may not have been asked for yet.
  const isFresh = world.forge.kind === "github" && world.now() - Math.max(seen.createdAt, seen.headAt) < SETTLING;
  if (checks === "failing") return { kind: "unchanged", reason: "checks-failing" };
  if (checks === "pending" || (checks === "none" && isFresh)) return { kind: "unchanged", reason: "checks-pending" };
  const pull = await world.forge.pull(seen.number);
  if (pull === undefined || !isOwn(pull) || !isAsSeen(pull, seen, base))
    return { kind: "unchanged", reason: "changed-meanwhile" };
  const view = await world.look(pull.branch, pull.head);
  const changes = await view?.changesOfMerging(base.sha);
  if (changes === undefined || !isExactly(changes, proposal.files))
    return { kind: "skipped", reason: "head-differs-from-plan" };
  const now = await world.forge.defaultBranch();
  if (now.name !== base.branch || now.sha !== base.sha) return { kind: "unchanged", reason: "base-moved" };
  await world.forge.merge(pull, base.sha);
  return { kind: "merged", reason: "low-risk" };
}

function isOwn({ state, openedByBot, textByBot, botOnly, handsOff }: StandingPull): boolean {
  return state === "open" && openedByBot && textByBot && botOnly === true && !handsOff;
}

function isAsSeen(now: StandingPull, seen: StandingPull, base: Base): boolean {
  return now.branch === seen.branch && now.head === seen.head && now.body === seen.body && now.base === base.branch;
}

const REGULAR = "100644";

/** Whether a merge changes these files alone, to these very texts; no link, program or submodule comes along. */
function isExactly(changes: readonly TreeChange[], files: readonly FileChange[]): boolean {
  const wanted = new Map(files.map((file) => [file.path, file.text === undefined ? undefined : blobOid(file.text)]));
  return (
    changes.length === wanted.size &&
    changes.every(({ path, after, mode }) => {
      return wanted.has(path) && wanted.get(path) === after && (after === undefined || mode === REGULAR);
    })
  );
}
