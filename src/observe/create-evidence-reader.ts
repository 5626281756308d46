import type { Evidence, Refusal } from "../domain/alert/evidence.ts";
import type { SeriesReading } from "../domain/rollout-verdict/readings.ts";
import type { Instant } from "../domain/values/scalars.ts";
import type {
  EvidenceReader,
  EvidenceRequest,
  FleetSeriesReading,
  FleetSeriesRequest,
  LogsRequest,
  MetricsRequest,
  RangeRequest,
} from "./evidence-reader.ts";
import { explainEmptyLogs, explainEmptyMetrics } from "./explain-empty.ts";
import type { KubeReader } from "./kube-reader.ts";
import { type LokiSource, readLogs } from "./loki.ts";
import { type PrometheusSource, readMetrics } from "./prometheus.ts";
import { readFleetSeries } from "./read-fleet-series.ts";
import type { ReadOptions, SourceFetch } from "./read-options.ts";
import { redact, redactJson } from "./redact.ts";
import { readPoints } from "./rollout/read-points.ts";

/** A source that is not read, because its credential belongs to another address. The text says what to set. */
export interface Withheld {
  readonly withheld: string;
}

/** A source that is not read, because what it holds is another environment's. The text says what to set. */
export interface Foreign {
  readonly foreign: string;
}

/** A source, or why it is not read; a function gives what holds at the time of a read, since credentials change. */
export type OpenSource<T> = Opened<T> | (() => Promise<Opened<T>>);
type Opened<T> = T | Withheld | Foreign | undefined;

/** The sources of evidence. Credentials are only sent as headers. */
export interface EvidenceReaderOptions {
  readonly prometheus: OpenSource<PrometheusSource>;
  readonly loki: OpenSource<LokiSource>;
  readonly kubernetes: KubeReader | undefined;
  readonly grafana: { readonly url: string } | undefined;
  /** Milliseconds one read may take. */
  readonly deadlineMs: number;
  readonly now: () => Instant;
  readonly fetch?: SourceFetch;
}

/** Reads Prometheus, Loki and Kubernetes. A source that is not configured gives evidence of kind "missing". */
export function createEvidenceReader(options: EvidenceReaderOptions): EvidenceReader {
  return {
    read: (request, id, signal) => readEvidence(request, id, options, signal),
    explainEmpty: (request, signal) => explainEmpty(request, options, signal),
    readRange: (request, signal) => readRange(request, options, signal),
    readFleetSeries: (request, signal) => askFleet(request, options, signal),
    redact,
    redactJson,
  };
}

async function readEvidence(
  request: EvidenceRequest,
  id: string,
  options: EvidenceReaderOptions,
  signal?: AbortSignal,
): Promise<Evidence> {
  const { deadlineMs, grafana, kubernetes, fetch } = options;
  const read = { deadlineMs, grafana, signal, fetch };
  switch (request.kind) {
    case "promql":
      return fromPrometheus(request, id, options, read);
    case "logql":
      return fromLoki(request, id, options, read);
    case "kubernetes": {
      const query = `${request.what} of ${request.namespace}/${request.agent}`;
      return kubernetes === undefined
        ? notConfigured({ name: request.name, query }, id, "Kubernetes")
        : kubernetes.read(request, id, deadlineMs, signal);
    }
    default:
      return request satisfies never;
  }
}

async function readRange(
  request: RangeRequest,
  options: EvidenceReaderOptions,
  signal: AbortSignal | undefined,
): Promise<SeriesReading> {
  const { deadlineMs, grafana, fetch } = options;
  const prometheus = await openPrometheus(options);
  if ("message" in prometheus) return { kind: "not-read", query: request.query, message: prometheus.message };
  return readPoints(request, prometheus, { deadlineMs, grafana, signal, fetch });
}

async function askFleet(
  request: FleetSeriesRequest,
  options: EvidenceReaderOptions,
  signal: AbortSignal | undefined,
): Promise<FleetSeriesReading> {
  const { deadlineMs, grafana, fetch } = options;
  const prometheus = await openPrometheus(options);
  if ("message" in prometheus)
    return prometheus.isConfigured ? { kind: "not-read", message: prometheus.message } : { kind: "not-configured" };
  return readFleetSeries(request, prometheus, { deadlineMs, grafana, signal, fetch });
}

/** Prometheus as it can be asked now, or why not. */
async function openPrometheus(
  options: EvidenceReaderOptions,
): Promise<PrometheusSource | { readonly message: string; readonly isConfigured: boolean }> {
  const prometheus = typeof options.prometheus === "function" ? await options.prometheus() : options.prometheus;
  if (prometheus === undefined) return { message: "no Prometheus is configured", isConfigured: false };
  if ("foreign" in prometheus) return { message: prometheus.foreign, isConfigured: true };
  return "withheld" in prometheus ? { message: prometheus.withheld, isConfigured: true } : prometheus;
}

async function fromPrometheus(
  request: MetricsRequest,
  id: string,
  options: EvidenceReaderOptions,
  read: ReadOptions,
): Promise<Evidence> {
  const prometheus = typeof options.prometheus === "function" ? await options.prometheus() : options.prometheus;
  if (prometheus === undefined) return notConfigured(request, id, "Prometheus");
  if ("foreign" in prometheus) return foreignEvidence(request, id, prometheus);
  return "withheld" in prometheus
    ? withheldEvidence(request, id, prometheus, "Prometheus")
    : readMetrics(request, id, prometheus, read);
}

async function fromLoki(
  request: LogsRequest,
  id: string,
  options: EvidenceReaderOptions,
  read: ReadOptions,
): Promise<Evidence> {
  const loki = typeof options.loki === "function" ? await options.loki() : options.loki;
  if (loki === undefined) return notConfigured(request, id, "Loki");
  if ("foreign" in loki) return foreignEvidence(request, id, loki);
  return "withheld" in loki ? withheldEvidence(request, id, loki, "Loki") : readLogs(request, id, loki, read);
}

async function explainEmpty(
  request: MetricsRequest | LogsRequest,
  options: EvidenceReaderOptions,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { deadlineMs, grafana, fetch } = options;
  const read = { deadlineMs, grafana, signal, fetch };
  if (request.kind === "promql") {
    const prometheus = typeof options.prometheus === "function" ? await options.prometheus() : options.prometheus;
    return prometheus !== undefined && "url" in prometheus ? explainEmptyMetrics(request, prometheus, read) : undefined;
  }
  const loki = typeof options.loki === "function" ? await options.loki() : options.loki;
  return loki !== undefined && "url" in loki ? explainEmptyLogs(request, loki, read) : undefined;
}

interface Query {
  readonly name: string;
  readonly query: string;
}

function notConfigured({ name, query }: Query, id: string, source: string): Evidence {
  return { kind: "missing", id, name, query, reason: "not-configured", message: `no ${source} is configured` };
}

function foreignEvidence({ name, query }: Query, id: string, { foreign }: Foreign): Evidence {
  return { kind: "missing", id, name, query, reason: "not-configured", message: foreign };
}

function withheldEvidence(
  { name, query }: Query,
  id: string,
  { withheld }: Withheld,
  source: Refusal["source"],
): Evidence {
  const refusal = { source, status: "withheld" } as const;
  return { kind: "missing", id, name, query, reason: "refused", message: withheld, refusal };
}
