import { BRANCH_PREFIX } from "../../domain/branch-name.ts";
import type { Proposal } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import { BOT } from "../../git/bot.ts";
import { isRefName } from "../../git/names.ts";
import { type Base, branchBlockedError, ForgeError } from "../forge.ts";
import { withForgeErrors } from "../with-forge-errors.ts";
import { readBranchCommits } from "./branch-commits.ts";
import { draftEntry, type LocalContext } from "./context.ts";
import type { PullRequestIndex } from "./pull-index.ts";
import { headRef, metaRef } from "./pull-refs.ts";
import { resolvePulls } from "./resolve-pulls.ts";
import { type PullFile, textOf } from "./stored-files.ts";
import { updateLocalPull } from "./update-pull.ts";

/** Opens pull requests; many at once share one write. */
export type Opener = (proposal: Proposal, base: Base) => Promise<PullRequest>;

/** Attempts while other processes use the same number or move the branch. */
const ATTEMPTS = 10;

/**
 * Creates a function that opens pull requests. The branch and the refs of a new number are created in one transaction, which
 * fails where another process was faster. So no branch and no number has two pull requests, and no lock is needed.
 */
export function createOpener(context: LocalContext): Opener {
  const next = () => withForgeErrors(context.nextNumber);
  return async (proposal, base) => {
    const words = textOf(proposal);
    assertBranch(proposal.branch);
    let number = await next();
    let old: Sha | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        return await create(context, number, { proposal, base, words, old });
      } catch (error) {
        if (!(error instanceof ForgeError) || (error.code !== "stale" && error.code !== "conflict")) throw error;
        const { branches } = await context.pulls.readAll();
        const blocker = findBlockingName(proposal.branch, branches.keys());
        if (blocker !== undefined) throw branchBlockedError(blocker, proposal.branch);
        if (error.code === "conflict") throw error;
      }
      const index = await context.pulls.readAll();
      const existing = await findOpenPull(context, index, proposal.branch);
      if (existing !== undefined) return updateLocalPull(context, existing, proposal, base, false);
      old = await findReusableTip(context, index, proposal.branch, base);
      while (index.numbers.includes(number)) number = await next();
    }
    throw new ForgeError("stale", `${proposal.branch} keeps being changed by other processes`);
  };
}

interface Draft {
  readonly proposal: Proposal;
  readonly base: Base;
  readonly words: ReturnType<typeof textOf>;
  /** The branch's commit; undefined: there is no such branch. */
  readonly old: Sha | undefined;
}

async function create(
  context: LocalContext,
  number: number,
  { proposal, base, words, old }: Draft,
): Promise<PullRequest> {
  const at = context.now();
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
  const entry = draftEntry(context, undefined, { file, message: `Opened: ${words.title}`, by: BOT });
  const [head = ""] = await withForgeErrors(() =>
    context.write({
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
    url: `${context.repository.name}#${number}`,
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

async function findOpenPull(
  context: LocalContext,
  index: PullRequestIndex,
  branch: string,
): Promise<PullRequest | undefined> {
  const stored = index.pulls.filter((pull) => pull.file.branch === branch && pull.file.state === "open");
  const pulls = await withForgeErrors(() => resolvePulls(context.repository, index, stored));
  const open = pulls.find((pull) => pull.state === "open");
  if (open === undefined || open.botOnly === true) return open;
  throw new ForgeError("conflict", `pull request #${open.number} on ${branch} holds somebody's commits`);
}

/** The commit of a branch without a pull request. Throws ForgeError "conflict" where it holds somebody else's commit. */
async function findReusableTip(
  context: LocalContext,
  index: PullRequestIndex,
  branch: string,
  base: Base,
): Promise<Sha | undefined> {
  const tip = index.branches.get(branch);
  if (tip === undefined) return undefined;
  const commits = await withForgeErrors(() => readBranchCommits(context.repository.place, base.sha, [tip]));
  // Anybody can write the bot's name into a commit; the log of own commits proves that RAOS made it.
  if (commits.botOnly(tip) && (index.made.has(tip) || !commits.isBeyond(tip))) return tip;
  throw new ForgeError(
    "conflict",
    `branch ${branch} holds somebody's commits and no pull request is open for it; merge or delete it`,
  );
}

/** A branch that Git cannot have beside this one: `a` beside `a/b`. */
function findBlockingName(branch: string, branches: Iterable<string>): string | undefined {
  return [...branches].find((other) => branch.startsWith(`${other}/`) || other.startsWith(`${branch}/`));
}

function assertBranch(branch: string): void {
  if (branch.startsWith(BRANCH_PREFIX) && isRefName(`refs/heads/${branch}`)) return;
  throw new ForgeError(
    "invalid",
    `${JSON.stringify(branch.slice(0, 200))} is not a legal branch name below ${BRANCH_PREFIX}`,
  );
}
