import { afterAll, beforeAll, expect, test } from "vitest";
import { createEvidenceReader } from "../../src/observe/create-evidence-reader.ts";
import type { MetricsRequest } from "../../src/observe/evidence-reader.ts";
import { describeReal } from "../real/component.ts";
import { freePorts } from "../real/process/loopback.ts";
import { type Running, startPrometheus } from "../real/prometheus/prometheus.ts";
import { listen } from "../servers/loopback.ts";

const MI = 2 ** 20;
const END = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
const DAY = 86_400_000;
const MEMORY = "container_memory_working_set_bytes";

function ask(query: string, peak: MetricsRequest["peak"], url: string) {
  const grafana = { url: "https://grafana.example" };
  const prometheus = { url, datasource: "thanos" };
  const reader = createEvidenceReader({
    ...{ prometheus, loki: undefined, kubernetes: undefined, grafana, deadlineMs: 20_000, now: () => END },
  });
  const request = { kind: "promql", name: "m", query, unit: "bytes", threshold: undefined } as const;
  return reader.read({ ...request, start: END - DAY, end: END, ...(peak === undefined ? {} : { peak }) }, "e1");
}

describeReal(["prometheus", "promtool"], "a spike between two steps of a day, in a real Prometheus", () => {
  let prometheus: Running | undefined;
  beforeAll(async () => {
    // Steps of a day are six minutes long. For three of them, three hours ago, memory was at 900Mi, and readiness at 0.
    const spike = END - 3 * 3_600_000;
    const isSpike = (at: number) => at >= spike + 60_000 && at < spike + 240_000;
    const moments = Array.from({ length: 1440 }, (_, index) => END - index * 15_000).reverse();
    const lines = (sample: (at: number) => string) => moments.map((at) => `${sample(at)} ${at / 1000}`);
    const history = [
      `# TYPE ${MEMORY} gauge`,
      ...lines((at) => `${MEMORY}{pod="a"} ${(isSpike(at) ? 900 : 300) * MI}`),
      "# TYPE ready gauge",
      ...lines((at) => `ready{pod="a"} ${isSpike(at) ? 0 : 1}`),
      "# EOF",
    ];
    const [port = 0] = await freePorts(1);
    prometheus = await startPrometheus({ port, targets: [], history: `${history.join("\n")}\n` });
  }, 60_000);
  afterAll(() => prometheus?.stop());

  test.each([
    [MEMORY, "none", { max: 300 * MI, min: 300 * MI }],
    [`max by (pod) (${MEMORY})`, "max", { max: 900 * MI, min: 300 * MI, last: 300 * MI }],
    [`sum(${MEMORY}) / 2`, "max", { max: 450 * MI, last: 150 * MI }],
    ["min(ready)", "min", { min: 0, max: 1, last: 1 }],
    ["sum(ready) # all", "min", { min: 0, max: 1, last: 1 }],
  ] as const)("%s: the %s", async (query, peak, stats) => {
    const found = await ask(query, peak, prometheus?.url ?? "");
    expect(found).toMatchObject({ kind: "series", stats, partial: undefined });
    if (found.kind !== "series") throw new Error("no series");
    const values = found.series.flatMap(({ points }) => points.map(([, value]) => value));
    // The chart shows what the statistics say.
    expect(values.length).toBeLessThanOrEqual(241);
    expect(peak === "min" ? Math.min(...values) : Math.max(...values)).toBe(
      found.stats[peak === "min" ? "min" : "max"],
    );
    expect(decodeURIComponent(found.link ?? "")).toContain('"datasource":"thanos"');
  });
});

test("where a source refuses so many samples the plain query is read, and it is said", async () => {
  const url = await listen(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const query = new URLSearchParams(body).get("query") ?? "";
    const result = [{ metric: {}, values: Array.from({ length: 20 }, (_, index) => [END / 1000 - index * 360, "7"]) }];
    if (query.includes("_over_time")) response.writeHead(422).end(JSON.stringify({ error: "too many samples" }));
    else response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
  });
  expect(await ask(MEMORY, "max", url)).toMatchObject({
    ...{ kind: "series", query: MEMORY, stats: { max: 7 } },
    partial: ["peaks between two points were not read: it answered 422: too many samples"],
  });
});
