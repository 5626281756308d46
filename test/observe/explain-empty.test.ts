import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEvidenceReader } from "../../src/observe/create-evidence-reader.ts";
import type { LogsRequest, MetricsRequest } from "../../src/observe/evidence-reader.ts";
import { describeReal } from "../real/component.ts";
import { freePorts } from "../real/process/loopback.ts";
import { type Running, startPrometheus } from "../real/prometheus/prometheus.ts";
import { json, listen } from "../servers/loopback.ts";

const END = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
const SPAN = { start: END - 3_600_000, end: END };
const ask = (query: string): MetricsRequest => ({
  ...{ kind: "promql", name: "m", query, unit: "bytes", threshold: undefined, ...SPAN },
});
const logs = (query: string): LogsRequest => ({
  ...{ kind: "logql", name: "l", query, lines: 10, deployedAt: undefined, ...SPAN },
});
const readerOf = (url: string) =>
  createEvidenceReader({
    ...{ prometheus: { url }, loki: { url }, kubernetes: undefined, grafana: undefined },
    ...{ deadlineMs: 10_000, now: () => END },
  });

describeReal(["prometheus", "promtool"], "what a real Prometheus has instead", () => {
  let prometheus: Running | undefined;
  beforeAll(async () => {
    const series = [
      'mem{cluster="staging-eu",namespace="dev",container="agent",pod="a-1"}',
      'mem{cluster="test-eu",namespace="support",container="agent",pod="b-1"}',
    ];
    const moments = Array.from({ length: 60 }, (_, index) => END / 1000 - (59 - index) * 60);
    const lines = series.flatMap((one) => moments.map((at) => `${one} 1 ${at}`));
    const [port = 0] = await freePorts(1);
    const history = `# TYPE mem gauge\n${lines.join("\n")}\n# EOF\n`;
    prometheus = await startPrometheus({ port, targets: [], history });
  }, 60_000);
  afterAll(() => prometheus?.stop());

  test.each([
    [
      'max(mem{cluster="prod-eu",namespace="support",pod=~"b-.*"})',
      "Prometheus has mem, and none with cluster: prod-eu (cluster there: staging-eu, test-eu)",
    ],
    [
      'mem{cluster="prod-eu",namespace="sales"}',
      "Prometheus has mem, and none with cluster: prod-eu (cluster there: staging-eu, test-eu), nor with namespace: sales (namespace there: dev, support)",
    ],
    [
      'mem{region="eu",namespace="dev"}',
      "Prometheus has mem, and none with region: eu (no label region there; if this Prometheus adds it only to what it sends on, list it in externalLabels in raos.yaml)",
    ],
    [
      'mem{cluster="staging-eu",namespace="support"}',
      "Prometheus has mem with each of cluster: staging-eu, namespace: support, and none with all of them",
    ],
    [
      'mem{cluster="staging-eu",pod=~"c-.*"}',
      "Prometheus has mem with cluster: staging-eu, and none that fits the rest of the query",
    ],
    ['{__name__="mem",pod="x"}', "Prometheus has mem, and none with pod: x (pod there: a-1, b-1)"],
    ['sum(rate(of_nothing{namespace="a"}[5m]))', "Prometheus has no series of of_nothing"],
    ['{__name__=~"mem.*"}', undefined],
    ["time()", undefined],
  ])("for %s", async (query, said) => {
    expect(await readerOf(prometheus?.url ?? "").explainEmpty?.(ask(query))).toBe(said);
  });
});

describe("what a Loki has instead", () => {
  const SECRET = ["ghp", "0123456789abcdefghijABCDEFGHIJ012345"].join("_");
  const answering = (labels: Readonly<Record<string, readonly string[]>>) =>
    listen((request, response) => {
      const [, name] = /\/loki\/api\/v1\/label\/(\w+)\/values\?start=\d+&end=\d+$/.exec(request.url ?? "") ?? [];
      const isList = /\/loki\/api\/v1\/labels\?start=\d+&end=\d+$/.test(request.url ?? "");
      const data = isList ? Object.keys(labels) : labels[name ?? ""];
      json(response, { status: "success", data });
    });
  const QUERY = '{cluster="p1", namespace="acme"} | pod=~"a-.*" |~ "x=\\"y\\""';

  test.each([
    [
      { k8s_namespace_name: [], service_name: [] },
      "Loki has no label cluster and no label namespace (it has: k8s_namespace_name, service_name); where its labels have other names, set loki.labels in raos.yaml",
    ],
    [
      { cluster: ["p1"], namespace: ["dev", SECRET] },
      "Loki has no lines with namespace: acme (namespace there: dev, [redacted])",
    ],
    [{ cluster: ["p1"], namespace: ["acme"] }, undefined],
    [{}, "Loki has no labels in this range: it took no lines, or holds them for another tenant"],
  ])("of the labels %j", async (labels, said) => {
    expect(await readerOf(await answering(labels)).explainEmpty?.(logs(QUERY))).toBe(said);
  });

  test("is not told by a source that refuses, or answers in another shape", async () => {
    const refusing = await listen((_, response) => response.writeHead(403).end("no"));
    for (const url of [refusing, "http://127.0.0.1:1", await listen((_, response) => json(response, { data: 1 }))])
      for (const one of [ask('mem{a="b"}'), logs(QUERY)])
        expect(await readerOf(url).explainEmpty?.(one)).toBeUndefined();
  });
});
