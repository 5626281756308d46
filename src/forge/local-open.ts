import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import { BOT } from "../git/bot.ts";
import { isRefName } from "../git/names.ts";
import { type Base, blocked, ForgeError } from "./forge.ts";
import { commitsBeyond } from "./local-commits.ts";
import { type Desk, metaDraft } from "./local-desk.ts";
import { asForge } from "./local-errors.ts";
import { type PullFile, wordsOf } from "./local-pull-file.ts";
import { headRef, metaRef, type Shelf, standingPulls } from "./local-shelf.ts";
import { updatePull } from "./local-update.ts";

/** Opens pull requests; many at once share one write. */
export type Opener = (proposal: Proposal, base: Base) => Promise<StandingPull>;

/** Every branch of the bot starts with this. */
const OURS = "raos/";
/** Other processes may take a number or move a branch in between; so often it is looked at again. */
const ATTEMPTS = 10;

/**
 * Numbers are counted up from the highest there is. The branch and the refs of the number are created, which fails where
 * another process was faster; so there is one pull request for a branch, and one for a number, without any lock.
 */
export function opener(desk: Desk): Opener {
  const next = () => asForge(desk.nextNumber);
  return async (proposal, base) => {
    const words = wordsOf(proposal);
    assertBranch(proposal.branch);
    let number = await next();
    let old: Sha | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        return await create(desk, number, { proposal, base, words, old });
      } catch (error) {
        if (!(error instanceof ForgeError) || (error.code !== "stale" && error.code !== "conflict")) throw error;
        const { branches } = await desk.shelves.every();
        const blocker = blockerOf(proposal.branch, branches.keys());
        if (blocker !== undefined) throw blocked(blocker, proposal.branch);
        if (error.code === "conflict") throw error;
      }
      const shelf = await desk.shelves.every();
      const standing = await openOn(desk, shelf, proposal.branch);
      if (standing !== undefined) return updatePull(desk, standing, proposal, base, false);
      old = await leftBehind(desk, shelf, proposal.branch, base);
      while (shelf.numbers.includes(number)) number = await next();
    }
    throw new ForgeError("stale", `${proposal.branch} keeps being changed by somebody else`);
  };
}

interface Draft {
  readonly proposal: Proposal;
  readonly base: Base;
  readonly words: ReturnType<typeof wordsOf>;
  /** What the branch holds; undefined: it is not there. */
  readonly old: Sha | undefined;
}

async function create(desk: Desk, number: number, { proposal, base, words, old }: Draft): Promise<StandingPull> {
  const at = desk.now();
  const file: PullFile = {
    version: 1,
    ...words,
    branch: proposal.branch,
    base: base.branch,
    baseSha: base.sha,
    state: "open",
    createdAt: at,
    handsOff: false,
    comments: 0,
  };
  const files = proposal.files.map(({ path, text }) => ({ path, text }));
  const commit = { parents: [base.sha], files, message: proposal.commitMessage, at };
  const entry = metaDraft(desk, undefined, { file, message: `Opened: ${words.title}`, by: BOT });
  const [head = ""] = await asForge(() =>
    desk.write({
      drafts: [commit, entry],
      refs: ([head, meta]) => [
        { ref: `refs/heads/${proposal.branch}`, old, new: head },
        { ref: headRef(number), old: undefined, new: head },
        { ref: metaRef(number), old: undefined, new: meta },
      ],
    }),
  );
  return {
    number,
    id: metaRef(number),
    url: `${desk.repository.name}#${number}`,
    title: words.title,
    body: words.body,
    labels: words.labels,
    branch: file.branch,
    base: file.base,
    head,
    state: "open",
    botOnly: true,
    openedByBot: true,
    textByBot: true,
    closedByBot: false,
    handsOff: false,
    createdAt: at,
    headAt: at,
    endedAt: undefined,
  };
}

async function openOn(desk: Desk, shelf: Shelf, branch: string): Promise<StandingPull | undefined> {
  const stored = shelf.pulls.filter((pull) => pull.file.branch === branch && pull.file.state === "open");
  const standing = await asForge(() => standingPulls(desk.repository, shelf, stored));
  const open = standing.find((pull) => pull.state === "open");
  if (open === undefined || open.botOnly === true) return open;
  throw new ForgeError("conflict", `pull request #${open.number} on ${branch} holds somebody's commits`);
}

/** A branch without a pull request is the bot's to start anew, unless somebody else's commit is on it. */
async function leftBehind(desk: Desk, shelf: Shelf, branch: string, base: Base): Promise<Sha | undefined> {
  const tip = shelf.branches.get(branch);
  if (tip === undefined) return undefined;
  const commits = await asForge(() => commitsBeyond(desk.repository.place, base.sha, [tip]));
  // The bot's name in a commit proves nothing; that RAOS made it here does.
  if (commits.botOnly(tip) && (shelf.made.has(tip) || !commits.isBeyond(tip))) return tip;
  throw new ForgeError(
    "conflict",
    `branch ${branch} holds somebody's commits and no pull request is open for it; merge or delete it`,
  );
}

/** The branch that Git cannot keep beside this one: a folder of it, or one that has it for a folder. */
function blockerOf(branch: string, branches: Iterable<string>): string | undefined {
  return [...branches].find((other) => branch.startsWith(`${other}/`) || other.startsWith(`${branch}/`));
}

function assertBranch(branch: string): void {
  if (branch.startsWith(OURS) && isRefName(`refs/heads/${branch}`)) return;
  throw new ForgeError(
    "invalid",
    `${JSON.stringify(branch.slice(0, 200))} is no branch name that Git takes below ${OURS}`,
  );
}
