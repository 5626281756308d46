import type { Watched } from "./shapes.ts";

const pod = 'namespace="support",pod="triage-6c7d9f4b8d-x2k9p"';
const own = `${pod},container="agent"`;
const exporter = 'namespace="monitoring",pod="ksm-1",container="kube-state-metrics"';
const renamed = `${exporter},exported_namespace="support",exported_pod="triage-6c7d9f4b8d-x2k9p"`;
const up = "1x240";

/** Killed for its memory ten minutes ago. */
const killed = (labels: string) => ({
  [`kube_pod_container_status_last_terminated_reason{${labels},reason="OOMKilled"}`]: up,
  [`kube_pod_container_status_restarts_total{${labels}}`]: "0x20 1x40",
});
const killedAt = { 15: [], 30: ["AgentOutOfMemory"], 50: [] };
const ofPod = (name: string) => `namespace="support",pod="${name}",container="agent"`;
const silent = { 20: [], 40: [] };

/** What exporters, collectors and clusters give instead of what the rules were written on. */
export const worlds: readonly (readonly [title: string, watched: Watched])[] = [
  ["killed, with honor_labels", { shape: "plain", series: killed(own), firing: killedAt }],
  [
    "killed, without honor_labels",
    { shape: "plain", series: killed(`${renamed},exported_container="agent"`), firing: killedAt },
  ],
  [
    "killed, where both are scraped",
    {
      shape: "plain",
      series: { ...killed(own), ...killed(`${renamed},exported_container="agent"`) },
      firing: killedAt,
    },
  ],
  [
    "the sidecar was killed, without honor_labels",
    { shape: "plain", series: killed(`${renamed},exported_container="daprd"`), firing: silent },
  ],
  [
    "an agent of another tenant was killed, without honor_labels",
    {
      shape: "plain",
      series: killed(
        `${exporter},exported_namespace="finance",exported_pod="triage-6c7d9f4b8d-x2k9p",exported_container="agent"`,
      ),
      firing: silent,
    },
  ],
  [
    "memory near the limit, where cAdvisor is renamed, and a restart left the old container",
    {
      shape: "plain",
      series: {
        'container_memory_working_set_bytes{namespace="kube-system",exported_namespace="support",exported_pod="triage-6c7d9f4b8d-x2k9p",exported_container="agent",id="/a"}':
          "950x60",
        'container_memory_working_set_bytes{namespace="kube-system",exported_namespace="support",exported_pod="triage-6c7d9f4b8d-x2k9p",exported_container="agent",id="/b"}':
          "100x60",
        [`kube_pod_container_resource_limits{${own},resource="memory",instance="1"}`]: "1000x60",
        [`kube_pod_container_resource_limits{${own},resource="memory",instance="2"}`]: "1000x60",
      },
      firing: { 5: [], 30: ["AgentMemoryNearLimit"] },
    },
  ],
  ["killed in this cluster", { shape: "cluster", series: killed(`${own},cluster="prod-eu"`), firing: killedAt }],
  ["killed, by a Prometheus that adds the label later", { shape: "cluster", series: killed(own), firing: killedAt }],
  ["killed in another cluster", { shape: "cluster", series: killed(`${own},cluster="staging-eu"`), firing: silent }],
  [
    "killed in another cluster, without honor_labels",
    { shape: "cluster", series: killed(`${renamed},exported_container="agent",cluster="staging-eu"`), firing: silent },
  ],
  [
    "killed, with the longest name: the pod's last hyphen and half of the hash are lost",
    {
      shape: "longest",
      series: killed(ofPod("triage-of-tickets-and-complaints-about-the-deliveries-6c7dx2k9p")),
      firing: killedAt,
    },
  ],
  [
    "a pod of another agent, whose name begins with this one's",
    { shape: "plain", series: killed(ofPod("triage-eu-6c7d9f4b8d-x2k9p")), firing: silent },
  ],
  [
    "a StatefulSet's pods among those of a Deployment",
    { shape: "stateful", series: killed(ofPod("triage-6c7d9f4b8d-x2k9p")), firing: silent },
  ],
  [
    "kube-state-metrics restarts: its counts begin anew under another instance",
    {
      shape: "plain",
      series: {
        [`kube_pod_container_status_restarts_total{${own},instance="1"}`]: "7x20",
        [`kube_pod_container_status_restarts_total{${own},instance="2"}`]: "_x20 7x40",
        [`kube_pod_status_reason{${pod},reason="Evicted",instance="1"}`]: "1x80 _x60",
        [`kube_pod_status_reason{${pod},reason="Evicted",instance="2"}`]: "_x85 1x55",
        [`kube_pod_info{${pod},node="n",instance="2"}`]: "1x140",
      },
      firing: { 30: ["AgentEvicted"], 125: [], 138: [] },
    },
  ],
];
