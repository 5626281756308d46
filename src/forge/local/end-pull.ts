import type { PullRequest } from "../../domain/pull-request.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import { BOT, type Person } from "../../git/bot.ts";
import { GitError } from "../../git/git-error.ts";
import { findCheckout, moveCheckout } from "../../git/locks/worktrees.ts";
import { ForgeError } from "../forge.ts";
import { withForgeErrors } from "../with-forge-errors.ts";
import { draftEntry, findPull, type LocalContext, refsOfEnding } from "./context.ts";
import type { StoredPull } from "./pull-index.ts";
import { metaRef } from "./pull-refs.ts";
import { resolvePulls } from "./resolve-pulls.ts";
import type { PullFile } from "./stored-files.ts";
import { readOpenStored } from "./update-pull.ts";

/** Closes an open pull request and deletes its branch; its head stays readable. A pull request that has ended is not changed. */
export async function closeLocalPull(
  context: LocalContext,
  pull: PullRequest,
  by: Person,
  closedBy: "bot" | "person",
  comment: string | undefined,
): Promise<void> {
  const { stored, index } = await findPull(context, pull.number);
  const [current] = await resolvePulls(context.repository, index, [stored]);
  if (current?.state !== "open") return;
  const file: PullFile = { ...stored.file, state: "closed", closedBy, closedAt: context.now() };
  const entry = { file, message: "Closed", by, ...(comment === undefined ? {} : { comment }) };
  const refs = await refsOfEnding(context, stored, pull.head);
  await context.write({ drafts: [draftEntry(context, stored.meta, entry)], refs: ([meta]) => refs(meta) });
}

/**
 * Opens a closed pull request again, with the commits that it had. Throws ForgeError "conflict" where it is not closed, or its
 * branch has other commits or another open pull request.
 */
export async function reopenLocalPull(
  context: LocalContext,
  { number, branch }: PullRequest,
  by: Person,
): Promise<void> {
  const { stored, index } = await findPull(context, number);
  const [current] = await resolvePulls(context.repository, index, [stored]);
  if (current?.state !== "closed")
    throw new ForgeError("conflict", `pull request #${number} is ${current?.state ?? "unreadable"}, not closed`);
  const { pulls } = await context.pulls.readAll();
  const other = pulls.find(({ file }) => file.state === "open" && file.branch === branch);
  if (other !== undefined) throw new ForgeError("conflict", `#${other.number} is open on ${branch}`);
  const ref = `refs/heads/${branch}`;
  const tip = await context.repository.readRef(ref);
  if (tip !== undefined && tip !== current.head)
    throw new ForgeError("conflict", `the branch ${branch} holds other commits; delete or rename it`);
  const { closedBy: _by, closedAt: _at, ...kept } = stored.file;
  const entry = { file: { ...kept, state: "open" as const }, message: "Reopened", by };
  const branches = tip === undefined ? [{ ref, old: undefined, new: current.head }] : [];
  await context.write({
    drafts: [draftEntry(context, stored.meta, entry)],
    refs: ([meta]) => [{ ref: metaRef(number), old: stored.meta, new: meta }, ...branches],
  });
}

/** Records, once, that the bot does not change the branch any more, and adds the comment. */
export async function storeHandsOff(context: LocalContext, pull: PullRequest, comment: string): Promise<void> {
  const { stored } = await findPull(context, pull.number);
  if (stored.file.handsOff) return;
  const entry = { file: { ...stored.file, handsOff: true }, message: "Hands off", by: BOT, comment };
  await context.write({
    drafts: [draftEntry(context, stored.meta, entry)],
    refs: ([meta]) => [{ ref: metaRef(pull.number), old: stored.meta, new: meta }],
  });
}

/** Records what became of a pull request after its merge; nothing is written where that is recorded already. */
export async function storeRollout(context: LocalContext, { number }: PullRequest, text: string): Promise<void> {
  const { stored } = await findPull(context, number);
  if (stored.file.rollout?.text === text) return;
  const entry = { file: { ...stored.file, rollout: { text, at: context.now() } }, message: "Roll-out", by: BOT };
  await context.write({
    drafts: [draftEntry(context, stored.meta, entry)],
    refs: ([meta]) => [{ ref: metaRef(number), old: stored.meta, new: meta }],
  });
}

/** Attempts to merge while the base keeps moving. */
const ATTEMPTS = 10;

/**
 * Merges with a merge commit, as `git merge --no-ff` would, and updates a folder where the base is checked out. Throws
 * ForgeError "conflict" where the merge has conflicts or local changes are in the way; then nothing is changed.
 */
export async function mergeLocalPull(context: LocalContext, pull: PullRequest, by: Person, onto?: Sha): Promise<Sha> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await readOpenStored(context, pull);
    try {
      return await withForgeErrors(() => mergeOnce(context, stored, pull, by, onto));
    } catch (error) {
      if (!(error instanceof ForgeError) || error.code !== "stale") throw error;
    }
  }
  throw new ForgeError("stale", `${pull.base} moved again with each of ${ATTEMPTS} attempts to merge #${pull.number}`);
}

async function mergeOnce(
  context: LocalContext,
  stored: StoredPull,
  pull: PullRequest,
  by: Person,
  onto: Sha | undefined,
): Promise<Sha> {
  const { repository } = context;
  const base = `refs/heads/${pull.base}`;
  const from = await repository.readRef(base);
  if (from === undefined) throw new GitError("not-found", `there is no branch ${pull.base} to merge into`);
  if (onto !== undefined && from !== onto)
    throw new ForgeError("conflict", `${pull.base} has moved since it was checked`);
  const merged = await repository.mergeTree(from, pull.head);
  if (merged.kind === "conflict") throw new ForgeError("conflict", conflict(pull, merged.paths));
  const entry = draftEntry(context, stored.meta, {
    file: { ...stored.file, state: "merged", closedAt: context.now() },
    message: "Merged",
    by,
  });
  const message = `Merge pull request #${pull.number} from ${pull.branch}\n\n${pull.title}\n`;
  const commit = { parents: [from, pull.head], tree: merged.tree, files: [], message, author: by, at: context.now() };
  const [to = "", meta] = await repository.writeCommits([commit, entry]);
  // The text is as it was, and whose it was.
  const { index } = await findPull(context, pull.number);
  if (meta !== undefined && index.made.has(stored.meta)) await context.recordOwn([meta]);
  const folder = await findCheckout(repository.place, pull.base);
  const ending = await refsOfEnding(context, stored, pull.head);
  const refs = [{ ref: base, old: from, new: to }, ...ending(meta)];
  if (folder === undefined) await repository.updateRefs(refs);
  else await moveCheckout(repository.place, folder, { from, to, refs });
  return to;
}

function conflict(pull: PullRequest, paths: readonly string[]): string {
  const named = paths.slice(0, 5).join(", ");
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
  const what = paths.length === 0 ? "their histories share no commit" : `${named}${more} changed on both sides`;
  return `pull request #${pull.number} does not merge into ${pull.base}: ${what}`;
}
