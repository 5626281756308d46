import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import { BOT } from "../git/bot.ts";
import { checkedOutAt } from "../git/worktrees.ts";
import type { CommitDraft } from "../git/write-commits.ts";
import { type Base, ForgeError } from "./forge.ts";
import { missingOn } from "./local-content.ts";
import { type Desk, find, metaDraft } from "./local-desk.ts";
import { asForge } from "./local-errors.ts";
import { type PullFile, wordsOf } from "./local-pull-file.ts";
import { headRef, metaRef, type StoredPull, standingPulls } from "./local-shelf.ts";

/**
 * Brings an open pull request to what the proposal says: a commit only where the branch holds something else, an entry
 * only where something changed. Throws ForgeError "stale" where the branch moved or the pull request ended meanwhile.
 */
export async function updatePull(
  desk: Desk,
  pull: StandingPull,
  proposal: Proposal,
  base: Base,
  replay: boolean,
): Promise<StandingPull> {
  const words = wordsOf(proposal);
  const stored = await openAt(desk, pull);
  const commit = await asForge(() => commitFor(desk, pull.head, proposal, base, replay));
  const planned = commit === undefined ? {} : { baseSha: base.sha };
  const file: PullFile = { ...stored.file, ...words, base: base.branch, ...planned };
  if (commit === undefined && pull.textByBot && same(file, stored.file)) return pull;
  if (commit !== undefined) await assertNotCheckedOut(desk, stored.file.branch);
  const message =
    commit === undefined ? "Updated its text" : replay ? "Started anew from its base" : "Updated its content";
  const entry = metaDraft(desk, stored.meta, { file, message, by: BOT });
  const head = await asForge(() => write(desk, stored, pull.head, commit, entry));
  const { title, body, labels } = words;
  return { ...pull, title, body, labels, base: base.branch, head, textByBot: true };
}

/** The pull request as it lies there, if it is still the open one that the caller knows. */
export async function openAt(desk: Desk, pull: StandingPull): Promise<StoredPull> {
  const { stored, shelf } = await asForge(() => find(desk, pull.number));
  const [now] = await asForge(() => standingPulls(desk.repository, shelf, [stored]));
  if (now?.state !== "open") throw new ForgeError("stale", `pull request #${pull.number} is ${now?.state ?? "gone"}`);
  if (now.head !== pull.head)
    throw new ForgeError("stale", `the branch of pull request #${pull.number} moved meanwhile`);
  return stored;
}

async function write(
  desk: Desk,
  stored: StoredPull,
  tip: Sha,
  commit: CommitDraft | undefined,
  entry: CommitDraft,
): Promise<Sha> {
  const { number, meta: old, written, file } = stored;
  if (commit === undefined) {
    await desk.write({ drafts: [entry], refs: ([meta]) => [{ ref: metaRef(number), old, new: meta }] });
    return tip;
  }
  const [head = ""] = await desk.write({
    drafts: [commit, entry],
    refs: ([head, meta]) => [
      { ref: `refs/heads/${file.branch}`, old: tip, new: head },
      { ref: headRef(number), old: written, new: head },
      { ref: metaRef(number), old, new: meta },
    ],
  });
  return head;
}

async function commitFor(
  desk: Desk,
  tip: Sha,
  proposal: Proposal,
  base: Base,
  replay: boolean,
): Promise<CommitDraft | undefined> {
  const { files, commitMessage: message } = proposal;
  const missing = await missingOn(desk, tip, base.sha, files);
  const fresh = {
    parents: [base.sha],
    files: files.map(({ path, text }) => ({ path, text })),
    message,
    at: desk.now(),
  };
  if (missing === undefined) return fresh;
  const onBase = missing.start === base.sha;
  if (missing.drafts.length === 0 && (!replay || onBase)) return undefined;
  return replay ? fresh : { parents: [tip], files: missing.drafts, message, at: desk.now() };
}

async function assertNotCheckedOut(desk: Desk, branch: string): Promise<void> {
  const folder = await asForge(() => checkedOutAt(desk.repository.place, branch));
  if (folder === undefined) return;
  throw new ForgeError(
    "conflict",
    `branch ${branch} is checked out in ${folder}; switch to another branch there first`,
  );
}

function same(one: PullFile, other: PullFile): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
