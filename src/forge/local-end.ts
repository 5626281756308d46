import type { StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import { BOT, type Person } from "../git/bot.ts";
import { GitError } from "../git/git-error.ts";
import { checkedOutAt, moveCheckout } from "../git/worktrees.ts";
import { ForgeError } from "./forge.ts";
import { type Desk, endingRefs, find, metaDraft } from "./local-desk.ts";
import { asForge } from "./local-errors.ts";
import type { PullFile } from "./local-pull-file.ts";
import { metaRef, type StoredPull, standingPulls } from "./local-shelf.ts";
import { openAt } from "./local-update.ts";

/** Closes an open pull request and deletes its branch; its head stays readable. One that ended already is left as it is. */
export async function closePull(
  desk: Desk,
  pull: StandingPull,
  by: Person,
  closedBy: "bot" | "person",
  comment: string | undefined,
): Promise<void> {
  const { stored, shelf } = await find(desk, pull.number);
  const [now] = await standingPulls(desk.repository, shelf, [stored]);
  if (now?.state !== "open") return;
  const file: PullFile = { ...stored.file, state: "closed", closedBy, closedAt: desk.now() };
  const entry = { file, message: "Closed", by, ...(comment === undefined ? {} : { comment }) };
  const refs = await endingRefs(desk, stored, pull.head);
  await desk.write({ drafts: [metaDraft(desk, stored.meta, entry)], refs: ([meta]) => refs(meta) });
}

/** Notes that the bot keeps its hands off and says so, once. */
export async function keepHandsOff(desk: Desk, pull: StandingPull, comment: string): Promise<void> {
  const { stored } = await find(desk, pull.number);
  if (stored.file.handsOff) return;
  const entry = { file: { ...stored.file, handsOff: true }, message: "Hands off", by: BOT, comment };
  await desk.write({
    drafts: [metaDraft(desk, stored.meta, entry)],
    refs: ([meta]) => [{ ref: metaRef(pull.number), old: stored.meta, new: meta }],
  });
}

/** The base may move while a merge is made; so often it is made anew. */
const ATTEMPTS = 10;

/**
 * Merges with a merge commit, as `git merge --no-ff` would, and brings a folder that has the base checked out along.
 * Throws ForgeError "conflict" where the sides do not go together or local changes are in the way; nothing is changed then.
 */
export async function mergePull(desk: Desk, pull: StandingPull, by: Person, onto?: Sha): Promise<Sha> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await openAt(desk, pull);
    try {
      return await asForge(() => mergeOnce(desk, stored, pull, by, onto));
    } catch (error) {
      if (!(error instanceof ForgeError) || error.code !== "stale") throw error;
    }
  }
  throw new ForgeError("stale", `${pull.base} keeps moving while #${pull.number} is merged`);
}

async function mergeOnce(
  desk: Desk,
  stored: StoredPull,
  pull: StandingPull,
  by: Person,
  onto: Sha | undefined,
): Promise<Sha> {
  const { repository } = desk;
  const base = `refs/heads/${pull.base}`;
  const from = await repository.readRef(base);
  if (from === undefined) throw new GitError("not-found", `there is no branch ${pull.base} to merge into`);
  if (onto !== undefined && from !== onto)
    throw new ForgeError("conflict", `${pull.base} has moved since it was checked`);
  const merged = await repository.mergeTree(from, pull.head);
  if (merged.kind === "conflict") throw new ForgeError("conflict", conflict(pull, merged.paths));
  const entry = metaDraft(desk, stored.meta, {
    file: { ...stored.file, state: "merged", closedAt: desk.now() },
    message: "Merged",
    by,
  });
  const message = `Merge pull request #${pull.number} from ${pull.branch}\n\n${pull.title}\n`;
  const commit = { parents: [from, pull.head], tree: merged.tree, files: [], message, author: by, at: desk.now() };
  const [to = "", meta] = await repository.writeCommits([commit, entry]);
  const folder = await checkedOutAt(repository.place, pull.base);
  const ending = await endingRefs(desk, stored, pull.head);
  const refs = [{ ref: base, old: from, new: to }, ...ending(meta)];
  if (folder === undefined) await repository.updateRefs(refs);
  else await moveCheckout(repository.place, folder, { from, to, refs });
  return to;
}

function conflict(pull: StandingPull, paths: readonly string[]): string {
  const named = paths.slice(0, 5).join(", ");
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
  const what = paths.length === 0 ? "their histories share no commit" : `${named}${more} changed on both sides`;
  return `pull request #${pull.number} does not merge into ${pull.base}: ${what}`;
}
