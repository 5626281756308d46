import type { AgentSpec } from "../../domain/agent/agent.ts";
import { STOCK_METRICS_PATH } from "../../domain/agent/stock.ts";
import { endsByItself } from "../../domain/agent/workload.ts";
import { sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { type Section, section, sorted } from "../section.ts";
import { opening } from "./networking.ts";
import type { ScalingMode } from "./scaling.ts";

/** Metrics, objectives, dashboard and alerts; rules and dashboard themselves are templates of the chart. The stock agent has metrics. */
export function observability(spec: AgentSpec, stock: boolean): Section {
  const { metricsPath, slo, dashboard, alerts, tracing } = spec.observability;
  return {
    metricsPath: metricsPath ?? (stock && !endsByItself(spec.runtime.workload) ? STOCK_METRICS_PATH : undefined),
    slo: slo === undefined ? undefined : section({ errorRate: slo.errorRate, p95Seconds: slo.p95Seconds }),
    dashboard: dashboard ? undefined : false,
    alerts: alerts ? undefined : false,
    tracing:
      tracing === undefined || !spec.dapr.enabled
        ? undefined
        : section({ endpoint: tracing.endpoint, samplingRate: tracing.samplingRate }),
  };
}

/**
 * The monitoring of an environment: labels by which Prometheus and Grafana select an agent's objects, those that tell its
 * series from another environment's, and the Prometheus that KEDA asks.
 */
export function monitoring(config: Config, environment: string, mode: ScalingMode): Section {
  const { labels, dashboardLabel } = config.spec.monitoring;
  const { prometheus } = sourcesOf(config, environment);
  const url = prometheus?.url;
  const namespace = url === undefined ? undefined : opening(url, "prometheus")?.namespace;
  return {
    labels: sorted(labels),
    dashboardLabel: dashboardLabel === "grafana_dashboard" ? undefined : dashboardLabel,
    namespace: namespace === undefined || namespace === "" || namespace === "monitoring" ? undefined : namespace,
    matchers: sorted(prometheus?.matchers),
    prometheus: mode.kind === "keda" && "query" in mode.trigger ? url : undefined,
  };
}
