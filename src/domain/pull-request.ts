import type { Instant, Sha } from "./values/scalars.ts";

/** A pull request as the forge holds it. */
export interface PullRequest {
  readonly number: number;
  /** The forge's own id (GitHub: the node id). */
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
  /** Commit at the head of the branch. */
  readonly head: Sha;
  readonly state: "open" | "closed" | "merged";
  readonly labels: readonly string[];
  /**
   * Whether every commit of the pull request is proven to be the bot's: GitHub signed it for the bot, or the local forge recorded
   * it as its own. Names and addresses in a commit prove nothing. Undefined where the commits could not be read.
   */
  readonly botOnly: boolean | undefined;
  /**
   * Whether the bot opened it. One that a person opened on a branch of the bot belongs to that person,
   * whatever its text says.
   */
  readonly openedByBot: boolean;
  /** Whether only the bot has written its text: only then is its marker the bot's. */
  readonly textByBot: boolean;
  /** Whether a person marked it as not ready; left out where it is ready, or the forge has no drafts. */
  readonly isDraft?: boolean;
  /** Whether the bot itself closed it (its closing comment carries a marker). */
  readonly closedByBot: boolean;
  /** Whether the bot has already commented that it no longer changes it. */
  readonly handsOff: boolean;
  /** What the bot's own comment says of what became of it after the merge; left out: there is no such comment. */
  readonly rollout?: string;
  readonly createdAt: Instant;
  /** When its newest commit was made, as the forge knows it. */
  readonly headAt: Instant;
  /** When it was closed or merged; undefined while it is open, or where the forge does not know. */
  readonly endedAt: Instant | undefined;
}
