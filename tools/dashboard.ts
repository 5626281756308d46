import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { series, stat } from "./panels.ts";

/** Where the chart reads the dashboard; it fills in the words AGENT_… for each agent, and spells out POD(…) as in its rules. */
export const DASHBOARD_FILE = resolve(import.meta.dirname, "../charts/agent/files/dashboard.json");

const READY = 'sum(max by (pod) (POD(kube_pod_status_ready, condition="true")))';

/** The dashboard of one agent: is it well, how does it answer, what does it read, what does it use. */
export function dashboard(): Dashboard {
  return new DashboardBuilder("AGENT_TENANT/AGENT_NAME (AGENT_ENVIRONMENT)")
    .uid("AGENT_UID")
    .tags(["raos", "AGENT_TENANT", "AGENT_ENVIRONMENT"])
    .refresh("1m")
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withPanel(stat("Ready replicas", "short", READY))
    .withPanel(stat("Calls per second", "reqps", "sum(rate(AGENT_CALLS[5m]))"))
    .withPanel(stat("Failed calls", "percentunit", ERROR_RATIO))
    .withPanel(stat("95th percentile", "ms", quantile(0.95)))
    .withRow(new RowBuilder("Answers"))
    .withPanel(
      series("Calls", "reqps", [
        {
          expr: "sum by (status, grpc_client_status) (rate(AGENT_CALLS[5m]))",
          legend: "{{status}}{{grpc_client_status}}",
        },
      ]),
    )
    .withPanel(
      series("Failed calls", "percentunit", [
        { expr: ERROR_RATIO, legend: "failed" },
        { expr: "vector(AGENT_ERROR_BUDGET)", legend: "objective" },
      ]),
    )
    .withPanel(
      series(
        "Latency",
        "ms",
        [0.5, 0.95, 0.99].map((share) => ({ expr: quantile(share), legend: `p${share * 100}` })),
      ),
    )
    .withRow(new RowBuilder("Messages and Dapr"))
    .withPanel(
      series("Messages read", "cps", [
        {
          expr: "sum by (topic, process_status) (rate(dapr_component_pubsub_ingress_count{AGENT_DAPR}[5m]))",
          legend: "{{topic}} {{process_status}}",
        },
      ]),
    )
    .withPanel(
      series("Messages sent", "cps", [
        {
          expr: "sum by (topic, success) (rate(dapr_component_pubsub_egress_count{AGENT_DAPR}[5m]))",
          legend: "{{topic}} success={{success}}",
        },
      ]),
    )
    .withPanel(
      series("State operations", "ops", [
        {
          expr: "sum by (operation, success) (rate(dapr_component_state_count{AGENT_DAPR}[5m]))",
          legend: "{{operation}} success={{success}}",
        },
      ]),
    )
    .withRow(new RowBuilder("Resources"))
    .withPanel(
      series("Memory", "bytes", [
        { expr: "max by (pod) (CONTAINER(container_memory_working_set_bytes))", legend: "{{pod}}" },
        { expr: 'max(CONTAINER(kube_pod_container_resource_limits, resource="memory"))', legend: "limit" },
      ]),
    )
    .withPanel(
      series("CPU", "short", [
        { expr: "sum by (pod) (rate(CONTAINER(container_cpu_usage_seconds_total)[5m]))", legend: "{{pod}}" },
        { expr: 'max(CONTAINER(kube_pod_container_resource_requests, resource="cpu"))', legend: "request" },
      ]),
    )
    .withPanel(
      series("Replicas and restarts", "short", [
        { expr: READY, legend: "ready" },
        {
          expr: 'max(OBJECT(kube_horizontalpodautoscaler_spec_max_replicas, horizontalpodautoscaler="AGENT_HPA"))',
          legend: "most",
        },
        {
          expr: "sum by (container) (max by (pod, container) (increase(POD(kube_pod_container_status_restarts_total)[15m])))",
          legend: "restarts of {{container}}",
        },
      ]),
    )
    .build();
}

const ERROR_RATIO = "(sum(rate(AGENT_FAILED_CALLS[5m])) or vector(0)) / sum(rate(AGENT_CALLS[5m]))";

function quantile(share: number): string {
  return `histogram_quantile(${share}, sum by (le) (rate(AGENT_LATENCY_BUCKETS[5m])))`;
}

/** The file as committed. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(DASHBOARD_FILE, dashboardText());
