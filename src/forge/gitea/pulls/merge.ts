import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { untilDeadline } from "../../../deadline/deadline.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import { ForgeError } from "../../forge.ts";
import { withForgeErrors } from "../../with-forge-errors.ts";
import { deleteBranch } from "./finish.ts";
import { type PullContext, readGiteaPull, reopenAfterDeletion } from "./read.ts";
import type { GiteaPull } from "./shape.ts";

/**
 * Attempts while the server still finds out whether the pull request merges cleanly: after each merge it tries all that are open.
 * The waits between them grow to the longest one; together some 45 seconds. Milliseconds.
 */
const ATTEMPTS = 16;
const PAUSE = 250;
const LONGEST_PAUSE = 4000;

/**
 * Merges with a merge commit, if the head is still the one that was read, and deletes the branch. Returns the merge commit. Throws
 * ForgeError "conflict" where it does not merge cleanly, "stale" where the head moved, "forbidden" where a rule of the repository
 * forbids it.
 */
export async function mergeGiteaPull(context: PullContext, pull: PullRequest): Promise<Sha> {
  const doing = `merge #${pull.number}`;
  const request = {
    method: "POST" as const,
    path: `${context.path}/pulls/${pull.number}/merge`,
    body: { Do: "merge", head_commit_id: pull.head, delete_branch_after_merge: false },
  };
  for (let attempt = 1; ; attempt += 1) {
    const written = await context.client.write(doing, request, z.unknown());
    const now = await readGiteaPull(context, pull.number);
    if (now?.merged === true && now.merge_commit_sha != null) {
      await deleteBranch(context, pull);
      return now.merge_commit_sha;
    }
    const error =
      written.kind === "done" ? new ForgeError("unavailable", `${doing}: there is no merge commit`) : written.error;
    await assertMayTryAgain(context, pull, now, written.kind === "refused" ? written.status : undefined, error);
    if (attempt === ATTEMPTS) throw new ForgeError("unavailable", error.message);
    await untilDeadline(sleep(Math.min(PAUSE * attempt, LONGEST_PAUSE)));
  }
}

/** Throws why the merge cannot succeed; returns where it may, in a moment. */
async function assertMayTryAgain(
  context: PullContext,
  pull: PullRequest,
  now: GiteaPull | undefined,
  status: number | undefined,
  error: ForgeError,
): Promise<void> {
  if (now === undefined || now.head.sha !== pull.head)
    throw new ForgeError("stale", `the branch of #${pull.number} has moved`);
  if (status === undefined || (await reopenAfterDeletion(context, now))) return;
  // 405 says both "not checked yet" and "not mergeable", and also that a rule forbids it; 409 also that the base has just moved.
  if (status !== 405 && status !== 409) throw error;
  if (await conflicts(context, now)) throw new ForgeError("conflict", `#${pull.number} does not merge cleanly`);
  if (status === 405 && !/try again/i.test(error.message)) throw new ForgeError("forbidden", error.message);
}

/** Whether Git itself finds conflicts between the head and the present base. */
async function conflicts(context: PullContext, { head, base }: GiteaPull): Promise<boolean> {
  const both = (await context.fetch(head.sha)) && (await context.fetch(base.sha));
  if (!both) return false;
  const merge = await withForgeErrors(() => context.repository.mergeTree(base.sha, head.sha));
  return merge.kind === "conflict";
}
