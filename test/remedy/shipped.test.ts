import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { shippedPolicies } from "../../src/app/world/shipped-policies.ts";
import { loadPolicies } from "../../src/pass/load-policies.ts";
import type { CompiledRemedy } from "../../src/remedy/compiled-remedy.ts";
import { fillQuery } from "../../src/remedy/fill-query.ts";
import { remedyFor } from "../../src/remedy/incidents.ts";
import { alertOf } from "../support/alerts/alert-of.ts";

const RULES = resolve(import.meta.dirname, "../../charts/agent/files/alerts.yaml");
const Rule = z.object({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
});
const rules = Object.values(z.record(z.string(), z.array(Rule)).parse(parse(readFileSync(RULES, "utf8")))).flat();

/** Alerts that other rules raise, and whose rules they are: with labels that differ. */
const OTHERS: Readonly<
  Record<string, readonly (readonly [source: string, labels: Readonly<Record<string, string>>])[]>
> = {
  CPUThrottlingHigh: [["kubernetes-mixin", { container: "agent" }]],
  KubeContainerWaiting: [
    ["kubernetes-mixin", { reason: "ImagePullBackOff" }],
    ["kubernetes-mixin", { reason: "CreateContainerConfigError" }],
    ["kubernetes-mixin", { reason: "CrashLoopBackOff" }],
    ["kubernetes-mixin", { reason: "ContainerCreating" }],
    ["kubernetes-mixin before 0.10", {}],
  ],
  KubeDeploymentReplicasMismatch: [["kubernetes-mixin", { deployment: "triage" }]],
  KubeDeploymentRolloutStuck: [["kubernetes-mixin", { deployment: "triage" }]],
  KubeHpaMaxedOut: [
    ["kubernetes-mixin", { horizontalpodautoscaler: "triage" }],
    ["kubernetes-mixin, of KEDA", { horizontalpodautoscaler: "keda-hpa-triage" }],
  ],
  KubePersistentVolumeFillingUp: [["kubernetes-mixin", { severity: "critical" }]],
  KubePersistentVolumeInodesFillingUp: [["kubernetes-mixin", { severity: "warning" }]],
  KubePodCrashLooping: [["kubernetes-mixin", { container: "agent" }]],
  KubePodNotReady: [["kubernetes-mixin", {}]],
  KubeQuotaAlmostFull: [["kubernetes-mixin", { resource: "pods" }]],
  KubeQuotaExceeded: [["kubernetes-mixin", { resource: "pods" }]],
  KubeQuotaFullyUsed: [["kubernetes-mixin", { resource: "pods" }]],
  KubeStatefulSetReplicasMismatch: [["kubernetes-mixin", { statefulset: "triage" }]],
  KubeStatefulSetUpdateNotRolledOut: [["kubernetes-mixin", { statefulset: "triage" }]],
  CertManagerCertExpirySoon: [["cert-manager-mixin", { name: "triage" }]],
  CertManagerCertNotReady: [["cert-manager-mixin", { name: "triage" }]],
  KubeContainerAverageMemoryHigh: [["Azure Monitor", { controller: "triage-6c7d9f4b8d", container: "agent" }]],
  KubeContainerOOMKilledCount: [["Azure Monitor", { controller: "triage-6c7d9f4b8d", container: "agent" }]],
  KubePVUsageHigh: [["Azure Monitor", { persistentvolumeclaim: "storage-triage-0" }]],
  KubePodContainerRestart: [["Azure Monitor", { controller: "triage-6c7d9f4b8d", container: "agent" }]],
  KubePodNotReadyByController: [["Azure Monitor", { controller: "triage-6c7d9f4b8d" }]],
  KubePodReadyStateLow: [["Azure Monitor", { deployment: "triage" }]],
  ContainerHighMemoryUsage: [["awesome-prometheus-alerts", { container: "agent" }]],
  ContainerHighThrottleRate: [["awesome-prometheus-alerts", { container: "agent" }]],
  KubernetesContainerOomKiller: [["awesome-prometheus-alerts", { container: "agent" }]],
  KubernetesDeploymentReplicasMismatch: [["awesome-prometheus-alerts", { deployment: "triage" }]],
  KubernetesHpaScaleMaximum: [
    ["awesome-prometheus-alerts", { horizontalpodautoscaler: "triage" }],
    ["awesome-prometheus-alerts, of KEDA", { horizontalpodautoscaler: "keda-hpa-triage" }],
  ],
  KubernetesPodCrashLooping: [["awesome-prometheus-alerts", { pod: "triage-0" }]],
  KubernetesPodNotHealthy: [["awesome-prometheus-alerts", { pod: "triage-0" }]],
  KubernetesReplicasetReplicasMismatch: [["awesome-prometheus-alerts", { replicaset: "triage-6c7d9f4b8d" }]],
  KubernetesStatefulsetReplicasMismatch: [["awesome-prometheus-alerts", { statefulset: "triage" }]],
  KubernetesStatefulsetUpdateNotRolledOut: [["awesome-prometheus-alerts", { statefulset: "triage" }]],
  KubernetesVolumeFullInFourDays: [["awesome-prometheus-alerts", { persistentvolumeclaim: "storage-triage-0" }]],
  KubernetesVolumeOutOfDiskSpace: [["awesome-prometheus-alerts", { persistentvolumeclaim: "storage-triage-0" }]],
  KubeDeploymentGenerationMismatch: [["kubernetes-mixin", { deployment: "triage" }]],
  KubeStatefulSetGenerationMismatch: [["kubernetes-mixin", { statefulset: "triage" }]],
  KubeHpaReplicasMismatch: [["kubernetes-mixin", { horizontalpodautoscaler: "triage" }]],
  KubeJobFailed: [["kubernetes-mixin", { job_name: "triage" }]],
  KubeJobNotCompleted: [["kubernetes-mixin", { job_name: "triage" }]],
  KubePdbNotEnoughHealthyPods: [["kubernetes-mixin", { poddisruptionbudget: "triage" }]],
  PodDisruptionBudgetAtLimit: [["OpenShift", { poddisruptionbudget: "triage" }]],
  PodDisruptionBudgetLimit: [["OpenShift", { poddisruptionbudget: "triage" }]],
  TargetDown: [["kube-prometheus", { job: "triage", service: "triage" }]],
  KubeJobStale: [["Azure Monitor", { job_name: "triage" }]],
  PrometheusTargetMissing: [["awesome-prometheus-alerts", { job: "triage" }]],
  KubernetesDeploymentGenerationMismatch: [["awesome-prometheus-alerts", { deployment: "triage" }]],
  KubernetesStatefulsetGenerationMismatch: [["awesome-prometheus-alerts", { statefulset: "triage" }]],
  KubernetesHpaMetricsUnavailability: [["awesome-prometheus-alerts", { horizontalpodautoscaler: "triage" }]],
  KubernetesHpaScaleInability: [["awesome-prometheus-alerts", { horizontalpodautoscaler: "triage" }]],
  KubernetesJobFailed: [["awesome-prometheus-alerts", { job_name: "triage" }]],
  KubernetesJobSlowCompletion: [["awesome-prometheus-alerts", { job_name: "triage" }]],
  KubernetesCronjobFailing: [["awesome-prometheus-alerts", { cronjob: "triage" }]],
  KubernetesPersistentvolumeclaimPending: [
    ["awesome-prometheus-alerts", { persistentvolumeclaim: "storage-triage-0" }],
  ],
  ArgocdServiceNotSynced: [["awesome-prometheus-alerts", { name: "production.support.triage" }]],
  ArgocdServiceUnhealthy: [["awesome-prometheus-alerts", { name: "production.support.triage" }]],
  FluxHelmreleaseFailure: [["awesome-prometheus-alerts", { name: "support.triage" }]],
  FluxSourceIssue: [["awesome-prometheus-alerts", { name: "support.triage" }]],
  ArgoCdAppOutOfSync: [["argo-cd-mixin", { name: "production.support.triage" }]],
  ArgoCdAppSyncFailed: [["argo-cd-mixin", { name: "production.support.triage" }]],
  ArgoCdAppUnhealthy: [["argo-cd-mixin", { name: "production.support.triage" }]],
  FluxHelmReleaseArtifactfailed: [["Flux' notifications", { name: "support.triage", kind: "HelmRelease" }]],
  FluxHelmReleaseInstallFailed: [["Flux' notifications", { name: "support.triage", kind: "HelmRelease" }]],
  FluxHelmReleaseInstallfailed: [["Flux' notifications", { name: "support.triage", kind: "HelmRelease" }]],
  FluxHelmReleaseRollbackfailed: [["Flux' notifications", { name: "support.triage", kind: "HelmRelease" }]],
  FluxHelmReleaseTestfailed: [["Flux' notifications", { name: "support.triage", kind: "HelmRelease" }]],
  FluxHelmReleaseUpgradeFailed: [["Flux' notifications", { name: "support.triage", kind: "HelmRelease" }]],
  FluxHelmReleaseUpgradefailed: [["Flux' notifications", { name: "support.triage", kind: "HelmRelease" }]],
  ReconciliationFailure: [["fluxcd-mixin", { name: "support.triage", kind: "HelmRelease" }]],
  KedaScaledObjectErrors: [["keda-mixin", { scaledObject: "triage" }]],
  KedaScalerDetailErrors: [["keda-mixin", { scaledObject: "triage" }]],
  ArgoAppMissing: [["common among those who run Argo CD", { name: "production.support.triage" }]],
  ArgoAppNotSynced: [["common among those who run Argo CD", { name: "production.support.triage" }]],
  ArgoAppUnhealthy: [["common among those who run Argo CD", { name: "production.support.triage" }]],
  ArgoCDAppNotSynced: [["common among those who run Argo CD", { name: "production.support.triage" }]],
  ArgoCDAppOutOfSync: [["common among those who run Argo CD", { name: "production.support.triage" }]],
  ArgoCDAppUnhealthy: [["common among those who run Argo CD", { name: "production.support.triage" }]],
  FluxHelmReleaseFailed: [["common among those who run Flux", { name: "support.triage" }]],
  FluxHelmReleaseNotReady: [["common among those who run Flux", { name: "support.triage" }]],
  FluxReconciliationFailure: [["common among those who run Flux", { name: "support.triage" }]],
  HelmReleaseNotReady: [["common among those who run Flux", { name: "support.triage" }]],
  KEDAScalerErrors: [["common among those who run KEDA", { scaledObject: "triage" }]],
  KedaScalerErrors: [["common among those who run KEDA", { scaledObject: "triage" }]],
  KubePersistentVolumeClaimPending: [
    ["common among those who run kube-state-metrics", { persistentvolumeclaim: "storage-triage-0" }],
  ],
  // No mixin has these; many installations do, on metrics of kube-state-metrics and of the Kafka exporter.
  ContainerOOMKilled: [["common among those who run kube-state-metrics", { container: "agent" }]],
  KafkaConsumerGroupLag: [["common among those who run kafka-exporter", { consumergroup: "support.triage" }]],
  KubeContainerOOMKilled: [["common among those who run kube-state-metrics", { container: "agent" }]],
  KubePodEvicted: [["common among those who run kube-state-metrics", { node: "node-3" }]],
  KubePodOOMKilled: [["common among those who run kube-state-metrics", { container: "agent" }]],
  PodOOMKilled: [["common among those who run kube-state-metrics", { container: "agent" }]],
};

let remedies: readonly CompiledRemedy[];
beforeAll(async () => {
  remedies = loadPolicies(await shippedPolicies(), []).remedies;
});

/** Names of the remedies that answer an alert, each tried by itself. */
function answers(alertname: string, labels: Readonly<Record<string, string>>): readonly string[] {
  const alert = alertOf({ alertname, ...labels });
  return remedies.filter((remedy) => remedyFor(alert, [remedy]) !== undefined).map(({ name }) => name);
}

describe("alerts and remedies", () => {
  const own = new Set(rules.flatMap(({ alert }) => (alert === undefined ? [] : [alert])));

  test("every alert that a remedy names is raised by the chart or by somebody known, and none of those is forgotten", () => {
    const named = new Set(remedies.flatMap(({ alerts }) => alerts));
    expect([...named].sort()).toEqual([...new Set([...own, ...Object.keys(OTHERS)])].sort());
  });

  test("every alert that the chart raises is answered by exactly one", () => {
    const raised = rules.flatMap(({ alert, labels }) => (alert === undefined ? [] : [{ alert, labels }]));
    expect(raised.length).toBeGreaterThan(20);
    expect(raised.filter(({ alert, labels }) => answers(alert, labels).length !== 1)).toEqual([]);
  });

  test("so is every alert of others", () => {
    const told = Object.entries(OTHERS).flatMap(([name, kinds]) =>
      kinds.map(([, labels]) => [name, ...answers(name, labels)].join(" ")),
    );
    expect(told.filter((line) => line.split(" ").length !== 2)).toEqual([]);
    expect(told).toContain("KubeHpaMaxedOut hpa-at-max");
    expect(told).toContain("KubeHpaMaxedOut keda-at-max");
    expect(told).toContain("KubeContainerWaiting image-pull");
    expect(told).toContain("KubeContainerWaiting secret-missing");
  });

  test("what waits for another reason, or an unknown one, is reported", () => {
    expect(answers("KubeContainerWaiting", { reason: "ContainerCreating" })).toEqual(["container-waiting"]);
    expect(answers("KubeContainerWaiting", {})).toEqual(["container-waiting"]);
  });
});

describe("what a remedy looks at", () => {
  const agent = { name: "triage", namespace: "support-agents", tenant: "support", environment: "production" };

  function filled(query: string, labels: Readonly<Record<string, string>>): string {
    const text = fillQuery(query, { agent, labels });
    return typeof text === "string" ? text : text.problem;
  }

  /** The metrics a PromQL text reads; "ERROR" where it is none. */
  function metricsOf(query: string): readonly string[] {
    const found: string[] = [];
    parser.parse(query).iterate({
      enter(node) {
        if (node.type.isError) found.push("ERROR");
        if (node.name !== "VectorSelector") return;
        const selector = query.slice(node.from, node.to);
        found.push(/__name__="([^"]+)"/.exec(selector)?.[1] ?? /^[A-Za-z_:][\w:]*/.exec(selector)?.[0] ?? "");
      },
    });
    return found;
  }

  const queriesOf = (remedy: CompiledRemedy) => [
    ...remedy.evidence.flatMap((one) => (one.kind === "promql" ? [one.query] : [])),
    ...(remedy.verify === undefined ? [] : [remedy.verify.promql]),
  ];

  test("is PromQL, about one agent's namespace, the agent itself, or the node of its pod", () => {
    for (const remedy of remedies) {
      for (const query of queriesOf(remedy)) {
        const text = filled(query, { window: "1h", node: "node-3" });
        expect([remedy.name, text, metricsOf(text)]).toEqual([
          remedy.name,
          text,
          expect.not.arrayContaining(["ERROR", ""]),
        ]);
        for (const selector of text.match(/\{[^{}]*\}/g)?.filter((part) => part.includes("=")) ?? [])
          expect([remedy.name, selector]).toEqual([
            remedy.name,
            expect.stringMatching(
              /namespace="support-agents"|node="node-3"|consumergroup="support-agents\.triage"|raos_agent="triage",raos_tenant="support",raos_environment="production"/,
            ),
          ]);
      }
    }
  });

  test("is no other agent's pods, though their names begin alike", () => {
    const patterns = remedies.flatMap(
      (remedy) =>
        [...remedy.evidence.flatMap((one) => ("query" in one ? [one.query] : []))].join(" ").match(/pod=~"[^"]*"/g) ??
        [],
    );
    expect(patterns.length).toBeGreaterThan(30);
    for (const pattern of new Set(patterns)) {
      const pods = new RegExp(`^(?:${filled(pattern, {}).slice(6, -1)})$`);
      const told = [
        "triage-7d9f8c6b5-x2x4z",
        "triage-0",
        "triage-12",
        "triage-b-7d9f8c6b5-x2x4z",
        "triage-b-0",
        "xtriage-0",
      ].filter((pod) => pods.test(pod));
      expect(told).toEqual(["triage-7d9f8c6b5-x2x4z", "triage-0", "triage-12"]);
    }
  });

  test("holds what the alert of the chart was raised on, so that the picture shows what fired", () => {
    const blind = rules.flatMap(({ alert, expr, labels }) => {
      if (alert === undefined) return [];
      const remedy = remedies.find((one) => one.alerts.includes(alert));
      const seen = new Set(
        remedy?.evidence.flatMap((one) => (one.kind === "promql" ? metricsOf(filled(one.query, labels)) : [])),
      );
      const read = expr.match(/\b(?:container|kube|keda|dapr|gen_ai|mcp)_\w+(?=[{,)])|raos_agent:[\w:]+/g) ?? [];
      const workload = expr.includes("AGENT_REPLICAS_AVAILABLE") ? ["kube_deployment_status_replicas_available"] : [];
      const calls = expr.includes("AGENT_LATENCY_BUCKETS") ? ["dapr_http_client_roundtrip_latency_bucket"] : [];
      return [...read, ...workload, ...calls].some((metric) => seen.has(metric)) ? [] : [alert];
    });
    expect(blind).toEqual([]);
  });

  test("says where the line is drawn, wherever the alert is about a number", () => {
    const without = remedies.filter(
      (remedy) => !remedy.evidence.some((one) => one.kind === "promql" && one.threshold !== undefined),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});
