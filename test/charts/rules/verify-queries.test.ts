import { expect, test } from "vitest";
import { stringify } from "yaml";
import { shippedPolicies } from "../../../src/app/world/shipped-policies.ts";
import { loadPolicies } from "../../../src/pass/load-policies.ts";
import { fillQuery } from "../../../src/remedy/fill-query.ts";
import { describeReal } from "../../real/component.ts";
import { testRules } from "../../real/prometheus/promtool.ts";

const agent = { name: "triage", namespace: "support", tenant: "support", environment: "production" };
const pod = 'namespace="support",pod="triage-6c7d9f4b8d-x2k9p",container="agent"';
const hpa =
  'namespace="support",horizontalpodautoscaler="keda-hpa-triage",metric_name="s0-kafka",metric_target_type="average"';

describeReal("promtool", "the queries that verify a change", () => {
  test.each([
    [
      "memory-near-limit",
      "cAdvisor shows the old and the new container, and two instances of kube-state-metrics are scraped",
      {
        [`container_memory_working_set_bytes{${pod},id="/kubepods/a"}`]: 400,
        [`container_memory_working_set_bytes{${pod},id="/kubepods/b"}`]: 100,
        [`kube_pod_container_resource_limits{${pod},resource="memory",instance="10.0.0.1:8080"}`]: 640,
        [`kube_pod_container_resource_limits{${pod},resource="memory",instance="10.0.0.2:8080"}`]: 640,
      },
      0.625,
    ],
    [
      "queue-lag",
      "two instances of kube-state-metrics are scraped",
      {
        [`kube_horizontalpodautoscaler_status_target_metric{${hpa},instance="10.0.0.1:8080"}`]: 100,
        [`kube_horizontalpodautoscaler_status_target_metric{${hpa},instance="10.0.0.2:8080"}`]: 150,
        [`kube_horizontalpodautoscaler_spec_target_metric{${hpa},instance="10.0.0.1:8080"}`]: 100,
        [`kube_horizontalpodautoscaler_spec_target_metric{${hpa},instance="10.0.0.2:8080"}`]: 100,
      },
      1.5,
    ],
  ])("%s answers where %s", async (name, _when, series, value) => {
    const { remedies } = loadPolicies(await shippedPolicies(), []);
    const verify = remedies.find((remedy) => remedy.name === name)?.verify?.promql ?? "";
    const told = {
      interval: "1m",
      input_series: Object.entries(series).map(([of, level]) => ({ series: of, values: `${level}x10` })),
      promql_expr_test: [
        {
          expr: fillQuery(verify, { agent, labels: {} }),
          eval_time: "5m",
          exp_samples: [{ labels: "{}", value }],
        },
      ],
    };
    const tests = { rule_files: [], evaluation_interval: "1m", tests: [told] };
    const opinion = await testRules("groups: []", stringify(tests));
    expect(opinion.ok ? "" : opinion.output).toBe("");
  });
});
