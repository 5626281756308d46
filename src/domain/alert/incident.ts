import type { AgentKey } from "../fleet.ts";
import type { Instant, Json, JsonPointer } from "../values/scalars.ts";
import type { Alert } from "./alert.ts";
import type { Evidence } from "./evidence.ts";
import type { Occasion } from "./occasion.ts";

/** The alerts about one agent in one environment that one remedy answers. */
export interface Incident {
  readonly agent: AgentKey;
  readonly environment: string;
  /** Name of the remedy; `unknown-alert` where none answers and a model investigates. */
  readonly remedy: string;
  /** Firing or resolved, at least one; the oldest first. */
  readonly alerts: readonly Alert[];
  /** Set where no alert fires: then `alerts` holds what stands for one. */
  readonly occasion?: Occasion;
  /** Set where it is about the agent's whole tenant; evidence is read for this agent, and nothing of it is changed. */
  readonly isTenantWide?: true;
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
  /** Ids of the evidence for it. */
  readonly evidence: readonly string[];
  /** It undoes a change that came before the alert, as the remedy says; never set for a model's edit. */
  readonly rollback?: boolean;
}

/** An edit that is not made, and why. Reviewers see it. */
export interface DroppedEdit {
  readonly at: JsonPointer;
  readonly to: Json | undefined;
  readonly by: "rule" | "model";
  readonly reason: EditDropReason;
  readonly message: string;
  /** Of an edit that only `supervision.allowedPaths` forbids: what it would change, and what would allow it. */
  readonly permission?: MissingPermission;
}

/** What a person would write to allow an edit. */
export interface MissingPermission {
  readonly agent: AgentKey;
  /** The present value. */
  readonly from: Json | undefined;
  /** The whole list that `supervision.allowedPaths` would have to be: what it is now, and one more. */
  readonly allowedPaths: readonly JsonPointer[];
}

export type EditDropReason =
  | "below-20-percent"
  | "expression-failed"
  | "condition-false"
  | "no-evidence"
  | "partial-evidence"
  | "outside-allowed-paths"
  | "not-a-value"
  | "too-many-edits"
  | "undoes-a-person"
  | "flapping"
  | "same-as-now"
  | "beyond-remedys-limit"
  | "request-over-limit"
  | "over-tenant-quota"
  | "not-rolled-out"
  | "changed-since-alert"
  | "did-not-help"
  | "tried-enough"
  | "opposes-other-change"
  | "refused-by-a-person"
  | "held-by-remedy"
  | "too-little-history"
  | "changed-lately"
  | "invalid";

/** The result of a model's investigation, after code has limited its edits. */
export interface ModelFinding {
  /** `failed`: the model could not be asked, or its answer could not be read; `reason` says which. */
  readonly kind: "found" | "unresolved" | "failed";
  readonly summary: string;
  readonly cause: string;
  readonly confidence: "low" | "medium" | "high";
  readonly evidence: readonly Evidence[];
  readonly edits: readonly WantedEdit[];
  readonly dropped: readonly DroppedEdit[];
  /** Why it ended: `answered`, or what ended it early. */
  readonly reason: string;
  readonly model: string;
  readonly turns: number;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly dollars: number;
}

/** Everything that a pull request or an issue says about an incident. */
export interface IncidentDetails {
  readonly incident: Incident;
  /** Every agent it is about; more than one for a storm. */
  readonly agents: readonly AgentKey[];
  /** The remedy's name and description. */
  readonly remedy: { readonly name: string; readonly description: string };
  readonly evidence: readonly Evidence[];
  readonly dropped: readonly DroppedEdit[];
  /** What the remedy says about the evidence, for an issue. */
  readonly notes?: readonly string[];
  readonly finding: ModelFinding | undefined;
  /** How the change will be verified: a query that has to hold some seconds after the roll-out. */
  readonly verify: { readonly promql: string; readonly afterSeconds: number } | undefined;
  /** When its last alert ended; undefined while one fires. */
  readonly resolvedAt: Instant | undefined;
}

/** An issue as it should be: a question or a report, where no edit is proposed. */
export interface IssueProposal {
  /** `branchFor` of its cause. There are never two open issues with the same key. */
  readonly key: string;
  readonly title: string;
  /** At most 65,536 characters, the marker included. */
  readonly body: string;
  readonly labels: readonly string[];
}

/** An issue as the forge holds it. */
export interface Issue {
  readonly number: number;
  readonly id: string;
  readonly url: string;
  /** The key in its marker. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly closedByBot: boolean;
  readonly createdAt: Instant;
  /** When it was closed; undefined while it is open. */
  readonly endedAt: Instant | undefined;
}
