import { podPattern } from "../agent/pod-names.ts";

/** Whose roll-out is measured, and how Dapr calls it. */
export interface MeasuredAgent {
  readonly name: string;
  readonly namespace: string;
  readonly tenant: string;
  readonly environment: string;
  readonly protocol: "http" | "grpc";
  readonly workload: "Deployment" | "StatefulSet";
}

/** What is read of a roll-out, by name. */
export type RolloutQueries = Readonly<
  Record<"calls" | "failed" | "latency" | "tokens" | "restarts" | "ready" | "wanted" | "drained" | "alerts", string>
>;

/**
 * The PromQL of a roll-out's signals: the metrics and matchers of the generated rules (charts/agent/templates/_rules.tpl), over five
 * minutes. Each gives one series, `drained` one by `node`, `alerts` one by `alertname`. They still need the environment's labels.
 */
export function rolloutQueries(agent: MeasuredAgent): RolloutQueries {
  const { name, namespace, tenant, environment, protocol, workload } = agent;
  const text = JSON.stringify;
  const of = `app_id=${text(name)},namespace=${text(namespace)}`;
  const dapr = protocol === "grpc" ? grpcMetrics(of) : httpMetrics(of);
  const pods = `namespace=${text(namespace)},pod=~${text(podPattern(name, "any"))}`;
  const whose = `raos_agent=${text(name)},raos_tenant=${text(tenant)},raos_environment=${text(environment)}`;
  const wanted = workload === "StatefulSet" ? "kube_statefulset_replicas" : "kube_deployment_spec_replicas";
  return {
    calls: `sum(rate(${dapr.calls}[5m]))`,
    failed: `sum(rate(${dapr.failed}[5m]))`,
    latency: `histogram_quantile(0.95, sum by (le) (rate(${dapr.latency}[5m]))) / 1000`,
    tokens: tokensOfCall(pods),
    restarts: `sum(max by (pod, container) (increase(kube_pod_container_status_restarts_total{${pods}}[5m])))`,
    ready: `sum(max by (pod) (kube_pod_status_ready{${pods},condition="true"}))`,
    wanted: `max(${wanted}{namespace=${text(namespace)},${workload.toLowerCase()}=${text(name)}})`,
    drained: `max by (node) (kube_node_spec_unschedulable) and on (node) max by (node) (kube_pod_info{${pods}})`,
    alerts: `max by (alertname) (ALERTS{alertstate="firing",${whose}})`,
  };
}

interface DaprMetrics {
  readonly calls: string;
  readonly failed: string;
  readonly latency: string;
}

function httpMetrics(of: string): DaprMetrics {
  return {
    calls: `dapr_http_client_completed_count{${of}}`,
    failed: `dapr_http_client_completed_count{${of},status=~"5.."}`,
    latency: `dapr_http_client_roundtrip_latency_bucket{${of}}`,
  };
}

/** Codes by which the caller is wrong, or gave up, are no failures. */
const NOT_FAILED = [
  ...["OK", "Canceled", "InvalidArgument", "NotFound", "AlreadyExists"],
  ...["PermissionDenied", "Unauthenticated", "FailedPrecondition", "OutOfRange"],
].join("|");

function grpcMetrics(of: string): DaprMetrics {
  const callbacks = `${of},grpc_client_method=~"/dapr.proto.runtime.v1.AppCallback.*"`;
  return {
    calls: `dapr_grpc_io_client_completed_rpcs{${callbacks}}`,
    failed: `dapr_grpc_io_client_completed_rpcs{${callbacks},grpc_client_status!~"${NOT_FAILED}"}`,
    latency: `dapr_grpc_io_client_roundtrip_latency_bucket{${callbacks}}`,
  };
}

/** Tokens of a call of a model. The names depend on the exporter and the instrumentation, as charts/agent/templates/_promql.tpl says. */
function tokensOfCall(pods: string): string {
  const rate = (metric: string, more = "") =>
    `max without (prometheus_replica, replica) (rate(${metric}{${pods}${more}}[5m]))`;
  const kinds = ',gen_ai_token_type!~"(?i:.*(cach|reason|total).*)"';
  const used = ["", "_token", "_tokens"].map(
    (unit) => `sum by (pod) (${rate(`gen_ai_client_token_usage${unit}_sum`, kinds)})`,
  );
  const calls = ["_seconds", ""].map(
    (unit) => `sum by (pod) (${rate(`gen_ai_client_operation_duration${unit}_count`)})`,
  );
  return `sum(${used.join(" or ")}) / (sum(${calls.join(" or ")}) > 0)`;
}
