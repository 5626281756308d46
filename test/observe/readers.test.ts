import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/domain/alert/evidence.ts";
import { createEvidenceReader } from "../../src/observe/create-evidence-reader.ts";
import type { EvidenceRequest, MetricsRequest } from "../../src/observe/evidence-reader.ts";
import { logSelector } from "../../src/remedy/promql-scope.ts";
import { describeReal } from "../real/component.ts";
import { freePorts } from "../real/process/loopback.ts";
import { MOST_LINES, pushLines, startLoki, startPrometheus } from "../real/prometheus/prometheus.ts";
import { listen } from "../servers/loopback.ts";
import { waitFor } from "../support/wait.ts";

const NOW = Date.parse("2026-06-01T12:00:00Z");
const HOUR = 3_600_000;
const METRICS: MetricsRequest = {
  ...{ kind: "promql", name: "memory", query: 'up{job="a"}', start: NOW - 6 * HOUR, end: NOW },
  ...{ unit: "bytes", threshold: 5 },
};
const LOGS: EvidenceRequest = {
  ...{ kind: "logql", name: "log", query: '{app="a"}', start: NOW - HOUR, end: NOW },
  ...{ lines: 100, deployedAt: undefined },
};
const BEARER = "the-bearer-token-of-the-reader";

function look(ask: EvidenceRequest, url: string, deadlineMs = 2000, grafana?: string): Promise<Evidence> {
  const where = { url, bearer: BEARER };
  const observatory = createEvidenceReader({
    prometheus: where,
    loki: { ...where, tenant: "acme" },
    kubernetes: undefined,
    grafana: grafana === undefined ? undefined : { url: grafana },
    deadlineMs,
    now: () => NOW,
  });
  return observatory.read(ask, "e1");
}

/** The evidence, once it is there. */
async function unlessMissing(ask: EvidenceRequest, url: string): Promise<Evidence | undefined> {
  const found = await look(ask, url);
  return found.kind === "missing" ? undefined : found;
}

describe("a range of Prometheus", () => {
  const answering = (result: readonly object[]) =>
    listen((_, response) =>
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } })),
    );
  const series = (name: string, values: readonly string[], seconds = 60) => ({
    metric: { pod: name },
    values: values.map((value, index) => [NOW / 1000 - (values.length - 1 - index) * seconds, value]),
  });

  test("is asked for up to the last moment, in at most 240 steps, with the bearer token", async () => {
    const asked: { readonly body: URLSearchParams; readonly authorization: string | undefined }[] = [];
    const url = await listen(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      asked.push({ body: new URLSearchParams(body), authorization: request.headers.authorization });
      const values = Array.from({ length: 20 }, () => "1");
      response.end(
        JSON.stringify({ status: "success", data: { resultType: "matrix", result: [series("a", values)] } }),
      );
    });
    await look(METRICS, `${url}/prefix/`);
    expect(asked).toHaveLength(1);
    const [{ body, authorization } = { body: new URLSearchParams(), authorization: "" }] = asked;
    const [start, end, step] = ["start", "end", "step"].map((name) => Number(body.get(name)));
    expect([authorization, body.get("query"), end]).toEqual([`Bearer ${BEARER}`, 'up{job="a"}', NOW / 1000]);
    expect(((end ?? 0) - (start ?? 0)) / (step ?? 1)).toBeLessThanOrEqual(240);
    expect(((end ?? 0) - (start ?? 0)) % (step ?? 1)).toBe(0);
  });

  test("is asked for up to the end of this second: an alert may be about a sample that is younger than its beginning", async () => {
    const ends: number[] = [];
    const url = await listen(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      ends.push(Number(new URLSearchParams(body).get("end")));
      response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result: [] } }));
    });
    await look({ ...METRICS, end: NOW + 400 }, url);
    expect(ends[0]).toBe(NOW / 1000 + 1);
  });

  test("of a young series the last minutes are asked for again, finely", async () => {
    const steps: number[] = [];
    const url = await listen(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const step = Number(new URLSearchParams(body).get("step"));
      steps.push(step);
      const values = Array.from({ length: step === 1 ? 30 : 1 }, (_, index) => String(index));
      response.end(
        JSON.stringify({
          status: "success",
          data: { resultType: "matrix", result: [series("a", values, step === 1 ? 1 : 60)] },
        }),
      );
    });
    expect(await look(METRICS, url)).toMatchObject({ kind: "series", stats: { count: 30, last: 29 } });
    expect(steps).toEqual([90, 1]);
  });

  test("NaN and infinities are no points; of many series the largest are kept, and all are counted", async () => {
    const values = Array.from({ length: 12 }, (_, index) => String(index));
    const many = Array.from({ length: 30 }, (_, index) => series(`pod-${index}`, [...values, String(100 + index)]));
    const url = await answering([series("odd", ["NaN", "+Inf", "-Inf", "7"]), series("none", ["NaN"]), ...many]);
    const found = await look(METRICS, url);
    expect(found).toMatchObject({
      kind: "series",
      threshold: 5,
      unit: "bytes",
      stats: { min: 0, max: 129, last: 129, count: 30 * 13 + 1 },
    });
    if (found.kind !== "series") throw new Error("no series");
    expect(found.series).toHaveLength(20);
    expect(found.series[0]?.labels).toEqual({ pod: "pod-29" });
    expect(found.series.flatMap((one) => one.points.map(([, value]) => value)).every(Number.isFinite)).toBe(true);
  });

  test.each([
    ["no series", []],
    ["nothing but NaN", [series("a", ["NaN", "NaN"])]],
  ])("of %s there is no data", async (_, result) => {
    expect(await look(METRICS, await answering(result))).toMatchObject({ kind: "missing", reason: "empty" });
  });

  test("links lead to Prometheus, or to Grafana, and nothing in them ends a Markdown link", async () => {
    const url = await answering([
      series(
        "a",
        Array.from({ length: 12 }, () => "1"),
      ),
    ]);
    const ask: EvidenceRequest = { ...METRICS, query: 'up{job=~"(a|b)<x>\' [c]"}' };
    const [one, other] = await Promise.all([look(ask, url), look(ask, url, 2000, "https://grafana.example/")]);
    for (const [found, start] of [
      [one, `${url}/graph?g0.expr=`],
      [other, "https://grafana.example/explore?schemaVersion=1&panes="],
    ] as const) {
      const link = found !== undefined && "link" in found ? (found.link ?? "") : "";
      expect(link.startsWith(start)).toBe(true);
      expect(link).not.toMatch(/[()<>\s'"]/);
      expect(link).not.toContain(BEARER);
      expect(decodeURIComponent(link.replaceAll("+", " "))).toContain(found === one ? ask.query : "(a|b)<x>'");
    }
  });
});

describe("lines of Loki", () => {
  const answering = (result: readonly object[], seen: string[] = []) =>
    listen((request, response) => {
      seen.push(`${request.headers["x-scope-orgid"]} ${request.url}`);
      response.end(JSON.stringify({ status: "success", data: { resultType: "streams", result } }));
    });

  test("are asked for as a tenant, the newest first, and returned in order of time", async () => {
    const seen: string[] = [];
    const stream = {
      stream: {},
      values: [3, 1, 2].map((at) => [`${NOW - 60_000 + at * 1000}000000`, `ERROR line ${at} of three`]),
    };
    const found = await look(LOGS, await answering([stream], seen));
    expect(found).toMatchObject({
      kind: "logs",
      lines: 3,
      templates: [
        {
          template: "ERROR line <*> of three",
          count: 3,
          level: "error",
          firstSeen: NOW - 59_000,
          lastSeen: NOW - 57_000,
        },
      ],
    });
    expect(seen[0]).toMatch(/^acme \/loki\/api\/v1\/query_range\?query=.*&limit=100&direction=backward$/);
  });

  test.each([
    ["a time stamp that is none", [{ stream: {}, values: [["soon", "x"]] }], "unreadable"],
    ["no lines", [], "empty"],
  ])("of %s the evidence is missing", async (_, result, reason) => {
    expect(await look(LOGS, await answering(result))).toMatchObject({ kind: "missing", reason });
  });

  test("are redacted line by line, also where a key spans several", async () => {
    const key = ["-----BEGIN RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEA7b2sd8fh3kq", "-----END RSA PRIVATE KEY-----"];
    const lines = ["before", ...key, `Authorization: Bearer ${BEARER}`, "after"];
    const stream = { stream: {}, values: lines.map((line, index) => [`${NOW - 1000 + index}000000`, line]) };
    const found = await look(LOGS, await answering([stream]));
    const told = JSON.stringify(found);
    for (const hidden of ["MIIEowIBAAKCAQEA7b2sd8fh3kq", BEARER]) expect(told).not.toContain(hidden);
    expect(told).toContain("before");
    expect(told).toContain("after");
  });
});

describeReal(["prometheus"], "a real Prometheus", () => {
  test("answers what it knows of itself, and refuses what is no PromQL", { timeout: 60_000 }, async () => {
    const [port = 0] = await freePorts(1);
    const prometheus = await startPrometheus({ port, targets: [`127.0.0.1:${port}`] });
    try {
      const span = { start: Date.now() - HOUR, end: Date.now() };
      const ask = (query: string): EvidenceRequest => ({ ...METRICS, ...span, query });
      const found = await waitFor(
        () =>
          unlessMissing(
            { ...METRICS, start: Date.now() - HOUR, end: Date.now(), query: "prometheus_build_info" },
            prometheus.url,
          ),
        200,
      );
      expect(found).toMatchObject({ kind: "series", stats: { max: 1 } });
      expect(await look(ask("up{"), prometheus.url)).toMatchObject({
        reason: "refused",
        message: /400: .*parse error/,
      });
      expect(await look(ask("nothing_of_the_sort"), prometheus.url)).toMatchObject({ reason: "empty" });
    } finally {
      await prometheus.stop();
    }
  });
});

describeReal(["loki"], "a real Loki", () => {
  test("answers lines, which are summarised, and refuses what is no LogQL", { timeout: 90_000 }, async () => {
    const [port = 0, grpc = 0] = await freePorts(2);
    const loki = await startLoki({ ports: [port, grpc] });
    try {
      const now = Date.now();
      const lines = Array.from({ length: 50 }, (_, index): readonly [number, string] => [
        now - 60_000 + index * 100,
        index % 10 === 0 ? `ERROR ticket ${index} failed` : `INFO ticket ${index} done`,
      ]);
      await pushLines(loki.url, { app: "a" }, lines);
      const ask: EvidenceRequest = { ...LOGS, start: now - HOUR, end: now, deployedAt: now - 58_000 };
      const found = await waitFor(() => unlessMissing(ask, loki.url), 200);
      expect(found).toMatchObject({
        kind: "logs",
        lines: 50,
        templates: [
          { template: "ERROR ticket <*> failed", count: 5, level: "error", isNew: false },
          { template: "INFO ticket <*> done", count: 45, level: "info", isNew: false },
        ],
      });
      // More than it allows: it says how many, and those are read.
      expect(await look({ ...ask, lines: MOST_LINES + 1 }, loki.url)).toMatchObject({
        ...{ kind: "logs", lines: 50, partial: undefined },
      });
      expect(await look({ ...ask, query: '{app="a"' }, loki.url)).toMatchObject({ reason: "refused" });
      expect(await look({ ...ask, query: '{app="b"}' }, loki.url)).toMatchObject({ reason: "empty" });
      // The pod is a label of one stream, and structured metadata of the other; a third stream is another agent's.
      const pod = { pod: "triage-75b4c7d6f9-x2x8k" };
      await pushLines(loki.url, { namespace: "acme", ...pod }, [[now - 3000, "ERROR of the label"]]);
      await pushLines(loki.url, { namespace: "acme" }, [[now - 2000, "ERROR of the metadata"]], pod);
      await pushLines(loki.url, { namespace: "acme", pod: "triage-eu-75b4c7d6f9-x2x8k" }, [[now - 1000, "ERROR else"]]);
      const own: EvidenceRequest = { ...ask, query: logSelector("acme", "triage", "ERROR") };
      const both = await waitFor(async () => {
        const seen = await look(own, loki.url);
        return seen.kind === "logs" && seen.lines === 2 ? seen : undefined;
      }, 200);
      const reader = createEvidenceReader({
        ...{ prometheus: undefined, loki: { url: loki.url }, kubernetes: undefined, grafana: undefined },
        ...{ deadlineMs: 5000, now: () => now },
      });
      const otherwise = (query: string) =>
        reader.explainEmpty?.({
          ...LOGS,
          kind: "logql",
          lines: 1,
          deployedAt: undefined,
          start: now - HOUR,
          end: now,
          query,
        });
      expect(await otherwise('{namespace="sales"}')).toBe(
        "Loki has no lines with namespace: sales (namespace there: acme)",
      );
      expect(await otherwise('{k8s_namespace_name="acme"}')).toMatch(
        /^Loki has no label k8s_namespace_name \(it has: app/,
      );
      expect(both.templates).toMatchObject([{ template: "ERROR of the <*>", count: 2 }]);
    } finally {
      await loki.stop();
    }
  });
});
