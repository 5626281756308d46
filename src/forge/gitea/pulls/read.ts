import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { ForgeError } from "../../forge.ts";
import type { ActivityReader, Stamp } from "../activity.ts";
import { readCommitFacts } from "../branches/commit-facts.ts";
import { isOwnChain } from "../branches/own-chain.ts";
import type { GiteaContext } from "../context.ts";
import { GiteaPull, isBranchGone } from "./shape.ts";

/** What every operation on pull requests needs. */
export interface PullContext extends GiteaContext {
  readonly readActivity: ActivityReader;
}

/** One pull request as Gitea answers it, whoever opened it; undefined where there is none of that number. Throws ForgeError. */
export async function readGiteaPull(context: GiteaContext, number: number): Promise<GiteaPull | undefined> {
  if (!Number.isSafeInteger(number) || number < 1) return undefined;
  return context.client.get(`read pull request #${number}`, `${context.path}/pulls/${number}`, GiteaPull);
}

/**
 * As `readGiteaPull`; one that Gitea closed for a late deletion is opened again. Throws ForgeError "stale" where it is not open, or
 * its branch is not at the commit that was seen.
 */
export async function readOpenGiteaPull(
  context: PullContext,
  { number, head }: Pick<PullRequest, "number" | "head">,
): Promise<GiteaPull> {
  let pull = await readGiteaPull(context, number);
  if (pull !== undefined && (await reopenAfterDeletion(context, pull))) pull = await readGiteaPull(context, number);
  if (pull === undefined || pull.state !== "open") throw new ForgeError("stale", `#${number} is no longer open`);
  if (pull.head.sha !== head) throw new ForgeError("stale", `the branch of #${number} has moved`);
  return pull;
}

/** A pull request as the forge's interface has it. Reads its timeline and its commits where they are not known. Throws ForgeError. */
export async function toPull(context: PullContext, pull: GiteaPull): Promise<PullRequest> {
  const { number, title, head, base } = pull;
  const { id } = await context.account();
  // Where its branch was deleted, Gitea closes it a moment later.
  const isOpen = pull.state === "open" && !isBranchGone(pull);
  const state = isOpen ? "open" : "closed";
  // Of one that was refused nothing is decided by its commits, and its branch is mostly gone.
  const source = isOpen || pull.merged ? { pull: number } : "mirror";
  const stamp = stampOf(pull, state);
  const [activity, botOnly, commit] = await Promise.all([
    context.readActivity(context, stamp),
    isOwnChain(context, head.sha, {
      mergeBase: pull.merge_base ?? undefined,
      base: isOpen ? base.sha : undefined,
      source,
    }),
    readCommitFacts(context, head.sha, source),
  ]);
  const text = context.proof.readText({ branch: head.label, head: head.sha, title, body: pull.body });
  const openedByBot = pull.user?.id === id;
  return {
    number,
    id: String(number),
    url: pull.html_url,
    title,
    body: text.body,
    branch: head.label,
    base: base.label,
    head: head.sha,
    state: pull.merged ? "merged" : state,
    labels: (pull.labels ?? []).map(({ name }) => name),
    botOnly,
    openedByBot,
    textByBot: openedByBot && text.isOwn,
    // Both are needed, as on GitHub: a bot may act with a person's token, and a person may close again what the bot had closed.
    closedByBot:
      !isOpen &&
      !pull.merged &&
      ((activity.closedByAccount && activity.comments.has("closed")) || activity.closedByDeletion),
    handsOff: activity.comments.has("hands-off"),
    ...(activity.rollout === undefined ? {} : { rollout: activity.rollout }),
    createdAt: Date.parse(pull.created_at),
    headAt: commit?.committedAt ?? Date.parse(pull.created_at),
    endedAt: isOpen ? undefined : Date.parse(pull.closed_at ?? pull.updated_at),
  };
}

/** Reopens a pull request that Gitea closed for the deletion of an earlier branch of the same name. Returns whether it did. */
export async function reopenAfterDeletion(context: PullContext, pull: GiteaPull): Promise<boolean> {
  const { number } = pull;
  if (pull.state === "open" || pull.merged || isBranchGone(pull)) return false;
  if (!(await context.readActivity(context, stampOf(pull, "closed"))).closedByDeletion) return false;
  const reopening = { method: "PATCH" as const, path: `${context.path}/pulls/${number}`, body: { state: "open" } };
  return (await context.client.write(`reopen #${number}`, reopening, z.unknown())).kind === "done";
}

function stampOf(pull: GiteaPull, state: "open" | "closed"): Stamp {
  const { number, updated_at: updatedAt, comments } = pull;
  return { number, updatedAt, state: pull.merged ? "merged" : state, comments };
}
