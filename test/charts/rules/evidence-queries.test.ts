import { expect, test } from "vitest";
import { stringify } from "yaml";
import { shippedPolicies } from "../../../src/app/world/shipped-policies.ts";
import { withRenamedLabels } from "../../../src/domain/query/renamed-labels.ts";
import { loadPolicies } from "../../../src/pass/load-policies.ts";
import { fillQuery } from "../../../src/remedy/fill-query.ts";
import { describeReal } from "../../real/component.ts";
import { testRules } from "../../real/prometheus/promtool.ts";

const agent = { name: "triage", namespace: "support", tenant: "support", environment: "production" };
const own = 'raos_agent="triage",raos_tenant="support",raos_environment="production"';
const ready = (pod: string, of = "") =>
  `kube_pod_status_ready{namespace="support",pod="triage-6c7d9f4b8d-${pod}",condition="true"${of}}`;
const restarts = (pod: string) =>
  `kube_pod_container_status_restarts_total{namespace="support",pod="triage-6c7d9f4b8d-${pod}",container="agent"}`;
const deployment = (metric: string) => `kube_deployment_status_${metric}{namespace="support",deployment="triage"}`;
const lag = (topic: string, partition: number, instance: string) =>
  `kafka_consumergroup_lag{consumergroup="support.triage",topic="${topic}",partition="${partition}",instance="${instance}"}`;

describeReal("promtool", "the queries that conditions rest on", () => {
  test.each([
    [
      "readiness-failing",
      "ready",
      "two instances of kube-state-metrics are scraped: each pod counts once",
      {
        [ready("bbbbb", ',instance="a"')]: "1x20",
        [ready("bbbbb", ',instance="b"')]: "1x20",
        [ready("ccccc")]: "0x20",
      },
      1,
    ],
    [
      "readiness-failing",
      "old",
      "one replica of four is new",
      { [deployment("replicas")]: "4x20", [deployment("replicas_updated")]: "1x20" },
      3,
    ],
    [
      "crash-loop",
      "crashing",
      "one of three restarts",
      { [restarts("bbbbb")]: "0+1x20", [restarts("ccccc")]: "7x20", [restarts("ddddd")]: "0x20" },
      1,
    ],
    [
      "queue-lag",
      "partitions",
      "two exporters see two topics: the longer one counts",
      Object.fromEntries(
        [0, 1, 2]
          .flatMap((at) => ["a", "b"].map((one) => [lag("tickets", at, one), "5x20"]))
          .concat([[lag("other", 0, "a"), "1x20"]]),
      ),
      3,
    ],
    [
      "idle",
      "hoursMeasured",
      "the rule ran every minute of two hours: the hours at which it had a value",
      { [`raos_agent:calls:sum1h{${own}}`]: "0x120" },
      3,
      "120m",
    ],
  ])("%s: %s where %s", async (name, evidence, _when, series, value, at = "20m") => {
    const { remedies } = loadPolicies(await shippedPolicies(), []);
    const wanted = remedies.find((one) => one.name === name)?.evidence.find((one) => one.name === evidence);
    const query = fillQuery(wanted !== undefined && "query" in wanted ? wanted.query : "", { agent, labels: {} });
    expect(await opinionOn(String(query), series, value, at)).toBe("");
  });

  test("what is measured under renamed labels is found, by the usual names", async () => {
    const exporter = 'namespace="monitoring",pod="kube-state-metrics-6c7d9f4b8d-zzzzz",container="kube-state-metrics"';
    const series = {
      [`kube_pod_container_status_restarts_total{${exporter},exported_namespace="support",exported_pod="triage-6c7d9f4b8d-bbbbb",exported_container="agent"}`]:
        "0+1x20",
    };
    const query =
      'max by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{namespace="support",pod=~"triage-.*",container="agent"}[10m]))';
    const labels = '{namespace="support", pod="triage-6c7d9f4b8d-bbbbb", container="agent"}';
    expect(await opinionOn(withRenamedLabels(query) ?? "", series, 10, "20m", labels)).toBe("");
  });
});

/** What promtool says where the query's only value is not this one; "" where it is. */
async function opinionOn(
  expr: string,
  series: Readonly<Record<string, string>>,
  value: number,
  at: string,
  labels = "{}",
): Promise<string> {
  const told = {
    interval: "1m",
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    promql_expr_test: [{ expr, eval_time: at, exp_samples: [{ labels, value }] }],
  };
  const tests = { rule_files: [], evaluation_interval: "1m", tests: [told] };
  const opinion = await testRules("groups: []", stringify(tests));
  return opinion.ok ? "" : opinion.output;
}
