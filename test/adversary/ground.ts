import type { Outcome } from "../../src/domain/change.ts";

/** A pull request as an adversary sees it. */
export interface Seen {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
}

/** Who a commit says that it is by. */
export type Pretence = "bot" | "person";

/** A repository that the bot keeps, and what a person who may push to it can do behind its back. */
export interface Ground {
  /** A pass of the bot, while alerts fire. */
  pass(): Promise<readonly Outcome[]>;
  resolve(revision: string): Promise<string | undefined>;
  /** Pushes a commit on a branch, made from `from` where it is not there. Its author and committer are what it says. */
  commit(
    branch: string,
    files: Readonly<Record<string, string | undefined>>,
    how: { readonly as: Pretence; readonly from?: string },
  ): Promise<string>;
  /** Puts a branch somewhere by force, or deletes it. */
  setBranch(branch: string, to: string | undefined): Promise<void>;
  /** The open pull requests. */
  pulls(): Promise<readonly Seen[]>;
  /** Opens a pull request by hand. */
  open(words: Omit<Seen, "number">): Promise<void>;
  edit(number: number, change: { readonly body?: string; readonly base?: string }): Promise<void>;
}

/** The branch's last commit made anew: the same parents, other files, and whom it says it is by. */
export async function amend(
  ground: Ground,
  branch: string,
  files: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const parent = await ground.resolve(`refs/heads/${branch}^`);
  const made = await ground.commit("scratch", files, { as: "bot", ...(parent === undefined ? {} : { from: parent }) });
  await ground.setBranch(branch, made);
  await ground.setBranch("scratch", undefined);
}
