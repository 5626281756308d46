import type { Evidence } from "../domain/evidence.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Incident } from "../domain/incident.ts";
import type { Json, JsonPointer } from "../domain/scalars.ts";

/** What the model is told; all of it redacted before. */
export interface Question {
  readonly incident: Incident;
  readonly agent: AgentKey;
  readonly environment: string;
  readonly namespace: string;
  /** The spec in effect. */
  readonly spec: Json;
  readonly allowedPaths: readonly JsonPointer[];
  readonly evidence: readonly Evidence[];
}

/** What the model may look at; each answer is evidence with an id of its own, redacted and bounded. Never throws. */
export interface Instruments {
  /** PromQL of the model's own; bounded to the agent's namespace by whoever provides it. */
  metrics(query: string, rangeSeconds: number): Promise<Evidence>;
  /** Lines of the agent's own log that match a regular expression (RE2), summarised. */
  logs(pattern: string, rangeSeconds: number): Promise<Evidence>;
  objects(what: "pods" | "events" | "workload" | "quota" | "autoscaler"): Promise<Evidence>;
  history(): Promise<Evidence>;
}

/** What the model answered, parsed and not yet bounded: the shell drops what is outside the agent's allowed paths. */
export interface Answer {
  /** `failed`: it could not be asked, or answered what nobody can read; `reason` says which. */
  readonly kind: "found" | "unresolved" | "failed";
  readonly summary: string;
  readonly cause: string;
  readonly confidence: "low" | "medium" | "high";
  /** Ids of the evidence the finding relies on; only ids that there are. */
  readonly cites: readonly string[];
  readonly edits: readonly ProposedEdit[];
  /** Everything that was looked at, what the question held first. */
  readonly evidence: readonly Evidence[];
  /**
   * `answered`, or what ended it: a budget (`turns`, `tokens`, `seconds`, `dollars`), the process (`stopped`), the model
   * (`refused`, `unreadable`, `cut-short`, `too-large`) or its endpoint (`unreachable`, `rate-limited`, `unauthorized`,
   * `answered-500`).
   */
  readonly reason: string;
  readonly model: string;
  readonly turns: number;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly dollars: number;
}

/** A change the model asks for. `at` points into the spec in effect. */
export interface ProposedEdit {
  readonly at: JsonPointer;
  /** Undefined: taken away. */
  readonly to: Json | undefined;
  readonly why: string;
  readonly evidence: readonly string[];
}

/** Never throws: a model that fails is an answer of kind "failed". */
export interface Investigator {
  investigate(question: Question, instruments: Instruments, signal?: AbortSignal): Promise<Answer>;
}
