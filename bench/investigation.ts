import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { load } from "js-yaml";
import type { Evidence } from "../src/domain/alert/evidence.ts";
import type { Json } from "../src/domain/values/scalars.ts";
import { createDayBudget } from "../src/model/day-budget.ts";
import type { Instruments, Question } from "../src/model/investigator.ts";
import { tokensOf } from "../src/model/render.ts";
import { createSupervisor } from "../src/model/supervisor.ts";
import { createEvidenceReader } from "../src/observe/create-evidence-reader.ts";
import type { EvidenceRequest } from "../src/observe/evidence-reader.ts";
import { logSelector, scopePromql } from "../src/remedy/promql-scope.ts";
import { KEY, startOpenAI } from "../test/servers/openai/server.ts";
import { replaying, Transcript } from "../test/servers/openai/transcript.ts";
import type { Row } from "./ratio.ts";

const LINES = 10_000;
const PODS = 12;
const POINTS = 240;
const ALERTS = 10;
const NOW = Date.parse("2026-05-04T10:00:00Z");
const SPEC = resolve(import.meta.dirname, "../fixtures/fleet/agents/support/triage.yaml");
const TRANSCRIPT = resolve(import.meta.dirname, "../test/servers/openai/transcripts/out-of-memory.json");
const METRICS = [
  'container_memory_working_set_bytes{pod=~"triage-.*"}',
  'rate(container_cpu_usage_seconds_total{pod=~"triage-.*"}[5m])',
];

/**
 * What an investigation sends to a model, in tokens, counted by the server that is asked: every turn with all that came
 * before it, and the second look. The floor is a single question with everything pasted: raw log, series, spec and alerts.
 */
export async function investigation(): Promise<readonly Row[]> {
  const transcript = Transcript.parse(JSON.parse(readFileSync(TRANSCRIPT, "utf8")));
  const openai = await startOpenAI(replaying(transcript));
  const supervisor = createSupervisor({
    ...{ apiKey: KEY, name: "gpt-5-mini", endpoint: openai.url, api: "responses" },
    budget: { turns: 20, tokens: 1_000_000, seconds: 60, dollarsPerDay: 100 },
    now: () => NOW,
    spent: createDayBudget(),
  });
  const question = await questionOf();
  await supervisor.investigate(question, instruments());
  await openai.stop();
  const sent = openai.requests.map((request) => tokensOf(request.body));
  if (sent.length !== transcript.turns.length + 1) throw new Error("the investigation took another way");
  const all = sent.reduce((sum, one) => sum + one, 0);
  const largest = Math.max(...sent);
  const pasted = tokensOf(pastedText(question));
  const row = (what: string, tokens: number, reach: string): Row => ({
    what,
    floor: `everything pasted once: ${counted(pasted)} tokens`,
    measured: `${(pasted / tokens).toFixed(0)} × fewer (${counted(tokens)} tokens)`,
    reach,
  });
  return [
    row(`an investigation, all ${sent.length} requests`, all, "≥ 10 × fewer"),
    row("its largest request", largest, "≥ 25 × fewer"),
  ];
}

const counted = (tokens: number) => tokens.toLocaleString("en-US");

/** Prometheus and Loki of a busy agent; what is read goes through the observatory, as it does in a pass. */
const observatory = createEvidenceReader({
  prometheus: { url: "http://prometheus.example" },
  loki: { url: "http://loki.example" },
  kubernetes: undefined,
  grafana: undefined,
  deadlineMs: 5000,
  now: () => NOW,
  fetch: async (target, init) => {
    const url = new URL(String(target));
    if (url.host === "loki.example") return Response.json(logsOf(Number(url.searchParams.get("limit"))));
    return Response.json(seriesOf(new URLSearchParams(String(init?.body)).get("query") ?? ""));
  },
});

function logsOf(limit: number): object {
  const kinds = [
    (n: number) => `INFO ticket ${n} routed to queue ${n % 7} in ${(n % 90) + 10} ms request_id=${hex(n)}`,
    (n: number) => `INFO cache hit for customer ${n % 500} ttl ${n % 3600}`,
    (n: number) => `WARN slow call to tickets-mcp: ${1000 + (n % 900)} ms trace=${hex(n)}`,
    (n: number) => `ERROR OutOfMemoryError: cannot allocate ${n * 1024} bytes for ticket ${n}`,
  ];
  const values = Array.from({ length: Math.min(limit, LINES) }, (_, n) => {
    const kind = n % 200 === 0 ? kinds[3] : n % 40 === 0 ? kinds[2] : kinds[n % 2];
    return [`${NOW - n * 350}000000`, kind?.(n) ?? ""];
  });
  return { status: "success", data: { resultType: "streams", result: [{ stream: { pod: "triage-0" }, values }] } };
}

const hex = (n: number) => (n * 2_654_435_761).toString(16).padStart(12, "0");

function seriesOf(query: string): object {
  const result = Array.from({ length: PODS }, (_, pod) => ({
    metric: { namespace: "support", pod: `triage-${pod}`, container: "agent", node: `node-${pod % 4}`, query },
    values: Array.from({ length: POINTS }, (_, point) => [
      NOW / 1000 - (POINTS - point) * 90,
      String(7e8 + point * 123_457 + pod * 1e6),
    ]),
  }));
  return { status: "success", data: { resultType: "matrix", result } };
}

/** The spec in effect, alerts, and what a remedy asks for before the model is asked. */
async function questionOf(): Promise<Question> {
  const document: { readonly spec: Json } = JSON.parse(JSON.stringify(load(readFileSync(SPEC, "utf8"))));
  const alerts = Array.from({ length: ALERTS }, (_, index) => ({
    name: "AgentOutOfMemory",
    labels: { alertname: "AgentOutOfMemory", namespace: "support", pod: `triage-${index}`, severity: "warning" },
    annotations: { summary: `triage-${index} was killed for want of memory`, runbook: "https://runbooks.example/oom" },
    status: "firing" as const,
    startsAt: NOW - 600_000,
    endsAt: undefined,
    generatorURL: undefined,
    fingerprint: String(index),
    sender: "alertmanager" as const,
  }));
  const evidence = [
    ...METRICS.map((query, index) => look({ ...metricsOf(query), name: `metric${index}` }, `e${index + 1}`)),
    look({ ...LOGS, query: logSelector("support", "triage", "") }, "e3"),
  ];
  return {
    incident: { agent: "support/triage", environment: "production", remedy: "out-of-memory", alerts },
    ...{ agent: "support/triage", environment: "production", namespace: "support" },
    spec: document.spec,
    allowedPaths: ["/spec/scaling", "/spec/runtime/resources"],
    evidence: await Promise.all(evidence),
  };
}

const SPAN = { start: NOW - 6 * 3_600_000, end: NOW };
const LOGS = { kind: "logql", name: "log", lines: 2000, deployedAt: undefined, ...SPAN } as const;

function metricsOf(query: string) {
  const scoped = scopePromql(query, "support");
  if (typeof scoped !== "string") throw new Error(scoped.problem);
  return { kind: "promql", name: "metric", query: scoped, unit: "bytes", threshold: undefined, ...SPAN } as const;
}

const look = (ask: EvidenceRequest, id: string): Promise<Evidence> => observatory.read(ask, id);

function instruments(): Instruments {
  let next = 100;
  const id = () => `e${++next}`;
  const lines = Array.from({ length: PODS }, (_, pod) => `triage-${pod}: Running, restarted 3 times, last OOMKilled`);
  const objects = (name: string): Evidence => ({ kind: "objects", id: id(), name, query: name, lines, value: null });
  return {
    metrics: (query) => look(metricsOf(query), id()),
    logs: (pattern) => look({ ...LOGS, query: logSelector("support", "triage", pattern) }, id()),
    objects: async (what) => objects(what),
    history: async () => objects("history"),
  };
}

/** What somebody pastes who bounds nothing: the raw answers, the whole file, every alert. */
function pastedText(question: Question): string {
  return [
    readFileSync(SPEC, "utf8"),
    JSON.stringify(question.incident.alerts),
    JSON.stringify(logsOf(LINES)),
    ...METRICS.map((query) => JSON.stringify(seriesOf(query))),
  ].join("\n");
}
