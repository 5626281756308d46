import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { ForgeError } from "../../forge.ts";
import { pushBranch } from "../branches/push-commit.ts";
import { writeMarkedComment } from "../comments/write-comment.ts";
import { type PullContext, readGiteaPull } from "./read.ts";

const Anything = z.unknown();

/**
 * Comments, closes and deletes the branch. A pull request that has ended already is not changed, so that a person's close stays
 * theirs. Throws ForgeError.
 */
export async function closeGiteaPull(
  context: PullContext,
  pull: PullRequest,
  sentence: string,
  keepBranch: boolean,
): Promise<void> {
  const { number } = pull;
  const before = await readGiteaPull(context, number);
  if (before === undefined) throw new ForgeError("not-found", `there is no pull request #${number}`);
  if (before.state !== "open") return;
  await writeMarkedComment(context, number, "closed", sentence);
  const path = `${context.path}/pulls/${number}`;
  const closing = { method: "PATCH" as const, path, body: { state: "closed" } };
  const written = await context.client.write(`close #${number}`, closing, Anything);
  if (written.kind === "refused") throw written.error;
  if (written.kind === "lost" && (await readGiteaPull(context, number))?.state === "open") throw written.error;
  if (!keepBranch) await deleteBranch(context, pull);
}

/** Comments, once, that a person's commits are on the branch and the bot does not change it any more. Throws ForgeError. */
export async function commentGiteaHandsOff(context: PullContext, pull: PullRequest, sentence: string): Promise<void> {
  if (!pull.handsOff) await writeMarkedComment(context, pull.number, "hands-off", sentence);
}

/** Deletes the branch where it still has the commit that was read: one that got a push meanwhile stays. */
export async function deleteBranch(context: PullContext, { branch, head }: PullRequest): Promise<void> {
  try {
    await pushBranch(context, branch, { old: head, to: undefined });
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    if (error.code !== "stale") context.warn({ branch, error: error.message }, "branch not deleted");
  }
}
