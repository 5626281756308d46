import type { Issue, IssueProposal } from "./alert/incident.ts";
import type { Cause } from "./cause.ts";
import type { AgentKey } from "./fleet.ts";
import type { Problem } from "./problem.ts";
import type { PullRequest } from "./pull-request.ts";
import type { ShownDeployment } from "./rollout/deployment.ts";
import type { RolloutReason } from "./rollout/report.ts";
import type { Sha } from "./values/scalars.ts";

/** The fields of each kind of decision. A reason is always a named one. */
interface DecisionFields {
  readonly open: Record<never, never>;
  readonly update: {
    readonly pull: PullRequest;
    readonly reason: "content-changed" | "text-changed" | "stale-base";
  };
  readonly close: {
    readonly pull: PullRequest;
    readonly reason:
      | "no-longer-needed"
      | "denied"
      | "superseded"
      | "resolved"
      | "changed-since"
      | "fires-again"
      | "duplicate";
  };
  /** A person's commit is on the branch, so the bot does not change it. `comment`: the bot has to say so in a comment. */
  readonly "hands-off": { readonly pull: PullRequest; readonly comment: boolean };
  /** A person closed the pull request for good. `comment`: the bot has to say in a comment how to come back. */
  readonly refused: { readonly pull: PullRequest; readonly comment: boolean };
  /** The pull request is up to date and a policy accepts it: it merges once the forge's checks pass. */
  readonly merge: { readonly pull: PullRequest };
  readonly unchanged: {
    readonly pull: PullRequest | undefined;
    readonly reason: "up-to-date" | "nothing-to-do";
  };
  /** `message`: what somebody has to do about it. */
  readonly skip: {
    readonly reason: SkipReason;
    readonly pull: PullRequest | undefined;
    readonly message?: string;
  };
  /** No pull request can help: an issue says why. */
  readonly "open-issue": { readonly report: IssueProposal; readonly reason: ReportReason | "several-candidates" };
  readonly "update-issue": { readonly issue: Issue; readonly report: IssueProposal; readonly reason: ReportReason };
  readonly "close-issue": {
    readonly issue: Issue;
    readonly sentence: string;
    readonly reason: "resolved" | "superseded" | "duplicate" | "agent-removed" | "no-longer-denied";
  };
  /** A merged pull request is told what became of it. */
  readonly "show-rollout": {
    readonly pull: PullRequest;
    readonly text: string;
    readonly deployments: readonly ShownDeployment[];
    readonly reason: RolloutReason;
  };
  readonly "keep-issue": { readonly issue: Issue; readonly reason: "up-to-date" | "closed-by-a-person" };
}

export type DecisionKind = keyof DecisionFields;

/** What to do about a cause, given the pull requests and issues there are. `Decision<"open">` is one kind of it. */
export type Decision<K extends DecisionKind = DecisionKind> = {
  [P in K]: { readonly kind: P } & DecisionFields[P];
}[K];

/** Why an incident became an issue and no pull request. */
export type ReportReason =
  | "question"
  | "held-back"
  | "not-allowed"
  | "report"
  | "denied"
  | "unresolved"
  | "max-changes-per-day";

export type SkipReason =
  | "closed-by-a-person"
  | "person-edited-the-branch"
  /** Somebody else edited the text, and so perhaps the marker, whose edits are planned again. */
  | "person-edited-the-text"
  /** Somebody else's pull request is open on the branch. */
  | "not-opened-by-raos"
  | "limits.openPulls"
  | "limits.pullsPerHour"
  | "outside-schedule"
  | "incomplete-read"
  /** A change for the same incident was merged or refused within the cool-down. */
  | "cool-down"
  /** Another open pull request already asks for the same change. */
  | "same-change-is-open"
  /** The spec has Problems, so nothing can be planned for it. */
  | "spec-has-problems"
  /** What the alert is about was changed a short time ago: whether the alert is about the new state is not known yet. */
  | "changed-since-alert"
  /** The agent was changed today as often as its spec allows. */
  | "max-changes-per-day"
  /** An open pull request changes how much the agent does at a time, in the other direction. */
  | "opposes-open-change"
  /** The alert's rule has read no data for less than an hour. */
  | "no-data"
  /** The environments before have had the change for a shorter time than raos.yaml asks for. */
  | "soaking"
  /** Something about the agent is wrong in an environment before. */
  | "not-verified"
  /** A person took the last promotion back. */
  | "taken-back-by-a-person"
  /** A merged change is on its way to the cluster. */
  | "rolling-out"
  /** A merged change runs, and is looked at again after a time. */
  | "verifying"
  /** A person holds the agent. */
  | "held"
  /** The model has not answered yet. */
  | "investigating"
  /** The pull request that proposed a raos.yaml was merged, but the default branch holds none. */
  | "no-configuration"
  /** What was merged was taken back since. */
  | "version-taken-back"
  /** What runs was changed less than a day ago, so what was measured is about something else. */
  | "changed-lately"
  /** There is less than a week of measurements. */
  | "too-little-history"
  /** The spec does not allow what a remedy would change, and nobody has asked for it. */
  | "outside-allowed-paths"
  /** A registry of images does not answer, so nothing is known to be newer. */
  | "registry-unavailable"
  /** A dry run does not ask the model, which a real pass would. */
  | "model-not-asked";

/** One line of `reconcile --output json`. */
export interface Outcome {
  readonly cause: Cause["kind"];
  /** `tenant/name`. */
  readonly agent: AgentKey;
  readonly kind: "opened" | "updated" | "merged" | "closed" | "unchanged" | "skipped" | "denied" | "problem";
  readonly reason?: string;
  /** What to do about it, where somebody has to do something. */
  readonly message?: string;
  readonly remedy?: string;
  readonly problems?: readonly Problem[];
  readonly pull?: { readonly number: number; readonly url: string; readonly branch: string; readonly head: Sha };
  /** The issue that asks or reports, where there is no pull request. */
  readonly issue?: { readonly number: number; readonly url: string };
}
