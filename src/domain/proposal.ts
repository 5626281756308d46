import type { Spent } from "./alert/spent.ts";
import type { Cause } from "./cause.ts";
import type { Edit, FileChange } from "./change-set.ts";
import type { RequestedChange } from "./request/agent-request.ts";
import type { Instant, Sha } from "./values/scalars.ts";

/** A pull request as it should be. */
export interface Proposal {
  readonly branch: string;
  readonly title: string;
  /** At most 65,536 characters, the marker included. */
  readonly body: string;
  readonly commitMessage: string;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
  readonly files: readonly FileChange[];
  readonly marker: Marker;
  readonly autoMerge: boolean;
}

/**
 * Data that the bot writes into a pull request's body, hidden in an HTML comment, and reads back. It is untrusted
 * when it is read.
 */
export interface Marker {
  readonly cause: Cause;
  readonly base: Sha;
  /** SHA-256 over the content of the proposal: the files' paths and texts, and the edits. */
  readonly content: string;
  /** SHA-256 over the files' paths and their ids on the base that the proposal was planned on. */
  readonly baseHash: string;
  /** SHA-256 over the text that the reviewer reads: title and body without the marker. */
  readonly text: string;
  /** When the alert ended; a note at the top of the body says so, too. Absent while it fires. */
  readonly resolvedAt?: Instant | undefined;
  /** The edits of the cause. A stale pull request is planned from them; no rule or model is asked again. */
  readonly edits: readonly Edit[];
  /** What somebody asked for, and the whole files it writes; absent where another cause asks. */
  readonly requested?: RequestedChange | undefined;
  /** What a model took to find them; absent where none was asked. */
  readonly spent?: Spent | undefined;
}
