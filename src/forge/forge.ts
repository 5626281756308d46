import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Report, StandingIssue } from "../domain/incident.ts";
import type { Instant, Sha } from "../domain/scalars.ts";
import { withoutSecrets } from "../redaction/without-secrets.ts";

/**
 * Where pull requests live. GitHub and the local forge pass one contract test (test/forge/contract.ts).
 * Every method throws `ForgeError` when the forge refuses or cannot be reached after the retries that I/O deserves.
 */
export interface Forge {
  readonly kind: "github" | "local";
  /** The default branch and its head; `sha` undefined where the repository is empty. */
  defaultBranch(): Promise<{ readonly name: string; readonly sha: Sha | undefined }>;
  /**
   * Every open pull request whose branch starts with `raos/` and whose head is in this repository (never a fork's), and
   * for each of `branches` the newest closed or merged one. `complete` is false where any part could not be read: then
   * nothing may be closed, pruned or deleted.
   */
  standing(
    branches: readonly string[],
  ): Promise<{ readonly pulls: readonly StandingPull[]; readonly complete: boolean }>;
  /** How many pull requests the bot opened after a moment, whatever became of them; undefined where that cannot be told. */
  openedSince(since: Instant): Promise<number | undefined>;
  /** The bot's pull requests opened or ended after a moment, in any state; undefined where there are too many to tell. */
  recent(since: Instant): Promise<readonly StandingPull[] | undefined>;
  /** One pull request, or undefined where there is none of that number. */
  pull(number: number): Promise<StandingPull | undefined>;
  /**
   * Branch, commit and pull request in one write. Heals a branch that an earlier, interrupted run left behind.
   * `base` is the commit the proposal was planned on.
   */
  open(proposal: Proposal, base: Base): Promise<StandingPull>;
  /**
   * Brings an open pull request to what the proposal says. `replay` false: a commit on top of its head; true: the branch
   * starts anew from `base` (its old base changed under the same files). Only title and body where the files are the same.
   */
  update(pull: StandingPull, proposal: Proposal, base: Base, replay: boolean): Promise<StandingPull>;
  /**
   * Closes with a sentence that carries a marker (so that a later run knows the bot closed it) and deletes the branch, unless
   * `keepBranch` says that another pull request needs it.
   */
  close(pull: StandingPull, sentence: string, options?: { readonly keepBranch: boolean }): Promise<void>;
  /** Says once that a person's commit is on the branch and the bot keeps its hands off. */
  handsOff(pull: StandingPull, sentence: string): Promise<void>;
  /** What the checks of a pull request's head say; a forge that knows none says "none". */
  checks(pull: StandingPull): Promise<Checks>;
  /**
   * Merges the head that `pull` names; throws `ForgeError` with code "conflict" where it does not merge cleanly, "stale" where
   * the head moved. `onto`: the commit of the base that the merge was checked on; "stale" where the base is seen to have moved.
   */
  merge(pull: StandingPull, onto?: Sha): Promise<Sha>;
  /** The bot's issues: every open one, and those closed in the last 7 days. `complete` as of `standing`. */
  issues(): Promise<{ readonly issues: readonly StandingIssue[]; readonly complete: boolean }>;
  /** Opens an issue; where one with its key is open already, that one. */
  openIssue(report: Report): Promise<StandingIssue>;
  /** Brings an open issue's title and body to what the report says. */
  updateIssue(issue: StandingIssue, report: Report): Promise<StandingIssue>;
  /** Closes with a sentence that carries a marker. One that is closed already is left as it is. */
  closeIssue(issue: StandingIssue, sentence: string): Promise<void>;
}

/** Status checks of a commit, taken together. */
export type Checks = "passing" | "pending" | "failing" | "none";

export interface Base {
  readonly branch: string;
  readonly sha: Sha;
}

export type ForgeErrorCode =
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "stale"
  /** A branch of somebody else's takes the name that the bot's branch needs. */
  | "blocked"
  | "invalid"
  | "rate-limited"
  | "unavailable";

/** Says which branch is in the way: Git keeps no branch `a` beside `a/b`. */
export function blocked(blocker: string, branch: string): ForgeError {
  const message = `the branch "${blocker}" is in the way of "${branch}": Git keeps no branch of both names; rename or delete it`;
  return new ForgeError("blocked", message);
}

/** The forge refused, or could not be reached. The message never holds a credential. */
export class ForgeError extends Error {
  readonly code: ForgeErrorCode;
  constructor(code: ForgeErrorCode, message: string, options?: ErrorOptions) {
    super(withoutSecrets(message), options);
    this.name = "ForgeError";
    this.code = code;
  }
}
