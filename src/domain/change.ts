import type { AgentKey } from "./fleet.ts";
import type { Report, StandingIssue } from "./incident.ts";
import type { Problem } from "./problem.ts";
import type { Instant, Json, JsonPointer, Oid, Path, Sha } from "./scalars.ts";

/** Why a pull request exists. Its branch name is a pure function of this. */
export type Cause =
  | {
      readonly kind: "drift";
      readonly scope:
        | { readonly kind: "agent"; readonly agent: AgentKey }
        | { readonly kind: "tenant"; readonly tenant: string };
    }
  | { readonly kind: "alert"; readonly agent: AgentKey; readonly remedy: string; readonly environment: string }
  | { readonly kind: "request"; readonly id: string }
  | { readonly kind: "tune"; readonly agent: AgentKey }
  | { readonly kind: "regression"; readonly pull: number };

export type Editor = "rule" | "model" | "agent" | "person";

/** A change of one value in an agent's spec. `file` is where it lands, `at` points into that file. */
export type Edit =
  | {
      readonly kind: "set";
      readonly agent: AgentKey;
      readonly file: Path;
      readonly at: JsonPointer;
      readonly from: Json | undefined;
      readonly to: Json;
      readonly why: string;
      readonly by: Editor;
    }
  | {
      readonly kind: "add";
      readonly agent: AgentKey;
      readonly file: Path;
      readonly at: JsonPointer;
      readonly to: Json;
      readonly why: string;
      readonly by: Editor;
    }
  | {
      readonly kind: "remove";
      readonly agent: AgentKey;
      readonly file: Path;
      readonly at: JsonPointer;
      readonly from: Json | undefined;
      readonly why: string;
      readonly by: Editor;
    };

/** A file the tree should hold differently. `text` undefined: deleted. `before` undefined: new. */
export interface FileChange {
  readonly path: Path;
  readonly before: { readonly oid: Oid; readonly text: string } | undefined;
  readonly text: string | undefined;
}

/** An agent before and after a change, in one environment, for judgement and for the reviewer's table. */
export interface AgentChange {
  readonly agent: AgentKey;
  readonly environment: string;
  /** Effective values as deployed before (values.yaml of the base), parsed; undefined when the agent is new there. */
  readonly before: Json | undefined;
  /** Values after; undefined when the agent goes away. */
  readonly after: Json | undefined;
  /** The effective spec after; undefined when it goes away. What guardrails call `after.spec`. */
  readonly spec: Json | undefined;
}

/** What the tree should hold against what it holds, for one cause. */
export interface ChangeSet {
  readonly cause: Cause;
  readonly base: Sha;
  readonly agents: readonly AgentKey[];
  readonly edits: readonly Edit[];
  /** Sorted by path; each really differs. */
  readonly files: readonly FileChange[];
  readonly changes: readonly AgentChange[];
  readonly problems: readonly Problem[];
}

export interface Violation {
  readonly guardrail: string;
  readonly message: string;
  readonly agent: AgentKey | undefined;
  readonly environment: string | undefined;
}

/** What the guardrails say; warnings go to the reviewer whatever the kind. */
export type Verdict =
  | { readonly kind: "allow"; readonly warnings: readonly Violation[]; readonly lowRisk: boolean }
  | { readonly kind: "review"; readonly reasons: readonly Violation[]; readonly warnings: readonly Violation[] }
  | { readonly kind: "deny"; readonly violations: readonly Violation[]; readonly warnings: readonly Violation[] };

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

/** What a pull request's body remembers, hidden in an HTML comment. Untrusted when read back. */
export interface Marker {
  readonly version: 1;
  readonly cause: Cause;
  readonly base: Sha;
  /** SHA-256 over the files' paths and texts and the edits: what the proposal holds. */
  readonly content: string;
  /** SHA-256 over the files' paths and the ids they had on the base: what the proposal stands on. */
  readonly under: string;
  /** SHA-256 over title and body without the marker: what the reviewer reads. */
  readonly text: string;
  /** When the alert ended that this is about; the body says so in a note on top. Absent while it fires. */
  readonly resolvedAt?: Instant | undefined;
  /** What was asked for, so that a stale pull request replays it instead of asking again. */
  readonly edits: readonly Edit[];
}

/** A pull request as the forge holds it. */
export interface StandingPull {
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
   * Whether every commit of the pull request is proven to be the bot's: signed by GitHub for it, or the very commit that the
   * local forge recorded as its own; names and addresses in a commit prove nothing. Undefined where it could not be read.
   */
  readonly botOnly: boolean | undefined;
  /** Whether the bot opened it. One that a person opened on a branch of ours is theirs, whatever its text says. */
  readonly openedByBot: boolean;
  /** Whether nobody else has written its text since: only then is its marker the bot's. */
  readonly textByBot: boolean;
  /** Whether the bot itself closed it (its closing comment carries a marker). */
  readonly closedByBot: boolean;
  /** Whether the bot already said "hands off". */
  readonly handsOff: boolean;
  readonly createdAt: Instant;
  /** When its newest commit was made, as the forge knows it. */
  readonly headAt: Instant;
  /** When it was closed or merged; undefined while it is open, or where the forge does not know. */
  readonly endedAt: Instant | undefined;
}

/** What to do about a cause, given what stands. Reasons are named, never a bare boolean. */
export type Decision =
  | { readonly kind: "open" }
  | {
      readonly kind: "update";
      readonly pull: StandingPull;
      readonly reason: "content-changed" | "text-changed" | "stale-base";
    }
  | {
      readonly kind: "close";
      readonly pull: StandingPull;
      readonly reason: "no-longer-needed" | "denied" | "superseded" | "resolved" | "changed-since" | "duplicate";
    }
  | { readonly kind: "hands-off"; readonly pull: StandingPull; readonly comment: boolean }
  /** It is as it should be, and a policy accepts it: it merges once the forge's checks pass. */
  | { readonly kind: "merge"; readonly pull: StandingPull }
  | {
      readonly kind: "unchanged";
      readonly pull: StandingPull | undefined;
      readonly reason: "up-to-date" | "nothing-to-do";
    }
  | { readonly kind: "skip"; readonly reason: SkipReason; readonly pull: StandingPull | undefined }
  /** What is no pull request is an issue. */
  | { readonly kind: "open-issue"; readonly report: Report; readonly reason: ReportReason }
  | {
      readonly kind: "update-issue";
      readonly issue: StandingIssue;
      readonly report: Report;
      readonly reason: ReportReason;
    }
  | {
      readonly kind: "close-issue";
      readonly issue: StandingIssue;
      readonly sentence: string;
      readonly reason: "resolved" | "superseded" | "duplicate";
    }
  | {
      readonly kind: "keep-issue";
      readonly issue: StandingIssue;
      readonly reason: "up-to-date" | "closed-by-a-person";
    };

/** Why an incident became an issue and no pull request. */
export type ReportReason = "question" | "report" | "denied" | "unresolved" | "max-changes-per-day";

export type SkipReason =
  | "closed-by-a-person"
  | "person-edited-the-branch"
  /** Somebody else wrote the text, and with it the marker that would be replayed. */
  | "person-edited-the-text"
  /** Somebody else's pull request is open on the branch. */
  | "not-opened-by-raos"
  | "limits.openPulls"
  | "limits.pullsPerHour"
  | "outside-schedule"
  | "doubtful-read"
  | "part-of-a-tenant-pull"
  /** A change for the same incident was merged or refused a moment ago. */
  | "cool-down"
  /** Another open pull request asks for it already. */
  | "same-change-is-open"
  /** What the agent is cannot be told now. */
  | "spec-has-problems"
  /** The model is still looking. */
  | "investigating";

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
