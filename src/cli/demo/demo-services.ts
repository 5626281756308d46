import type { Config } from "../../domain/kinds/kinds.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { createEvidenceReader } from "../../observe/create-evidence-reader.ts";
import type { EvidenceReader } from "../../observe/evidence-reader.ts";
import type { KubeReader } from "../../observe/kube-reader.ts";

const MI = 2 ** 20;
const MINUTE = 60_000;
/** The agent's memory limit in its spec, in bytes. */
const LIMIT = 768 * MI;
/** When it was killed: minutes before now. */
const KILLS = [74, 41, 9];

/**
 * Evidence for the demonstration: an agent whose memory grows until it is killed at its limit. The answers of Prometheus, Loki
 * and Kubernetes are made up in this process; the readers are the real ones.
 */
export function demoEvidenceReader(now: () => Instant): (config: Config) => EvidenceReader {
  const reader = createEvidenceReader({
    prometheus: { url: "http://prometheus.example" },
    loki: { url: "http://loki.example" },
    kubernetes: demoObjects(now),
    grafana: undefined,
    deadlineMs: 1000,
    now,
    fetch: async (input, init) => {
      const url = new URL(input);
      const asked = new URLSearchParams(url.search || String(init.body ?? ""));
      return Response.json(url.pathname.startsWith("/loki/") ? lines(now()) : series(asked));
    },
  });
  return () => reader;
}

/** Prometheus' answer to a range query: memory, restarts or out-of-memory kills, as the query asks. */
function series(asked: URLSearchParams): object {
  const query = asked.get("query") ?? "";
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(asked.get(name)));
  const value = query.includes("working_set")
    ? memoryAt
    : query.includes("restarts_total") && !query.includes("[5m]")
      ? restartsAt
      : query.includes("OOMKilled")
        ? (minutes: number) => (minutes <= Math.max(...KILLS) ? 1 : 0)
        : trafficOf(query);
  const values: (readonly [number, string])[] = [];
  for (let at = start ?? 0; value !== undefined && at <= (end ?? 0); at += step || 60)
    values.push([at, String(value(((end ?? 0) - at) / 60))]);
  const result = values.length === 0 ? [] : [{ metric: { pod: "triage-1" }, values }];
  return { status: "success", data: { resultType: "matrix", result } };
}

/** Calls, failures, latency and replicas of an agent that is well, which move a little. */
function trafficOf(query: string): ((minutes: number) => number) | undefined {
  const around = (value: number) => (minutes: number) => value * (1 + 0.1 * Math.sin(minutes / 17));
  if (query.includes('status=~"5..')) return around(0.05);
  if (query.includes("latency_bucket")) return around(0.4);
  if (query.includes("completed_count")) return around(20);
  if (query.includes("restarts_total")) return () => 0;
  return query.includes("kube_pod_status_ready") || query.includes("_replicas") ? () => 2 : undefined;
}

/** Bytes, some minutes before now: they grow from one kill to the next. */
function memoryAt(minutes: number): number {
  const since = Math.min(...KILLS.map((kill) => kill - minutes).filter((span) => span >= 0), 120);
  const next = Math.min(...KILLS.map((kill) => minutes - kill).filter((span) => span > 0), 200);
  const climb = since === 120 ? 400 + 360 * Math.exp(-next / 60) : 400 + 330 * Math.min(1, since / 32);
  return Math.min(LIMIT, climb * MI + 9 * MI * Math.sin(minutes));
}

/** Restarts within 15 minutes. */
function restartsAt(minutes: number): number {
  return KILLS.filter((kill) => kill >= minutes && kill - minutes <= 15).length;
}

function lines(now: Instant): object {
  const said = Array.from({ length: 240 }, (_, index) => {
    const at = now - (240 - index) * 20_000;
    const ticket = 41_000 + index * 7;
    const line =
      index % 40 === 39
        ? `ERROR MemoryError: cannot load attachment of ticket ${ticket}: ${30 + (index % 11)} MiB`
        : index % 9 === 8
          ? `WARN attachment of ticket ${ticket} is kept in memory while it is read`
          : `INFO ticket ${ticket} routed to returns in ${180 + (index % 60)}ms`;
    return [`${at}000000`, line];
  });
  const stream = { stream: { pod: "triage-1" }, values: said };
  return { status: "success", data: { resultType: "streams", result: [stream] } };
}

function demoObjects(now: () => Instant): KubeReader {
  return {
    read: async ({ name, what, namespace, agent }, id) => {
      const query = `${what} of ${namespace}/${agent}`;
      const killed = new Date(now() - Math.min(...KILLS) * MINUTE).toISOString();
      const texts: Readonly<Record<string, string>> = {
        pods: `${agent}-1: Running; agent ready, 3 restarts, last ended: OOMKilled (137)`,
        events: `${killed} Warning Pod/${agent}-1: BackOff (3): Back-off restarting failed container agent`,
      };
      const line = texts[what];
      if (line === undefined)
        return { kind: "missing", id, name, query, reason: "empty", message: "there are no such objects" };
      return { kind: "objects", id, name, query, lines: [line], value: {} };
    },
  };
}
