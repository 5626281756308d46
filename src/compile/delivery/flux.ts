import { chartDir } from "../../domain/deployed/deploy-path.ts";
import type { EffectiveAgent } from "../../domain/fleet.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { Json } from "../../domain/values/scalars.ts";
import type { MergedAgent } from "../merged-agent.ts";
import { joinedName } from "../names.ts";
import { isAutoscaled, type ScalingMode } from "../sections/scaling.ts";
import { pathInRepository } from "./repository-path.ts";

const CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/**
 * The HelmRelease of an agent (helm.toolkit.fluxcd.io/v2). It lives beside the source, not in the tenant's namespace, so
 * that it can be applied before that namespace exists; Helm creates the namespace where the tenant's file is not merged yet.
 * Helm's own records go to the agent's namespace: two tenants may each have a release of one name.
 *
 * What names the values names their content too. So changed values change the HelmRelease, and its `Ready` condition can no
 * longer speak of the values before (kustomize-controller#387): until helm-controller has seen the new generation, it is not ready.
 */
export function helmRelease(
  agent: MergedAgent,
  { environment, spec }: EffectiveAgent,
  config: Config,
  mode: ScalingMode,
  digest: string,
): Json {
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
      ...chart(environment, agent.tenant, config),
      install: { createNamespace: true, strategy: { name: "RetryOnFailure" } },
      upgrade: {
        cleanupOnFail: true,
        strategy: { name: "RemediateOnFailure" },
        remediation: { retries: 3, strategy: "rollback" },
      },
      driftDetection: { mode: "enabled", ...(isAutoscaled(mode) ? { ignore: [replicas] } : {}) },
      valuesFrom: [{ kind: "ConfigMap", name: valuesName(agent, digest), valuesKey: "values.yaml" }],
    },
  };
}

/**
 * Where helm-controller takes the chart from. In this repository it is the tenant's own copy, which changes only with a pull
 * request of the tenant: charts/agent itself would be deployed everywhere with each commit. The copy's version moves with its
 * content, and so `ChartVersion` is enough; `Revision` would upgrade every release with every commit of the repository.
 */
function chart(environment: string, tenant: string, config: Config): { readonly [key: string]: Json } {
  const { chart, flux } = config.spec;
  if ("oci" in chart)
    return { chartRef: { kind: "OCIRepository", name: chartName(tenant), namespace: flux.sourceRef.namespace } };
  return {
    chart: {
      spec: {
        chart: `./${pathInRepository(config, chartDir(environment, tenant))}`,
        reconcileStrategy: "ChartVersion",
        sourceRef: { kind: "GitRepository", name: flux.sourceRef.name, namespace: flux.sourceRef.namespace },
      },
    },
  };
}

/**
 * The name of the ConfigMap that holds an agent's values: it moves with their digest. Kustomize's own hash would need a file more
 * in each folder, which says that a HelmRelease refers to ConfigMaps.
 */
function valuesName(agent: MergedAgent, digest: string): string {
  return `${joinedName(agent.tenant, agent.name)}.${digest}`;
}

/**
 * The kustomization.yaml of a folder: kustomize-controller applies the folder, makes its values a ConfigMap, and deletes the one
 * that held the values before. The watch label makes helm-controller act at once where somebody changes the ConfigMap itself.
 */
export function kustomization(agent: MergedAgent, config: Config, digest: string): Json {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: ["release.yaml"],
    configMapGenerator: [
      {
        name: valuesName(agent, digest),
        namespace: config.spec.flux.sourceRef.namespace,
        files: ["values.yaml"],
        options: { disableNameSuffixHash: true, labels: { "reconcile.fluxcd.io/watch": "Enabled" } },
      },
    ],
  };
}

/** The chart's OCI artifact for one tenant, or undefined where the chart is in the repository itself. */
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

/** The one object that a person applies to a cluster: it deploys every folder below `deploy/<environment>`, without an index. */
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
        path: `./${pathInRepository(config, `deploy/${environment}`)}`,
        prune: true,
        sourceRef: { kind: "GitRepository", name: sourceRef.name },
      },
    },
  ];
}
