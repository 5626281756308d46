import type { Alert } from "./alert.ts";
import type { Evidence } from "./evidence.ts";
import type { AgentKey } from "./fleet.ts";
import type { Instant, Json, JsonPointer } from "./scalars.ts";

/** One thing that is wrong with one agent: every alert about it that one remedy answers. */
export interface Incident {
  readonly agent: AgentKey;
  readonly environment: string;
  /** Name of the remedy; `unknown-alert` where none answers and a model is to look. */
  readonly remedy: string;
  /** Firing or resolved, at least one; the oldest first. */
  readonly alerts: readonly Alert[];
}

/** Why an alert leads to no incident. */
export type AlertReason =
  | "unknown-agent"
  | "ambiguous-agent"
  | "unknown-environment"
  | "ambiguous-environment"
  | "no-remedy"
  | "not-about-an-agent";

/** A change of a value in effect that a rule or a model asks for; `at` points into the spec in effect, `/spec/scaling/max`. */
export interface WantedEdit {
  readonly kind: "set" | "remove";
  readonly agent: AgentKey;
  readonly at: JsonPointer;
  readonly from: Json | undefined;
  /** Undefined where `kind` is "remove". */
  readonly to: Json | undefined;
  readonly why: string;
  readonly by: "rule" | "model";
  /** Ids of the evidence it stands on. */
  readonly evidence: readonly string[];
  /** It takes back a change that came before the alert, as a remedy of its own says; never a model's. */
  readonly rollback?: boolean;
}

/** An edit that was considered and dropped, and why. Shown to the reviewer. */
export interface DroppedEdit {
  readonly at: JsonPointer;
  readonly to: Json | undefined;
  readonly by: "rule" | "model";
  readonly reason: DropReason;
  readonly message: string;
}

export type DropReason =
  | "below-20-percent"
  | "expression-failed"
  | "condition-false"
  | "no-evidence"
  | "outside-allowed-paths"
  | "not-a-value"
  | "too-many-edits"
  | "undoes-a-person"
  | "flapping"
  | "same-as-now"
  | "request-over-limit"
  | "over-tenant-quota"
  | "invalid";

/** What a model's investigation came to, after code bounded it. */
export interface Finding {
  /** `failed`: the model could not be asked, or answered what nobody can read; `reason` says which. */
  readonly kind: "found" | "unresolved" | "failed";
  readonly summary: string;
  readonly cause: string;
  readonly confidence: "low" | "medium" | "high";
  readonly evidence: readonly Evidence[];
  readonly edits: readonly WantedEdit[];
  readonly dropped: readonly DroppedEdit[];
  /** Why it ended: `answered`, or what cut it short. */
  readonly reason: string;
  readonly model: string;
  readonly turns: number;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly dollars: number;
}

/** All that a pull request or a report says of an incident. */
export interface IncidentStory {
  readonly incident: Incident;
  /** Every agent it is about; more than one where a storm was folded. */
  readonly agents: readonly AgentKey[];
  /** What the remedy is called and says it does. */
  readonly remedy: { readonly name: string; readonly description: string };
  readonly evidence: readonly Evidence[];
  readonly dropped: readonly DroppedEdit[];
  readonly finding: Finding | undefined;
  /** How the change will be verified: a query that holds after some seconds. */
  readonly verify: { readonly promql: string; readonly afterSeconds: number } | undefined;
  /** When every alert of it had ended; undefined while one fires. */
  readonly resolvedAt: Instant | undefined;
}

/** An issue as it should be: a question, or a report, where no edit is proposed. */
export interface Report {
  /** What it is about: `branchFor` of its cause. Never two open issues with one key. */
  readonly key: string;
  readonly title: string;
  /** At most 65,536 characters, the marker included. */
  readonly body: string;
  readonly labels: readonly string[];
}

/** An issue as the forge holds it. */
export interface StandingIssue {
  readonly number: number;
  readonly id: string;
  readonly url: string;
  /** Read from the marker; undefined where it has none of ours. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly closedByBot: boolean;
  readonly createdAt: Instant;
  /** When it was closed; undefined while it is open. */
  readonly endedAt: Instant | undefined;
}
