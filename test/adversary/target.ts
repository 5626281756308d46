import type { Outcome } from "../../src/domain/decision.ts";

/** A pull request as an adversary sees it. */
export interface VisiblePull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
}

/** Who a commit says that it is by. */
export type ClaimedAuthor = "bot" | "person";

/** A repository that the bot works on, and what a person who may push to it can do without the bot. */
export interface Target {
  /** A pass of the bot, while alerts fire. */
  pass(): Promise<readonly Outcome[]>;
  resolve(revision: string): Promise<string | undefined>;
  /** Pushes a commit on a branch, made from `from` where it is not there. Its author and committer are what it says. */
  commit(
    branch: string,
    files: Readonly<Record<string, string | undefined>>,
    how: { readonly as: ClaimedAuthor; readonly from?: string },
  ): Promise<string>;
  /** Sets a branch to a commit by force, or deletes it. */
  setBranch(branch: string, to: string | undefined): Promise<void>;
  /** The open pull requests. */
  pulls(): Promise<readonly VisiblePull[]>;
  /** Opens a pull request by hand. */
  open(words: Omit<VisiblePull, "number">): Promise<void>;
  edit(number: number, change: { readonly body?: string; readonly base?: string }): Promise<void>;
}

/** Replaces the last commit of a branch: the same parents, other files, and the author that it claims. */
export async function amend(
  target: Target,
  branch: string,
  files: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const parent = await target.resolve(`refs/heads/${branch}^`);
  const made = await target.commit("scratch", files, { as: "bot", ...(parent === undefined ? {} : { from: parent }) });
  await target.setBranch(branch, made);
  await target.setBranch("scratch", undefined);
}
