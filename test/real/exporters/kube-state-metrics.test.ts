import { afterAll, beforeAll, expect, test } from "vitest";
import { describeReal } from "../component.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../kubernetes/apiserver.ts";
import { freePorts } from "../process/loopback.ts";
import { type Running, startPrometheus } from "../prometheus/prometheus.ts";
import { furnish } from "./cluster.ts";
import { type Exporter, startKubeStateMetrics } from "./kube-state-metrics.ts";
import { recorded, samplesOf } from "./recorded.ts";

/** What the operator's monitor gives every target. */
const labels = { namespace: "monitoring", pod: "ksm-1", container: "kube-state-metrics" };
const READ =
  '__name__=~"kube_(pod_(info|status_ready|status_reason|container_(status_(last_terminated_reason|restarts_total|waiting_reason)|resource_limits))|deployment_(spec_replicas|status_replicas_available)|horizontalpodautoscaler_(spec_max_replicas|status_current_replicas|(spec|status)_target_metric)|resourcequota|namespace_created)"';

describeReal([...apiServerTools, "kube-state-metrics", "prometheus"], "kube-state-metrics", () => {
  let server: ApiServer;
  let exporter: Exporter;
  let prometheus: Running;
  beforeAll(async () => {
    server = await startApiServer();
    await furnish(server);
    exporter = await startKubeStateMetrics(server);
    const [port = 0] = await freePorts(1);
    const scrape = (name: string, honours: boolean) => ({
      job_name: name,
      honor_labels: honours,
      static_configs: [{ targets: [exporter.target], labels }],
    });
    prometheus = await startPrometheus({
      port,
      targets: [],
      scrapes: [scrape("honours", true), scrape("renames", false)],
    });
  }, 120_000);
  afterAll(async () => {
    await prometheus?.stop();
    await exporter?.stop();
    await server?.stop();
  });

  test.each(["honours", "renames"])("gives the series that are recorded, to a Prometheus that %s", async (job) => {
    // What is 0 says nothing, but for these two; "or" would take series of different names for the same.
    const present = `{job="${job}",${READ}} > 0`;
    const zero = `{job="${job}",__name__=~"kube_deployment_status_replicas_available|kube_pod_status_ready"} == 0`;
    const look = async () => ({
      ...(await samplesOf(prometheus.url, present)),
      ...(await samplesOf(prometheus.url, zero)),
    });
    await expect.poll(async () => Object.keys(await look()).length, { timeout: 20_000 }).toBeGreaterThan(20);
    const now = await look();
    const steady = Object.fromEntries(
      Object.entries(now).map(([series, value]) => [series, series.startsWith("kube_namespace_created") ? 1 : value]),
    );
    expect(recorded(`kube-state-metrics-${job}`, steady)).toEqual(steady);
  });
});
