import type { Evidence, Unit } from "../domain/evidence.ts";
import type { Instant, Json } from "../domain/scalars.ts";

/** A PromQL range query, ready to run: everything in it was escaped when it was filled in. */
export interface MetricsAsk {
  readonly kind: "promql";
  readonly name: string;
  readonly query: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly unit: Unit;
  readonly threshold: number | undefined;
}

/** A LogQL query over a range. `deployedAt`: lines of a kind not seen before it count as new. */
export interface LogsAsk {
  readonly kind: "logql";
  readonly name: string;
  readonly query: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly lines: number;
  readonly deployedAt: Instant | undefined;
}

/** Objects of one agent in its namespace. */
export interface ObjectsAsk {
  readonly kind: "kubernetes";
  readonly name: string;
  readonly what: "pods" | "events" | "workload" | "quota" | "autoscaler";
  readonly namespace: string;
  readonly agent: string;
}

export type Ask = MetricsAsk | LogsAsk | ObjectsAsk;

/**
 * What can be read of the running agents. `look` never throws: what cannot be had is evidence of kind "missing" with its
 * reason. Everything it returns is redacted and bounded. It only reads.
 */
export interface Observatory {
  /** The evidence under the id it is given. Ends within the deadline of the observatory, or when `signal` aborts. */
  look(ask: Ask, id: string, signal?: AbortSignal): Promise<Evidence>;
  /** The text with everything that looks like a secret, a token, a key or an e-mail address masked. */
  redact(text: string): Promise<string>;
  /** The value with every string in it redacted. */
  redactJson(value: Json): Promise<Json>;
}
