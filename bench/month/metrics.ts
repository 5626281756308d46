import { CLUSTER, ENVIRONMENTS, type Environment, type Settings, type SimAgent } from "./fleet.ts";
import { type Metric, type MetricSource, UnknownQuery } from "./promql.ts";
import { noise } from "./random.ts";
import { DAY, isKilled, MINUTE, readyOf, replicasOf, type Signals, throttledOf } from "./signals.ts";

/** What is true of an agent at a moment, and what runs then. */
export interface Moment {
  readonly signals: Signals;
  readonly settings: Settings;
  /** When that was rolled out, and so when its oldest pod began. */
  readonly since: number;
}

/** What the simulated Prometheus, Loki and Kubernetes see of the world. */
export interface Sight {
  readonly agents: readonly SimAgent[];
  at(agent: SimAgent, environment: Environment, time: number): Moment;
  /** Whether what was measured then can be read now. */
  isReadable(agent: SimAgent, time: number): boolean;
}

/** `index`: which pod of the agent, from 0. */
type Reading = (moment: Moment, index: number) => number | undefined;

/** A series of each pod, container or agent: its further labels, and its value. */
interface Definition {
  /** Who exports it: what scrapes it decides the names of its labels. */
  readonly from: "ksm" | "pod" | "rules" | "dapr" | "kafka" | "node";
  /** One series for each pod; left out: one for each agent. */
  readonly perPod?: true;
  readonly isCounter?: boolean;
  readonly series: readonly {
    readonly labels: (agent: SimAgent, moment: Moment) => Readonly<Record<string, string>>;
    readonly value: Reading;
  }[];
}

const agentContainer = () => ({ container: "agent" });
const one = (labels: Definition["series"][number]["labels"], value: Reading): Definition["series"] => [
  { labels, value },
];
const waits =
  (reason: string): Reading =>
  ({ signals: { waiting } }) =>
    waiting?.reason === reason ? 1 : undefined;
const RESTARTS = 1 / 300;

function resources(part: "limits" | "requests"): Definition {
  const values = (settings: Settings) =>
    part === "limits"
      ? { memory: settings.memoryLimit, cpu: settings.cpuLimit }
      : { memory: settings.memoryRequest, cpu: settings.cpuRequest };
  return {
    from: "ksm",
    perPod: true,
    series: [
      {
        labels: () => ({ container: "agent", resource: "memory", unit: "byte" }),
        value: ({ settings }) => values(settings).memory,
      },
      {
        labels: () => ({ container: "agent", resource: "cpu", unit: "core" }),
        value: ({ settings }) => values(settings).cpu,
      },
    ],
  };
}

const scaler = ({ work, name }: SimAgent) => ({
  horizontalpodautoscaler: work === "queue" ? `keda-hpa-${name}` : name,
});
const hpa = (value: Reading): Definition => ({ from: "ksm", series: one(scaler, value) });
const rule = (value: Reading, labels: Definition["series"][number]["labels"] = () => ({})): Definition => ({
  from: "rules",
  series: one(labels, value),
});
const model = (_agent: SimAgent, { settings }: Moment) => ({
  gen_ai_request_model: settings.model,
  gen_ai_provider_name: "openai",
});

/** The average of the metric that a queue's KEDA scales by: the lag, of each replica. KEDA caps it at the partitions. */
function targetOf({ signals, settings }: Moment): number {
  const most = signals.partitions * settings.kafkaLag;
  return Math.min(signals.lag, most) / Math.max(1, replicasOf(signals, settings));
}

const NONE: Definition = { from: "ksm", isCounter: true, series: [] };
const deployment = (value: Reading): Definition => ({
  from: "ksm",
  series: one(({ name }) => ({ deployment: name }), value),
});
const readyIn = ({ signals, settings }: Moment) => readyOf(signals, settings);
const wantedIn = ({ signals, settings }: Moment) => Math.max(settings.min, Math.min(signals.needed, settings.max));

/** A series of each partition of the topic that an agent reads. */
function partitions(isCounter: boolean, value: Reading): Definition {
  const series = Array.from({ length: 12 }, (_, partition) => ({
    labels: ({ tenant, name }: SimAgent) => ({
      consumergroup: `${tenant}.${name}`,
      topic: name,
      partition: String(partition),
    }),
    value: (moment: Moment) => (partition < moment.signals.partitions ? value(moment, 0) : undefined),
  }));
  return { from: "kafka", isCounter, series };
}

const errorRatio = rule(({ signals }) => signals.errors);
const DEFINITIONS: Readonly<Record<string, Definition>> = {
  container_memory_working_set_bytes: {
    from: "pod",
    perPod: true,
    series: one(agentContainer, ({ signals, settings }) => Math.min(signals.memory, settings.memoryLimit)),
  },
  container_cpu_usage_seconds_total: {
    from: "pod",
    perPod: true,
    isCounter: true,
    series: one(agentContainer, ({ signals, settings }) => Math.min(signals.cpu, settings.cpuLimit)),
  },
  container_cpu_cfs_periods_total: {
    from: "pod",
    perPod: true,
    isCounter: true,
    series: one(agentContainer, () => 10),
  },
  container_cpu_cfs_throttled_periods_total: {
    from: "pod",
    perPod: true,
    isCounter: true,
    series: one(agentContainer, ({ signals, settings }) => 10 * throttledOf(signals, settings)),
  },
  kube_pod_container_status_restarts_total: {
    from: "ksm",
    perPod: true,
    isCounter: true,
    series: [
      {
        labels: agentContainer,
        value: ({ signals, settings }) =>
          isKilled(signals, settings) || signals.crash?.container === "agent" ? RESTARTS : 0,
      },
      {
        labels: () => ({ container: "daprd" }),
        value: ({ signals }) => (signals.crash?.container === "daprd" ? RESTARTS : 0),
      },
    ],
  },
  kube_pod_container_status_last_terminated_reason: {
    from: "ksm",
    perPod: true,
    series: [
      {
        labels: () => ({ container: "agent", reason: "OOMKilled" }),
        value: ({ signals, settings }) => (isKilled(signals, settings) ? 1 : undefined),
      },
      {
        labels: () => ({ container: "agent", reason: "Error" }),
        value: ({ signals }) => (signals.crash?.container === "agent" ? 1 : undefined),
      },
    ],
  },
  kube_pod_container_status_waiting_reason: {
    from: "ksm",
    perPod: true,
    series: [
      ...["ImagePullBackOff", "CreateContainerConfigError"].map((reason) => ({
        labels: () => ({ container: "agent", reason }),
        value: waits(reason),
      })),
      {
        labels: () => ({ container: "agent", reason: "CrashLoopBackOff" }),
        value: ({ signals }) => (signals.crash?.container === "agent" ? 1 : undefined),
      },
    ],
  },
  kube_pod_status_ready: {
    from: "ksm",
    perPod: true,
    series: [
      { labels: () => ({ condition: "true" }), value: (moment, index) => (index < readyIn(moment) ? 1 : 0) },
      { labels: () => ({ condition: "false" }), value: (moment, index) => (index < readyIn(moment) ? 0 : 1) },
    ],
  },
  kube_pod_status_unschedulable: {
    from: "ksm",
    series: one(
      () => ({ pod: "*" }),
      ({ signals, settings }) => (signals.room < Math.min(signals.needed, settings.max) ? 1 : undefined),
    ),
  },
  kube_pod_status_reason: {
    from: "ksm",
    perPod: true,
    series: one(
      () => ({ reason: "Evicted" }),
      ({ signals }) => (signals.evicted === undefined ? undefined : 1),
    ),
  },
  kube_pod_container_resource_limits: resources("limits"),
  kube_pod_container_resource_requests: resources("requests"),
  kube_deployment_spec_replicas: deployment(wantedIn),
  kube_deployment_status_replicas_available: deployment(readyIn),
  kube_horizontalpodautoscaler_status_current_replicas: hpa(({ signals, settings }) => replicasOf(signals, settings)),
  kube_horizontalpodautoscaler_status_desired_replicas: hpa(({ signals, settings }) =>
    Math.max(settings.min, Math.min(signals.needed, settings.max)),
  ),
  kube_horizontalpodautoscaler_spec_max_replicas: hpa(({ settings }) => settings.max),
  kube_horizontalpodautoscaler_spec_min_replicas: hpa(({ settings }) => settings.min),
  kube_resourcequota: {
    from: "ksm",
    series: [
      {
        labels: () => ({ resourcequota: "tenant", resource: "pods", type: "used" }),
        value: ({ signals }) => 400 * signals.quotaUsed,
      },
      { labels: () => ({ resourcequota: "tenant", resource: "pods", type: "hard" }), value: () => 400 },
    ],
  },
  kafka_consumergroup_lag: partitions(false, ({ signals }) => signals.lag / signals.partitions),
  kafka_consumergroup_current_offset: partitions(true, ({ signals }) => signals.consumed / signals.partitions),
  dapr_http_client_completed_count: {
    from: "dapr",
    isCounter: true,
    series: [
      { labels: () => ({ status: "200" }), value: ({ signals }) => (signals.calls * (1 - signals.errors)) / 3600 },
      { labels: () => ({ status: "500" }), value: ({ signals }) => (signals.calls * signals.errors) / 3600 },
    ],
  },
  dapr_grpc_io_client_completed_rpcs: { from: "dapr", isCounter: true, series: [] },
  kube_pod_start_time: {
    from: "ksm",
    perPod: true,
    series: one(
      () => ({}),
      ({ since }) => since / 1000,
    ),
  },
  kube_deployment_status_replicas: deployment(({ signals, settings }) => replicasOf(signals, settings)),
  kube_deployment_status_replicas_updated: deployment(({ signals, settings }) => replicasOf(signals, settings)),
  kube_deployment_metadata_generation: deployment(() => 2),
  kube_deployment_status_observed_generation: deployment(() => 2),
  kube_job_failed: NONE,
  kube_job_status_failed: NONE,
  kube_persistentvolumeclaim_status_phase: NONE,
  kube_poddisruptionbudget_status_current_healthy: NONE,
  kube_poddisruptionbudget_status_desired_healthy: NONE,
  keda_scaled_object_errors: NONE,
  keda_scaled_object_errors_total: NONE,
  keda_scaler_detail_errors_total: NONE,
  kube_node_status_condition: {
    from: "node",
    series: one(
      (agent) => ({ node: nodeOf(agent), condition: "DiskPressure", status: "true" }),
      ({ signals }) => (signals.evicted === "disk" ? 1 : 0),
    ),
  },
  up: {
    from: "pod",
    series: one(
      () => ({ container: "daprd" }),
      () => 1,
    ),
  },
  gen_ai_client_operation_duration_seconds_count: {
    from: "pod",
    isCounter: true,
    series: [
      {
        labels: (agent, moment) => ({ ...model(agent, moment), error_type: "context_length_exceeded" }),
        value: ({ signals }) => (signals.tooLong > 0 ? signals.tooLong / 900 : undefined),
      },
      { labels: model, value: ({ signals }) => signals.calls / 3600 },
    ],
  },
  dapr_runtime_component_init_fail_total: {
    from: "dapr",
    series: one(
      (_agent, { signals }) => ({
        component: signals.daprFailed?.component ?? "",
        componentName: signals.daprFailed?.name ?? "",
      }),
      ({ signals }) => (signals.daprFailed === undefined ? undefined : 1),
    ),
  },
  dapr_component_pubsub_ingress_count: {
    from: "dapr",
    series: one(
      ({ name }) => ({ topic: name, process_status: "drop" }),
      ({ signals }) => signals.deadLetters,
    ),
  },
  dapr_http_client_roundtrip_latency_bucket: {
    from: "dapr",
    isCounter: true,
    series: [500, 1000, 2000, 4000, 5000, 8000, 13_000, 20_000, 30_000, Number.POSITIVE_INFINITY].map((le) => ({
      labels: () => ({ le: le === Number.POSITIVE_INFINITY ? "+Inf" : String(le) }),
      value: ({ signals }: Moment) => (signals.calls / 3600) * Math.min(1, le / (signals.latency * 1000 * 1.05)),
    })),
  },
  kubelet_volume_stats_available_bytes: {
    from: "pod",
    series: one(
      ({ name }) => ({ persistentvolumeclaim: `data-${name}-0` }),
      ({ signals }) => (signals.volumeFree === undefined ? undefined : signals.volumeFree * 1e10),
    ),
  },
  kubelet_volume_stats_capacity_bytes: {
    from: "pod",
    series: one(
      ({ name }) => ({ persistentvolumeclaim: `data-${name}-0` }),
      ({ signals }) => (signals.volumeFree === undefined ? undefined : 1e10),
    ),
  },
  kubelet_volume_stats_inodes_free: { from: "pod", series: [] },
  kubelet_volume_stats_inodes: { from: "pod", series: [] },
  "raos_agent:calls:sum1h": rule(({ signals }) => signals.calls),
  "raos_agent:error_budget:ratio": rule(() => 0.01),
  "raos_agent:model_error_ratio:rate10m": rule(({ signals }) => signals.modelErrors, model),
  "raos_agent:model_rate_limited_ratio:rate10m": rule(({ signals }) => signals.rateLimited, model),
  "raos_agent:model_calls:increase15m": rule(
    ({ signals }) => (signals.tooLong > 0 ? signals.tooLong : undefined),
    (agent, moment) => ({ ...model(agent, moment), error_type: "context_length_exceeded" }),
  ),
  "raos_agent:model_tokens:increase1d": rule(({ signals }) => signals.tokensPerDay),
  "raos_agent:model_tokens:increase1h": rule(({ signals }) => signals.tokensPerHour),
  "raos_agent:tool_error_ratio:rate10m": rule(
    ({ signals }) => signals.toolErrors,
    () => ({ server_address: "search-mcp" }),
  ),
  "raos_agent:peer_error_ratio:rate10m": rule(
    ({ signals }) => signals.peerErrors,
    () => ({ peer: "ledger" }),
  ),
};

export function nodeOf({ key }: SimAgent): string {
  return `node-${Math.floor(noise(key, 7) * 40)}`;
}

/** The pods of an agent. From 47 characters on, Kubernetes cuts their names, with the hyphen before the last five. */
export function podsOf({ key, name }: SimAgent, environment: Environment, count: number): readonly string[] {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  const word = (length: number, salt: number) =>
    Array.from(
      { length },
      (_, index) => letters[Math.floor(noise(`${key} ${environment}`, salt * 100 + index) * letters.length)] ?? "b",
    ).join("");
  const base = `${name}-${word(10, 99)}-`.slice(0, 58);
  return Array.from({ length: count }, (_, index) => `${base}${word(5, index)}`);
}

/** The labels that a scrape gives to a series about an agent. */
function scraped(
  from: Definition["from"],
  agent: SimAgent,
  environment: Environment,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const cluster = CLUSTER[environment];
  const { tenant, name } = agent;
  if (from === "rules")
    return { cluster, raos_agent: name, raos_tenant: tenant, raos_environment: environment, ...labels };
  if (from === "kafka") return { cluster, namespace: "data", pod: "kafka-exporter-0", ...labels };
  if (from === "node") return { cluster, ...labels };
  if (from === "dapr") return { cluster, app_id: name, namespace: tenant, ...labels };
  if (from === "pod" || !agent.isExported) return { cluster, namespace: tenant, ...labels };
  const own = Object.entries({ namespace: tenant, ...labels }).map(([label, value]) => [
    /^(namespace|pod|container)$/.test(label) ? `exported_${label}` : label,
    value,
  ]);
  return {
    cluster,
    namespace: "monitoring",
    pod: "kube-state-metrics-0",
    container: "kube-state-metrics",
    ...Object.fromEntries(own),
  };
}

/** The series of the simulated Prometheus. Throws UnknownQuery for a metric that the world does not have. */
export function metricSource(sight: Sight, now: number): MetricSource {
  return (name, equal) => {
    const definition = definitionOf(name);
    return sight.agents.flatMap((agent) =>
      ENVIRONMENTS.flatMap((environment) =>
        mayFit(agent, environment, equal) ? seriesOf(definition, agent, environment, sight, now, name) : [],
      ),
    );
  };
}

function definitionOf(name: string): Definition {
  // Every agent of this world is a Deployment.
  if (name.startsWith("kube_statefulset_")) return NONE;
  const known = /^raos_agent:error_ratio:rate/.test(name) ? errorRatio : DEFINITIONS[name];
  if (known !== undefined) return known;
  if (/^kube_horizontalpodautoscaler_(status|spec)_target_metric$/.test(name))
    return targets(name.includes("_status_"));
  throw new UnknownQuery(`there is no metric ${name}`);
}

function targets(isStatus: boolean): Definition {
  const queue = { metric_name: "s0-kafka", metric_target_type: "average" };
  const cpu = { metric_name: "cpu", metric_target_type: "utilization" };
  const load = ({ signals, settings }: Moment) => (70 * signals.needed) / Math.max(1, replicasOf(signals, settings));
  return {
    from: "ksm",
    series: one(
      (agent) => ({ ...scaler(agent), ...(agent.work === "queue" ? queue : cpu) }),
      (moment) => {
        const { kafkaLag } = moment.settings;
        if (kafkaLag > 0) return isStatus ? targetOf(moment) : kafkaLag;
        return isStatus ? load(moment) : 70;
      },
    ),
  };
}

function mayFit(agent: SimAgent, environment: Environment, equal: ReadonlyMap<string, string>): boolean {
  const cluster = equal.get("cluster");
  const group = equal.get("consumergroup");
  if (group !== undefined && group !== `${agent.tenant}.${agent.name}`) return false;
  const tenant = equal.get("raos_tenant") ?? equal.get("exported_namespace") ?? equal.get("namespace");
  const name = equal.get("raos_agent") ?? equal.get("app_id");
  return (
    (cluster === undefined || cluster === CLUSTER[environment]) &&
    (tenant === undefined || tenant === agent.tenant || tenant === "monitoring") &&
    (name === undefined || name === agent.name)
  );
}

function seriesOf(
  definition: Definition,
  agent: SimAgent,
  environment: Environment,
  sight: Sight,
  now: number,
  name: string,
): readonly Metric[] {
  const present = sight.at(agent, environment, now);
  const pods = podsOf(agent, environment, Math.max(1, replicasOf(present.signals, present.settings)));
  const names = definition.perPod === true || definition.from === "pod" ? pods : [undefined];
  // Labels such as the model are those of the present, since an alert is about it; a day back is as far as anybody looks.
  return definition.series.flatMap(({ labels, value }) =>
    names.map((pod, index): Metric => {
      const own = labels(agent, present);
      const shown =
        own.pod === "*"
          ? { ...own, pod: pods[0] ?? "" }
          : pod === undefined || own.persistentvolumeclaim !== undefined
            ? own
            : { ...own, pod };
      return {
        labels: {
          ...scraped(definition.from, agent, environment, shown),
          ...(name.startsWith("raos_agent:") ? { __name__: name } : {}),
        },
        isCounter: definition.isCounter === true,
        at: (time) => {
          if (time > now || time < now - 31 * DAY || !sight.isReadable(agent, time)) return undefined;
          const moment = sight.at(agent, environment, Math.floor(time / MINUTE) * MINUTE);
          if (!moment.signals.isMeasured && index === 0) return undefined;
          const number = value(moment, index);
          const isExact = number === undefined || index === 0 || definition.from === "ksm";
          return isExact ? number : number * (0.97 + 0.03 * noise(agent.key, index));
        },
      };
    }),
  );
}
