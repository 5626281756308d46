import { afterAll, beforeAll, expect, test } from "vitest";
import { shippedPolicies } from "../../src/app/world/shipped-policies.ts";
import { createEvidenceReader } from "../../src/observe/create-evidence-reader.ts";
import { loadPolicies } from "../../src/pass/load-policies.ts";
import { inEnvironment } from "../../src/remedy/tune/fleet-query.ts";
import { describeReal } from "../real/component.ts";
import { freePorts } from "../real/process/loopback.ts";
import { type Running, startPrometheus } from "../real/prometheus/prometheus.ts";
import { listen } from "../servers/loopback.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const END = Math.floor(Date.now() / MINUTE) * MINUTE - 5 * MINUTE;
const MI = 2 ** 20;

/** A reader of one Prometheus, and how many requests it sent. */
function readerOf(url: string) {
  const sent = { requests: 0 };
  const reader = createEvidenceReader({
    ...{ prometheus: { url }, loki: undefined, kubernetes: undefined, grafana: undefined },
    ...{ deadlineMs: 30_000, now: () => END },
    fetch: async (to, init) => {
      sent.requests += 1;
      return fetch(to, init);
    },
  });
  return { sent, ask: (query: string, forMs = 0) => reader.readFleetSeries?.({ query, at: END, forMs }) };
}

async function shippedQuery(name: string): Promise<{ readonly promql: string; readonly forMs: number }> {
  const remedy = loadPolicies(await shippedPolicies(), []).remedies.find((one) => one.name === name);
  const query = remedy === undefined || remedy.trigger.kind === "alerts" ? undefined : remedy.trigger.query;
  if (query === undefined) throw new Error(`${name} has no query`);
  return { ...query, promql: inEnvironment(query.promql, "production") };
}

describeReal(["prometheus", "promtool"], "a query about every agent", () => {
  let prometheus: Running | undefined;
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    prometheus = await startPrometheus({ port, targets: [], history: history() });
  }, 120_000);
  afterAll(() => prometheus?.stop());

  test("finds those of 50 that request too much or too little, in one request", { timeout: 60_000 }, async () => {
    const { sent, ask } = readerOf(prometheus?.url ?? "");
    const read = await ask((await shippedQuery("right-size")).promql);
    expect(sent.requests).toBe(1);
    const pods = read?.kind === "read" ? read.series.map(({ labels }) => labels.pod) : [read?.kind];
    expect(pods.toSorted()).toEqual(
      Array.from({ length: 50 }, (_, index) => index)
        .filter((index) => index % 5 !== 0)
        .map(podOf)
        .sort(),
    );
  });

  test.each([
    ["anomaly-errors", "app_id"],
    ["anomaly-latency", "app_id"],
    ["anomaly-tokens", "raos_agent"],
    ["anomaly-traffic", "raos_agent"],
  ])(
    "%s finds the agent that is not as it was in both weeks before, and no other",
    { timeout: 60_000 },
    async (name, label) => {
      const { ask } = readerOf(prometheus?.url ?? "");
      const { promql, forMs } = await shippedQuery(name);
      const read = await ask(promql, forMs);
      expect(read?.kind === "read" ? read.series.map(({ labels }) => labels[label]) : read).toEqual(
        name === "anomaly-traffic" ? ["quiet", "strange"] : ["strange"],
      );
    },
  );

  test("idle-agents finds the agent that nobody has called for two weeks, and not one that was not measured", {
    timeout: 60_000,
  }, async () => {
    const { ask } = readerOf(prometheus?.url ?? "");
    const read = await ask((await shippedQuery("idle-agents")).promql);
    expect(read?.kind === "read" ? read.series.map(({ labels }) => labels.raos_agent) : read).toEqual(["idle"]);
  });
});

test("a series counts only where it is there at every step of the time", async () => {
  const url = await listen(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const asked = new URLSearchParams(body);
    const [start = 0, end = 0, step = 1] = ["start", "end", "step"].map((one) => Number(asked.get(one)));
    const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
    const series = (name: string, kept: readonly number[]) => ({
      metric: { name },
      values: kept.map((at) => [at, "1"]),
    });
    const result = [series("whole", times), series("late", times.slice(1)), series("gap", times.toSpliced(4, 1))];
    response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
  });
  const { ask, sent } = readerOf(url);
  const read = await ask("up", 10 * MINUTE);
  expect(read).toMatchObject({ kind: "read", isWhole: true, series: [{ labels: { name: "whole" } }] });
  expect(sent.requests).toBe(1);
});

test.each([
  [
    "in part",
    { warnings: ["a store is down"], data: { resultType: "matrix", result: [] } },
    { kind: "read", isWhole: false },
  ],
  ["in another shape", { data: 1 }, { kind: "not-read", message: "Prometheus answered in another shape" }],
  [
    "with more series than any query means",
    {
      data: {
        resultType: "matrix",
        result: Array.from({ length: 10_001 }, (_, i) => ({ metric: { i: `${i}` }, values: [[END / 1000, "1"]] })),
      },
    },
    { kind: "not-read", message: "the answer has more than 10000 series; add a condition to the query" },
  ],
])("where Prometheus answers %s", async (_, answer, expected) => {
  const url = await listen((__, response) => response.end(JSON.stringify({ status: "success", ...answer })));
  expect(await readerOf(url).ask("up")).toMatchObject(expected);
});

test("an environment without Prometheus is asked nothing", async () => {
  const none = { prometheus: undefined, loki: undefined, kubernetes: undefined, grafana: undefined };
  const reader = createEvidenceReader({ ...none, deadlineMs: 1000, now: () => END });
  expect(await reader.readFleetSeries?.({ query: "up", at: END, forMs: 0 })).toEqual({ kind: "not-configured" });
});

function podOf(index: number): string {
  return `agent-${index}-7d9f8c6b5-x2x4z`;
}

/** A sample every five minutes in the last two hours, and in the same hours of both weeks before. */
const MOMENTS = [2, 1, 0].flatMap((weeks) =>
  Array.from({ length: 25 }, (_, index) => END - weeks * WEEK - (24 - index) * 5 * MINUTE),
);
/** A sample an hour, over 14 days; a subquery of steps of an hour looks at whole hours. */
const LAST_HOUR = Math.floor(END / HOUR) * HOUR;
const HOURS = Array.from({ length: 14 * 24 }, (_, index) => LAST_HOUR - (14 * 24 - 1 - index) * HOUR);
/** A sample every two hours of a week, and every two minutes of the last two hours. */
const SELDOM = Array.from({ length: 84 }, (_, index) => END - (83 - index) * 2 * HOUR);
const LATELY = Array.from({ length: 60 }, (_, index) => END - (59 - index) * 2 * MINUTE);

/** What 50 agents request and use for a week, and what four agents did in the same hours of three weeks. */
function history(): string {
  const line = (metric: string, labels: string, value: number, at: number) =>
    `${metric}{${labels}} ${value} ${at / 1000}`;
  const fleet = Array.from({ length: 50 }, (_, index) => `namespace="acme",container="agent",pod="${podOf(index)}"`);
  // Every fifth requests what it needs; of the others, each second one half of it, and the others twice as much.
  const share = (index: number) => (index % 5 === 0 ? 1 : index % 2 === 0 ? 0.5 : 2);
  const isNow = (at: number) => at > END - WEEK / 2;
  const app = (name: string) => `namespace="acme",app_id="${name}"`;
  const own = (name: string) => `raos_tenant="acme",raos_agent="${name}",raos_environment="production"`;
  const counter = (metric: string, labels: string, rate: (at: number) => number) => {
    let total = 0;
    return MOMENTS.map((at) => {
      total += rate(at) * 300;
      return line(metric, labels, total, at);
    });
  };
  return `${[
    "# TYPE container_memory_working_set_bytes gauge",
    ...fleet.flatMap((labels) => SELDOM.map((at) => line("container_memory_working_set_bytes", labels, 400 * MI, at))),
    "# TYPE container_cpu_usage_seconds_total unknown",
    ...fleet.flatMap((labels) => LATELY.map((at, i) => line("container_cpu_usage_seconds_total", labels, i * 12, at))),
    "# TYPE kube_pod_container_resource_requests gauge",
    ...fleet.flatMap((labels, index) => [
      line("kube_pod_container_resource_requests", `${labels},resource="memory"`, 460 * MI * share(index), END),
      line("kube_pod_container_resource_requests", `${labels},resource="cpu"`, 0.1, END),
    ]),
    "# TYPE dapr_http_client_completed_count unknown",
    ...["strange", "usual"].flatMap((name) =>
      counter("dapr_http_client_completed_count", `${app(name)},status="200"`, () => 1),
    ),
    ...counter("dapr_http_client_completed_count", `${app("strange")},status="500"`, (at) => (isNow(at) ? 0.5 : 0.01)),
    ...counter("dapr_http_client_completed_count", `${app("usual")},status="500"`, () => 0.5),
    "# TYPE dapr_http_client_roundtrip_latency_bucket unknown",
    ...["strange", "usual"].flatMap((name) =>
      ["500", "2000", "+Inf"].flatMap((le) =>
        counter("dapr_http_client_roundtrip_latency_bucket", `${app(name)},le="${le}"`, (at) =>
          le === "500" && (name === "usual" || isNow(at)) ? 0.1 : 1,
        ),
      ),
    ),
    "# TYPE raos_agent:model_tokens:increase1h gauge",
    ...MOMENTS.flatMap((at) => [
      line("raos_agent:model_tokens:increase1h", own("strange"), isNow(at) ? 900_000 : 100_000, at),
      line("raos_agent:model_tokens:increase1h", own("usual"), 900_000, at),
    ]),
    "# TYPE raos_agent:calls:sum1h gauge",
    ...MOMENTS.flatMap((at) => [
      line("raos_agent:calls:sum1h", own("strange"), isNow(at) ? 900 : 200, at),
      line("raos_agent:calls:sum1h", own("quiet"), isNow(at) ? 20 : 200, at),
      line("raos_agent:calls:sum1h", own("usual"), 900, at),
    ]),
    ...HOURS.flatMap((at, index) => [
      line("raos_agent:calls:sum1h", own("idle"), 0, at),
      ...(index < 40 ? [] : [line("raos_agent:calls:sum1h", own("new"), 0, at)]),
    ]),
    "# EOF",
  ].join("\n")}\n`;
}
