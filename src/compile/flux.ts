import type { EffectiveAgent } from "../domain/fleet.ts";
import type { Config } from "../domain/kinds.ts";
import type { Json } from "../domain/scalars.ts";
import type { MergedAgent } from "./merged-agent.ts";
import { joinedName } from "./names.ts";
import { isAutoscaled, type ScalingMode } from "./scaling.ts";

const CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/**
 * The HelmRelease of an agent (helm.toolkit.fluxcd.io/v2). It lives beside the source, not in the tenant's namespace, so
 * that it can be applied before that namespace exists; Helm creates the namespace where the tenant's file is not merged yet.
 * Helm's own records go to the agent's namespace: two tenants may each have a release of one name.
 */
export function helmRelease(agent: MergedAgent, { spec }: EffectiveAgent, config: Config, mode: ScalingMode): Json {
  const { sourceRef, interval } = config.spec.flux;
  const name = joinedName(agent.tenant, agent.name);
  const replicas = { paths: ["/spec/replicas"], target: { kind: spec.runtime.workload } };
  return {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name, namespace: sourceRef.namespace },
    spec: {
      interval,
      timeout: "5m",
      releaseName: agent.name,
      targetNamespace: agent.facts.namespace,
      storageNamespace: agent.facts.namespace,
      ...chart(agent.tenant, config),
      install: { createNamespace: true, strategy: { name: "RetryOnFailure" } },
      upgrade: {
        cleanupOnFail: true,
        strategy: { name: "RemediateOnFailure" },
        remediation: { retries: 3, strategy: "rollback" },
      },
      driftDetection: { mode: "enabled", ...(isAutoscaled(mode) ? { ignore: [replicas] } : {}) },
      valuesFrom: [{ kind: "ConfigMap", name, valuesKey: "values.yaml" }],
    },
  };
}

function chart(tenant: string, config: Config): { readonly [key: string]: Json } {
  const { chart, flux } = config.spec;
  if ("oci" in chart)
    return { chartRef: { kind: "OCIRepository", name: chartName(tenant), namespace: flux.sourceRef.namespace } };
  return {
    chart: {
      spec: {
        chart: `./${chart.path}`,
        reconcileStrategy: "ChartVersion",
        sourceRef: { kind: "GitRepository", name: flux.sourceRef.name, namespace: flux.sourceRef.namespace },
      },
    },
  };
}

/**
 * The kustomization.yaml that makes a folder a unit for kustomize-controller and its values a ConfigMap. The watch label
 * has helm-controller act on changed values at once; the name has no hash, since the HelmRelease names it.
 */
export function kustomization(agent: MergedAgent, config: Config): Json {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: ["release.yaml"],
    configMapGenerator: [
      {
        name: joinedName(agent.tenant, agent.name),
        namespace: config.spec.flux.sourceRef.namespace,
        files: ["values.yaml"],
        options: { disableNameSuffixHash: true, labels: { "reconcile.fluxcd.io/watch": "Enabled" } },
      },
    ],
  };
}

/** The chart's OCI artifact for one tenant, or undefined where the chart lies in the repository itself. */
export function chartRepository(tenant: string, config: Config): Json | undefined {
  const { chart, flux } = config.spec;
  if (!("oci" in chart)) return undefined;
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "OCIRepository",
    metadata: { name: chartName(tenant), namespace: flux.sourceRef.namespace },
    spec: {
      interval: flux.interval,
      url: chart.oci,
      ref: chart.version.startsWith("sha256:") ? { digest: chart.version } : { tag: chart.version },
      layerSelector: { mediaType: CHART_LAYER, operation: "copy" },
    },
  };
}

function chartName(tenant: string): string {
  return joinedName(tenant, "agent-chart");
}

/** The object a cluster is pointed at once: everything below `deploy/<environment>`, folder by folder, with no index. */
export function fluxRoot(environment: string, config: Config): readonly Json[] {
  const { sourceRef, interval } = config.spec.flux;
  return [
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name: "raos", namespace: sourceRef.namespace },
      spec: {
        interval,
        retryInterval: "1m",
        timeout: "5m",
        path: `./deploy/${environment}`,
        prune: true,
        sourceRef: { kind: "GitRepository", name: sourceRef.name },
      },
    },
  ];
}
