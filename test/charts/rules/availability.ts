import type { Watched } from "./shapes.ts";

const of = (kind: string, labels = 'namespace="support"') => `${labels},${kind}="triage"`;
const deployment = (wanted: string, available: string, labels?: string) => ({
  [`kube_deployment_spec_replicas{${of("deployment", labels)}}`]: wanted,
  [`kube_deployment_status_replicas_available{${of("deployment", labels)}}`]: available,
});
const namespace = { 'kube_namespace_created{namespace="support"}': "1x120" };
const ready = (values: string) => ({
  'kube_pod_status_ready{namespace="support",pod="triage-6c7d9f4b8d-x2k9p",condition="true"}': values,
});
const away = { 40: ["AgentUnavailable"] };
const hpa = 'namespace="support",horizontalpodautoscaler="keda-hpa-triage"';
const scaler = (metric: string, average: number, replicas: number) => ({
  [`kube_horizontalpodautoscaler_status_target_metric{${hpa},metric_name="${metric}",metric_target_type="average"}`]: `${average}x60`,
  [`kube_horizontalpodautoscaler_spec_target_metric{${hpa},metric_name="${metric}",metric_target_type="average"}`]:
    "100x60",
  [`kube_horizontalpodautoscaler_status_current_replicas{${hpa}}`]: `${replicas}x60`,
  [`kube_horizontalpodautoscaler_spec_max_replicas{${hpa}}`]: "20x60",
});
const lag = (group: string, values: string, partitions = 1) =>
  Object.fromEntries(
    Array.from({ length: partitions }, (_, partition) => [
      `kafka_consumergroup_lag{consumergroup="${group}",topic="tickets.new",partition="${partition}"}`,
      values,
    ]),
  );

/** Agents without a pod, or with too few of them for their queue. */
export const availability: readonly (readonly [title: string, watched: Watched])[] = [
  ["no pod can be created", { shape: "plain", series: deployment("2x60", "0x60"), firing: { 3: [], ...away } }],
  [
    "no pod can be created, without honor_labels",
    {
      shape: "plain",
      series: deployment("2x60", "0x60", 'namespace="monitoring",exported_namespace="support"'),
      firing: away,
    },
  ],
  [
    "no pod of a StatefulSet can be created",
    {
      shape: "stateful",
      series: {
        [`kube_statefulset_replicas{${of("statefulset")}}`]: "2x60",
        [`kube_statefulset_status_replicas_available{${of("statefulset")}}`]: "0x60",
      },
      firing: away,
    },
  ],
  ["pods are there, and none is ready", { shape: "plain", series: ready("0x60"), firing: away }],
  [
    "one of two pods is ready",
    { shape: "plain", series: { ...deployment("2x60", "1x60"), ...ready("1x60") }, firing: { 40: [] } },
  ],
  [
    "a person scaled it to zero, and a dead pod is still listed",
    { shape: "plain", series: { ...deployment("0x60", "0x60"), ...ready("0x60") }, firing: { 40: [] } },
  ],
  ["KEDA scaled it to zero", { shape: "fromZero", series: deployment("0x60", "0x60"), firing: { 40: [] } }],
  ["KEDA wants one from zero, and none comes", { shape: "fromZero", series: deployment("1x60", "0x60"), firing: away }],
  [
    "its Deployment was deleted by hand",
    {
      shape: "plain",
      series: { ...namespace, ...deployment("2x20", "2x20"), ...ready("1x20") },
      firing: { 15: [], ...away },
    },
  ],
  [
    "kube-state-metrics is away",
    { shape: "plain", series: { ...deployment("2x20", "2x20"), ...ready("1x20") }, firing: { 40: [] } },
  ],
  [
    "a Deployment of another namespace has no pod",
    {
      shape: "plain",
      series: deployment("2x60", "0x60", 'namespace="finance"'),
      firing: { 40: [] },
    },
  ],
  [
    "a million messages wait in Kafka, and KEDA counts its limit",
    {
      shape: "consumer",
      series: { ...scaler("s0-kafka-tickets", 100, 6), ...lag("support.triage", "1000000+10000x60") },
      firing: { 50: ["AgentQueueLag"] },
    },
  ],
  [
    "KEDA counts its limit, and nothing exports the broker's lag",
    { shape: "consumer", series: scaler("s0-kafka-tickets", 100, 6), firing: { 10: [], 50: ["AgentQueueLag"] } },
  ],
  [
    "KEDA counts just the threshold, and the broker's lag is no more",
    {
      shape: "consumer",
      series: { ...scaler("s0-kafka-tickets", 100, 6), ...lag("support.triage", "100x60", 6) },
      firing: { 50: [] },
    },
  ],
  [
    "another consumer is behind",
    {
      shape: "consumer",
      series: { ...scaler("s0-kafka-tickets", 70, 3), ...lag("finance.triage", "1000000x60") },
      firing: { 50: [] },
    },
  ],
  [
    "behind, with all replicas that there may be",
    {
      shape: "consumer",
      series: { ...scaler("s0-kafka-tickets", 100, 20), ...lag("support.triage", "1000000x60") },
      firing: { 50: ["AgentScaledObjectAtMax"] },
    },
  ],
  [
    "three times the threshold for each replica, where no broker is asked",
    { shape: "ready", series: scaler("s0-prometheus", 300, 2), firing: { 50: ["AgentQueueLag"] } },
  ],
  [
    "just the threshold for each replica, where no broker is asked",
    { shape: "ready", series: scaler("s0-prometheus", 100, 2), firing: { 50: [] } },
  ],
];
