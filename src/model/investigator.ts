import type { Evidence } from "../domain/alert/evidence.ts";
import type { Incident } from "../domain/alert/incident.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Json, JsonPointer } from "../domain/values/scalars.ts";

/** The question to the model. All its data is redacted already. */
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

/** The reads that the model may make. Each result is evidence with an id, redacted and limited in size. They never throw. */
export interface Instruments {
  /** A PromQL query of the model; the implementation limits it to the agent's namespace. */
  metrics(query: string, rangeSeconds: number): Promise<Evidence>;
  /** Lines of the agent's own log that match a regular expression (RE2), summarised. */
  logs(pattern: string, rangeSeconds: number): Promise<Evidence>;
  objects(what: "pods" | "events" | "workload" | "quota" | "autoscaler"): Promise<Evidence>;
  history(): Promise<Evidence>;
}

/** The model's answer, parsed. Its edits are not checked yet: the caller drops those outside the allowed paths. */
export interface Answer {
  /** `failed`: it could not be asked, or its answer could not be read; `reason` says which. */
  readonly kind: "found" | "unresolved" | "failed";
  readonly summary: string;
  readonly cause: string;
  readonly confidence: "low" | "medium" | "high";
  /** Ids of the evidence for the finding; only existing ids. */
  readonly cites: readonly string[];
  readonly edits: readonly ProposedEdit[];
  /** All evidence that was read, that of the question first. */
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
  /** Undefined: the value is removed. */
  readonly to: Json | undefined;
  readonly why: string;
  readonly evidence: readonly string[];
}

/** Never throws: a model that fails is an answer of kind "failed". */
export interface Investigator {
  investigate(question: Question, instruments: Instruments, signal?: AbortSignal): Promise<Answer>;
}
