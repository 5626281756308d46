import { describe, expect, test } from "vitest";
import { promqlSelectors } from "../../../src/domain/query/promql-selectors.ts";
import { withRenamedLabels } from "../../../src/domain/query/renamed-labels.ts";

const usual = (series: string) =>
  `label_replace(label_replace(label_replace(${series}, "namespace", "$1", "exported_namespace", "(.+)"), "pod", "$1", "exported_pod", "(.+)"), "container", "$1", "exported_container", "(.+)")`;

describe("a query for an exporter that is scraped without honor_labels", () => {
  test.each([
    [
      'sum(kube_pod_status_ready{namespace="n",pod=~"p",condition="true"})',
      `sum(${usual('kube_pod_status_ready{exported_namespace="n",exported_pod=~"p",condition="true"}')})`,
    ],
    [
      'max by (pod) (increase(kube_x{namespace="n",container="agent"}[1d] offset 1d))',
      `max by (pod) (${usual('increase(kube_x{exported_namespace="n",exported_container="agent"}[1d] offset 1d)')})`,
    ],
    [
      'max(kube_a{namespace="n"}) - max(kube_b{namespace="n"} offset 5m)',
      `max(${usual('kube_a{exported_namespace="n"}')}) - max(${usual('kube_b{exported_namespace="n"} offset 5m')})`,
    ],
    [
      'max_over_time((kube_a{namespace="n"} > 0)[5m:1m])',
      `max_over_time((${usual('kube_a{exported_namespace="n"}')} > 0)[5m:1m])`,
    ],
    [
      'max by (pod) (dapr_b{namespace="n"}) / on (pod) max by (pod) (kube_a{namespace="n"})',
      `max by (pod) (dapr_b{namespace="n"}) / on (pod) max by (pod) (${usual('kube_a{exported_namespace="n"}')})`,
    ],
  ])("%s", (query, expected) => {
    expect(withRenamedLabels(query)).toBe(expected);
    expect(promqlSelectors(expected)).not.toHaveProperty("problem");
  });

  test.each([
    ["others' metrics", 'max(dapr_http_client_completed_count{namespace="n"})'],
    ["another language", "kube_a{namespace="],
    ["no name", '{__name__="raos_agent:calls:sum1h",namespace="n"}'],
  ])("is none for %s", (_, query) => {
    expect(withRenamedLabels(query)).toBeUndefined();
  });
});
