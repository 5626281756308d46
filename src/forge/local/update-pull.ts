import type { Proposal } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import { BOT } from "../../git/bot.ts";
import { findCheckout } from "../../git/locks/worktrees.ts";
import type { CommitDraft } from "../../git/write/write-commits.ts";
import { type Base, ForgeError } from "../forge.ts";
import { missingFiles } from "../missing-files.ts";
import { withForgeErrors } from "../with-forge-errors.ts";
import { draftEntry, findPull, type LocalContext } from "./context.ts";
import type { StoredPull } from "./pull-index.ts";
import { headRef, metaRef } from "./pull-refs.ts";
import { resolvePulls } from "./resolve-pulls.ts";
import { type PullFile, textOf } from "./stored-files.ts";

/**
 * Updates an open pull request to the proposal: with a commit only where the branch differs, and a new entry only where
 * something changed. Throws ForgeError "stale" where the branch moved or the pull request ended meanwhile.
 */
export async function updateLocalPull(
  context: LocalContext,
  pull: PullRequest,
  proposal: Proposal,
  base: Base,
  replay: boolean,
): Promise<PullRequest> {
  const words = textOf(proposal);
  const stored = await readOpenStored(context, pull);
  const commit = await withForgeErrors(() => planCommit(context, pull.head, proposal, base, replay));
  const planned = commit === undefined ? {} : { baseSha: base.sha };
  const file: PullFile = { ...stored.file, ...words, base: base.branch, ...planned };
  if (commit === undefined && pull.textByBot && isSameFile(file, stored.file)) return pull;
  if (commit !== undefined) await assertNotCheckedOut(context, stored.file.branch);
  const message = commit === undefined ? "Updated its text" : replay ? "Rebuilt from its base" : "Updated its content";
  const entry = draftEntry(context, stored.meta, { file, message, by: BOT });
  const head = await withForgeErrors(() => writeUpdate(context, stored, pull.head, commit, entry));
  const { title, body, labels } = words;
  return { ...pull, title, body, labels, base: base.branch, head, textByBot: true };
}

/** Reads the pull request again. Throws ForgeError "stale" where it is not open any more or its branch moved. */
export async function readOpenStored(context: LocalContext, pull: PullRequest): Promise<StoredPull> {
  const { stored, index } = await withForgeErrors(() => findPull(context, pull.number));
  const [current] = await withForgeErrors(() => resolvePulls(context.repository, index, [stored]));
  if (current?.state !== "open")
    throw new ForgeError("stale", `pull request #${pull.number} is ${current?.state ?? "gone"}`);
  if (current.head !== pull.head)
    throw new ForgeError("stale", `the branch of pull request #${pull.number} moved meanwhile`);
  return stored;
}

async function writeUpdate(
  context: LocalContext,
  stored: StoredPull,
  tip: Sha,
  commit: CommitDraft | undefined,
  entry: CommitDraft,
): Promise<Sha> {
  const { number, meta: old, storedHead: written, file } = stored;
  if (commit === undefined) {
    await context.write({ drafts: [entry], refs: ([meta]) => [{ ref: metaRef(number), old, new: meta }] });
    return tip;
  }
  const [head = ""] = await context.write({
    drafts: [commit, entry],
    refs: ([head, meta]) => [
      { ref: `refs/heads/${file.branch}`, old: tip, new: head },
      { ref: headRef(number), old: written, new: head },
      { ref: metaRef(number), old, new: meta },
    ],
  });
  return head;
}

async function planCommit(
  context: LocalContext,
  tip: Sha,
  proposal: Proposal,
  base: Base,
  replay: boolean,
): Promise<CommitDraft | undefined> {
  const { files, commitMessage: message } = proposal;
  const missing = await missingFiles(context, tip, base.sha, files);
  const fresh = {
    parents: [base.sha],
    files: files.map(({ path, text }) => ({ path, text })),
    message,
    at: context.now(),
  };
  if (missing === undefined) return fresh;
  const onBase = missing.start === base.sha;
  if (missing.drafts.length === 0 && (!replay || onBase)) return undefined;
  return replay ? fresh : { parents: [tip], files: missing.drafts, message, at: context.now() };
}

async function assertNotCheckedOut(context: LocalContext, branch: string): Promise<void> {
  const folder = await withForgeErrors(() => findCheckout(context.repository.place, branch));
  if (folder === undefined) return;
  throw new ForgeError(
    "conflict",
    `branch ${branch} is checked out in ${folder}; switch to another branch there first`,
  );
}

function isSameFile(one: PullFile, other: PullFile): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
