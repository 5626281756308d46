import type { Issue, IssueProposal } from "../domain/alert/incident.ts";
import type { FileChange } from "../domain/change-set.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { CheckReport, CheckSubject } from "../domain/review/check-report.ts";
import type { RequestIssue, ThreadComment } from "../domain/review/command.ts";
import type { ShownDeployment } from "../domain/rollout/deployment.ts";
import type { Instant, Sha } from "../domain/values/scalars.ts";
import { redactSecrets } from "../redaction/redact-secrets.ts";

/**
 * Where pull requests and issues are. GitHub and the local forge pass one contract test (test/forge/contract/contract.ts).
 * Every method throws `ForgeError` where the forge refuses, or cannot be reached after retries.
 */
export interface Forge {
  /** Whether the checks of a new commit may start only after a while; then "none" may mean that they have not started yet. */
  readonly checksStartLater: boolean;
  /** The default branch and its head; `sha` undefined where the repository is empty. */
  defaultBranch(): Promise<DefaultBranch>;
  /**
   * Every open pull request whose branch starts with `raos/` and whose head is in this repository (never a fork's), and
   * for each of `branches` the newest closed or merged one. `complete` is false where any part could not be read: then
   * nothing may be closed, pruned or deleted because it is not in the list. `account` is the login that the forge acts as;
   * undefined where it was not read.
   */
  pullRequests(branches: readonly string[]): Promise<PullRequests>;
  /**
   * The branches of the pull requests that the bot opened after a moment, in whatever state, one for each; undefined where there are
   * too many to list.
   */
  openedSince(since: Instant): Promise<readonly string[] | undefined>;
  /** The bot's pull requests opened or ended after a moment, in any state; undefined where there are too many to list. */
  recentPulls(since: Instant): Promise<readonly PullRequest[] | undefined>;
  /** One pull request, or undefined where there is none of that number. */
  pull(number: number): Promise<PullRequest | undefined>;
  /**
   * Creates branch, commit and pull request in one write; reuses a branch that an interrupted run left.
   * `base` is the commit the proposal was planned on.
   */
  open(proposal: Proposal, base: Base): Promise<PullRequest>;
  /**
   * Updates an open pull request to the proposal. `replay` false: a commit on top of its head; true: the branch is rebuilt
   * from `base`, because the base has changed the same files. Where the files are the same, only title and body are written.
   */
  update(pull: PullRequest, proposal: Proposal, base: Base, replay: boolean): Promise<PullRequest>;
  /**
   * Comments, closes and deletes the branch, unless `keepBranch` is true because another pull request needs it. The comment
   * has a marker, by which a later run knows that the bot closed it.
   */
  close(pull: PullRequest, sentence: string, options?: { readonly keepBranch: boolean }): Promise<void>;
  /** Comments once that a person's commit is on the branch and the bot does not change it any more. */
  commentHandsOff(pull: PullRequest, sentence: string): Promise<void>;
  /** The result of the checks of a pull request's head; "none" where there are no checks. */
  checks(pull: PullRequest): Promise<Checks>;
  /**
   * Merges the head that `pull` names; throws `ForgeError` with code "conflict" where it does not merge cleanly, "stale" where
   * the head moved. `onto`: the commit of the base that the merge was checked on; where the base has moved, the merge may be
   * refused.
   */
  merge(pull: PullRequest, onto?: Sha): Promise<Sha>;
  /**
   * Says on a merged pull request what became of it, in one comment that later calls replace. Nothing is written where it says so
   * already.
   */
  showRollout(pull: PullRequest, text: string): Promise<void>;
  /**
   * The bot's issues: every open one, and those closed in the last 90 days. `complete` as in `pullRequests`, for those closed
   * in the last 7 days: where there are very many issues, older ones may be missing.
   */
  issues(): Promise<{ readonly issues: readonly Issue[]; readonly complete: boolean }>;
  /** Opens an issue, or returns the open one with its key. */
  openIssue(report: IssueProposal): Promise<Issue>;
  /** Writes an open issue's title and body. */
  updateIssue(issue: Issue, report: IssueProposal): Promise<Issue>;
  /** Comments, with a marker, and closes. An issue that is closed already is left as it is. */
  closeIssue(issue: Issue, sentence: string): Promise<void>;
  /**
   * A text that is another one after any change of a pull request, an issue or a comment, whoever made it; undefined where that cannot
   * be said. Left out: the forge has no cheap way to know.
   */
  lastChange?(): Promise<string | undefined>;
  /** What the rules of the repository ask for beyond checks that pass; undefined where the forge has no such rules. */
  readonly mergeRules?: MergeRules | undefined;
  /**
   * The raos.yaml of the owner's `.github` repository, from which those of the owner's other repositories inherit; undefined where
   * there is none, or this credential may not see it. Left out: the forge has no owners.
   */
  organisationConfig?(): Promise<OwnersConfig | undefined>;
  /** RAOS's own check of what others want to merge; undefined where the forge, or the credential, has none. */
  readonly ownChecks?: OwnChecks | undefined;
  /** Writes to people's own pull requests; undefined where the forge has no such writes. */
  readonly headWriter?: HeadWriter | undefined;
  /** What became of merges, beside pull requests; undefined where the forge has no deployments. */
  readonly deployments?: Deployments | undefined;
  /** Undefined where nobody comments. */
  readonly conversation?: Conversation | undefined;
}

/** The configuration of an owner of repositories, such as an organisation. */
export interface OwnersConfig {
  readonly owner: string;
  readonly text: string;
}

export interface DefaultBranch {
  readonly name: string;
  readonly sha: Sha | undefined;
  /** "archived": nobody can write to the repository. "fork": it is a copy of another one. Left out: neither, as far as is known. */
  readonly standing?: "archived" | "fork" | undefined;
  /** `owner/name`, as the forge spells it now. Left out: the forge is a folder. */
  readonly repository?: string;
  /** What people tagged the repository with. Left out: none, as far as is known. */
  readonly topics?: readonly string[] | undefined;
}

/** Rules of a repository about merges. Every method throws `ForgeError`. */
export interface MergeRules {
  /** Why a pull request, whose checks pass, is not to be merged now, as far as the forge says it. */
  holdOf(pull: PullRequest): Promise<MergeHold>;
  /** Puts the head that `pull` names into the merge queue; throws "stale" where the head moved. */
  enqueue(pull: PullRequest): Promise<void>;
}

/** "merge-queue": it may be merged, but only by the queue. "auto-merge": somebody asked the forge to merge it once it may be. */
export type MergeHold =
  | { readonly kind: "none" | "merge-queue" }
  | {
      readonly kind:
        | "is-a-draft"
        | "review-required"
        | "changes-requested"
        | "in-merge-queue"
        | "auto-merge"
        | "held-by-rules";
    }
  /** Required checks that have not passed on the head, or that nothing has reported. */
  | { readonly kind: "checks-missing"; readonly checks: readonly string[] };

/** The forge's own record of what was deployed where. */
export interface Deployments {
  /**
   * Shows each deployment as it is now; what is shown already is not written again. Nothing is shown where the credential may not.
   * Throws ForgeError.
   */
  show(deployments: readonly ShownDeployment[]): Promise<void>;
}

/** Comments of people, and RAOS's answers. Every method throws `ForgeError`. */
export interface Conversation {
  /** Comments on issues and pull requests since a moment, RAOS's own among them, oldest first. */
  commentsSince(since: Instant): Promise<readonly ThreadComment[]>;
  /** Shows the author at once that a comment was seen. Nothing changes where that was shown before. */
  acknowledge(comment: number): Promise<void>;
  /** Comments on an issue or pull request. */
  answer(number: number, body: string): Promise<void>;
  /**
   * Who edited the text of one of RAOS's issues since RAOS last wrote it, the latest first; undefined where the forge does not say.
   */
  editorsOf(issue: number): Promise<readonly string[] | undefined>;
  /** The open issues with a label, which only some may set, oldest first, at most a hundred. */
  labelledIssues(label: string): Promise<readonly RequestIssue[]>;
  /** The comments on one issue or pull request, oldest first; undefined where it is not there any more. */
  commentsOn(number: number): Promise<readonly ThreadComment[] | undefined>;
  /** What a person may do in the repository, as the forge says now. */
  standingOf(login: string): Promise<Standing>;
}

export type Standing = "may-push" | "may-read" | "none";

/** Writes to people's own pull requests, which RAOS makes only where they asked for it. Every method throws `ForgeError`. */
export interface HeadWriter {
  /** Commits files on the subject's branch. Throws "stale", and writes nothing, where its head is not the subject's any more. */
  commit(subject: CheckSubject, files: readonly FileChange[], message: string): Promise<void>;
  /** Merges the default branch into the subject's. Throws "stale" likewise, "invalid" where they conflict. */
  catchUp(subject: CheckSubject): Promise<void>;
}

/** RAOS's own check of pull requests, people's and its own. Every method throws `ForgeError`. */
export interface OwnChecks {
  /**
   * The heads of all open pull requests into the default branch, forks included, and of the groups in its merge queue, with the
   * report that the check of this name shows there. What cannot be read is left out; it is read again with the next pass.
   */
  subjects(base: string, check: string): Promise<readonly CheckSubject[]>;
  /** Shows a report on the subject's head, in place of the last one. `key` says by which content it is found again. */
  show(subject: CheckSubject, check: string, key: string, report: CheckReport): Promise<void>;
}

/** The reads of a forge: what planning may use. */
export type ForgeReader = Pick<
  Forge,
  "defaultBranch" | "pullRequests" | "openedSince" | "recentPulls" | "pull" | "checks" | "issues"
>;

/** Pull requests, as `Forge.pullRequests` returns them. */
export interface PullRequests {
  readonly pulls: readonly PullRequest[];
  readonly complete: boolean;
  readonly account: string | undefined;
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
  /** Another branch makes the name of the bot's branch impossible: Git has no branch `a` beside `a/b`. */
  | "blocked"
  | "invalid"
  /** The rules of a branch, such as a ruleset, do not allow it now; the message is the forge's own. */
  | "protected"
  | "rate-limited"
  | "unavailable";

/** The error that names the branch in the way. */
export function branchBlockedError(blocker: string, branch: string): ForgeError {
  const message = `the branch "${blocker}" is in the way of "${branch}": Git cannot have both names; rename or delete it`;
  return new ForgeError("blocked", message);
}

/** The forge refused, or could not be reached. The message never holds a credential. */
export class ForgeError extends Error {
  readonly code: ForgeErrorCode;
  constructor(code: ForgeErrorCode, message: string, options?: ErrorOptions) {
    super(redactSecrets(message), options);
    this.name = "ForgeError";
    this.code = code;
  }
}
