import { afterAll, beforeAll, expect, test } from "vitest";
import { Config } from "../../src/domain/kinds/kinds.ts";
import { withBool } from "../../src/domain/query/bool-comparison.ts";
import { createEvidenceReader } from "../../src/observe/create-evidence-reader.ts";
import { readRollout } from "../../src/observe/rollout/read-rollout.ts";
import { judgeOutlook } from "../../src/verdict/judge-outlook.ts";
import { describeReal } from "../real/component.ts";
import { freePorts } from "../real/process/loopback.ts";
import { type Running, startPrometheus } from "../real/prometheus/prometheus.ts";
import { listen } from "../servers/loopback.ts";

const MINUTE = 60_000;
const END = Math.floor(Date.now() / MINUTE) * MINUTE - 5 * MINUTE;
const TIMES = { changeAt: END - 37 * MINUTE, settledAt: END - 35 * MINUTE };
const environments = [
  { name: "staging", alerts: { cluster: "a" } },
  { name: "production", alerts: { cluster: "b" } },
];

function readingsFrom(url: string, environment: string) {
  const prometheus = { url };
  const config = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec: { environments, prometheus } });
  const reader = createEvidenceReader({
    ...{ prometheus, loki: undefined, kubernetes: undefined, grafana: undefined, deadlineMs: 30_000, now: () => END },
  });
  const agent = { name: "triage", namespace: "support", tenant: "support", environment } as const;
  return readRollout(reader, {
    ...{ config, agent: { ...agent, protocol: "http", workload: "Deployment" }, times: TIMES },
    ...{ objectives: { errorRate: undefined, p95Seconds: undefined }, confounders: [], changesScaling: false },
    verify: 'max(kube_deployment_spec_replicas{deployment="triage"}) < 1',
  });
}

describeReal(["prometheus", "promtool"], "a roll-out in two clusters that one Prometheus observes", () => {
  let prometheus: Running | undefined;
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    prometheus = await startPrometheus({ port, targets: [], history: history() });
  }, 120_000);
  afterAll(() => prometheus?.stop());

  test("is worse in the one where calls fail and its query does not hold", { timeout: 60_000 }, async () => {
    const verdict = judgeOutlook(await readingsFrom(prometheus?.url ?? "", "staging"));
    expect(verdict).toMatchObject({ outlook: "worse", reason: { kind: "two-signals" } });
    const errors = verdict.signals.find((one) => one.kind === "errors");
    expect(errors).toMatchObject({ outcome: "worse", counts: { kind: "compared", shift: "up" } });
    expect(errors?.counts.after?.errors).toBeGreaterThan(5 * (errors?.counts.before?.errors ?? 0));
    expect(errors?.shown?.query).toContain('cluster="a"');
    expect(verdict.signals.find((one) => one.kind === "verify")).toMatchObject({ outcome: "worse", after: 0 });
    expect(verdict.signals.find((one) => one.kind === "readiness")).toMatchObject({ outcome: "same", after: 1 });
  });

  test("has no other cluster's errors", { timeout: 60_000 }, async () => {
    const verdict = judgeOutlook(await readingsFrom(prometheus?.url ?? "", "production"));
    expect(verdict.signals.find((one) => one.kind === "errors")).toMatchObject({ outcome: "same" });
  });
});

test.each([
  ["in part", { status: "success", warnings: ["a store is down"], data: { resultType: "matrix", result: [] } }],
  ["nothing that is understood", { status: "success" }],
])("where Prometheus answers %s, nobody can tell", async (_, answer) => {
  const url = await listen((__, response) => response.end(JSON.stringify(answer)));
  const readings = await readingsFrom(url, "staging");
  expect(readings.calls).toMatchObject({ kind: "not-read" });
  expect(judgeOutlook(readings)).toMatchObject({ outlook: "cannot-tell", reason: { kind: "incomplete" } });
});

test.each([
  ["max(a) < 0.25", "max(a) < bool 0.25"],
  ["a / b >= 1 # enough", "a / b >= bool 1 # enough"],
  ["a > bool 1", "a > bool 1"],
  ["a < 1 and b", "a < 1 and b"],
  ["not promql (", "not promql ("],
])("%s, as a truth value, is %s", (query, truth) => expect(withBool(query)).toBe(truth));

/** Four days of two clusters: three calls a second, 2 % of which fail, in cluster a 30 % since the roll-out. */
function history(): string {
  const moments = Array.from({ length: 4 * 1440 }, (_, index) => END - index * MINUTE).reverse();
  const counter = (labels: string, rate: (at: number) => number) => {
    let total = 0;
    return moments.map((at) => {
      total += rate(at) * 60 * (1 + 0.1 * Math.sin(at / 210_000));
      return `dapr_http_client_completed_count{app_id="triage",namespace="support",${labels}} ${total} ${at / 1000}`;
    });
  };
  const failing = (cluster: string) => (at: number) => (cluster === "a" && at > TIMES.changeAt ? 0.9 : 0.06);
  const clusters = ["a", "b"];
  const gauge = (name: string, labels: string) =>
    clusters.flatMap((cluster) =>
      moments.map((at) => `${name}{namespace="support",cluster="${cluster}",${labels}} 1 ${at / 1000}`),
    );
  return `${[
    "# TYPE dapr_http_client_completed_count unknown",
    ...clusters.flatMap((cluster) => counter(`status="200",cluster="${cluster}"`, () => 3)),
    ...clusters.flatMap((cluster) => counter(`status="500",cluster="${cluster}"`, failing(cluster))),
    "# TYPE kube_deployment_spec_replicas gauge",
    ...gauge("kube_deployment_spec_replicas", 'deployment="triage"'),
    "# TYPE kube_pod_status_ready gauge",
    ...gauge("kube_pod_status_ready", 'pod="triage-6c7d9f4b8d-x2k9p",condition="true"'),
    "# EOF",
  ].join("\n")}\n`;
}
