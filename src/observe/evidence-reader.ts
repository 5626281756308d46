import type { Evidence, MeasureUnit, Series } from "../domain/alert/evidence.ts";
import type { Peak } from "../domain/query/peaks.ts";
import type { SeriesReading } from "../domain/rollout-verdict/readings.ts";
import type { Instant, Json } from "../domain/values/scalars.ts";

/** A PromQL range query, ready to run: its variables were escaped when they were filled in. */
export interface MetricsRequest {
  readonly kind: "promql";
  readonly name: string;
  readonly query: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly unit: MeasureUnit;
  readonly threshold: number | undefined;
  /** What each point of a long range holds; left out: what stands at the point. */
  readonly peak?: Peak;
}

/** A LogQL query over a range. Kinds of lines that appear only after `deployedAt` count as new. */
export interface LogsRequest {
  readonly kind: "logql";
  readonly name: string;
  readonly query: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly lines: number;
  readonly deployedAt: Instant | undefined;
}

/** A PromQL query over a range whose every point is wanted, as for comparisons. */
export interface RangeRequest {
  readonly query: string;
  readonly start: Instant;
  readonly end: Instant;
}

/** A PromQL query about all agents of an environment: the series that are there at a moment, and were for `forMs` before it. */
export interface FleetSeriesRequest {
  readonly query: string;
  readonly at: Instant;
  readonly forMs: number;
}

/** The series of a query about all agents; their labels are as the source has them: untrusted, and not redacted. */
export type FleetSeriesReading =
  | {
      readonly kind: "read";
      readonly series: readonly Series[];
      /** False where there may be more of them. */
      readonly isWhole: boolean;
    }
  /** The environment has no Prometheus. */
  | { readonly kind: "not-configured" }
  /** It could not be asked, or answered too much. The message may be shown. */
  | { readonly kind: "not-read"; readonly message: string };

/** Objects of one agent in its namespace. */
export interface ObjectsRequest {
  readonly kind: "kubernetes";
  readonly name: string;
  readonly what: "pods" | "events" | "workload" | "quota" | "autoscaler";
  readonly namespace: string;
  readonly agent: string;
}

export type EvidenceRequest = MetricsRequest | LogsRequest | ObjectsRequest;

/**
 * Reads evidence about running agents; it never writes. `read` never throws: it returns evidence of kind "missing", with a
 * reason, for data that is unavailable. Everything it returns is redacted and limited in size.
 */
export interface EvidenceReader {
  /** The evidence, with the given id. Ends within the reader's deadline, or when `signal` aborts. */
  read(request: EvidenceRequest, id: string, signal?: AbortSignal): Promise<Evidence>;
  /**
   * Why a query that was answered finds nothing, in a clause that may be shown: what the source has of the labels that were asked
   * for. Undefined where it does not tell. Never throws; left out: the reader cannot ask.
   */
  explainEmpty?(request: MetricsRequest | LogsRequest, signal?: AbortSignal): Promise<string | undefined>;
  /** The points of a range, one a minute, whole or not at all. Never throws; left out: the reader has no Prometheus. */
  readRange?(request: RangeRequest, signal?: AbortSignal): Promise<SeriesReading>;
  /** The series of a query about all agents that held. Never throws; left out: the reader has no Prometheus. */
  readFleetSeries?(request: FleetSeriesRequest, signal?: AbortSignal): Promise<FleetSeriesReading>;
  /** The text with everything that looks like a secret, a token, a key or an e-mail address masked. */
  redact(text: string): Promise<string>;
  /** The value with every string in it redacted. */
  redactJson(value: Json): Promise<Json>;
}
