import { deployDir, type EffectiveAgent } from "../domain/fleet.ts";
import type { Config } from "../domain/kinds.ts";
import type { Json } from "../domain/scalars.ts";
import { withoutTrailing } from "../domain/trim.ts";
import type { MergedAgent } from "./merged-agent.ts";
import { joinedName } from "./names.ts";
import { isAutoscaled, type ScalingMode } from "./scaling.ts";

type Argocd = Config["spec"]["argocd"];

/**
 * The Application of an agent (argoproj.io/v1alpha1): the chart, with the values beside this file. Its project is the
 * tenant's; until that project is merged Argo CD reports "project does not exist" on this one Application, syncs the
 * others, and heals it by itself once the project is there.
 */
export function application(
  agent: MergedAgent,
  { environment, spec }: EffectiveAgent,
  config: Config,
  mode: ScalingMode,
): Json {
  const { argocd, chart } = config.spec;
  const helm = { releaseName: agent.name, valueFiles: [`$values/${deployDir(environment, agent.key)}/values.yaml`] };
  const values = { repoURL: repository(argocd), targetRevision: argocd.targetRevision, ref: "values" };
  const scaled = isAutoscaled(mode);
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: joinedName(environment, agent.tenant, agent.name),
      namespace: argocd.namespace,
      finalizers: ["resources-finalizer.argocd.argoproj.io"],
    },
    spec: {
      project: projectName(environment, agent.tenant),
      destination: destination(environment, config, agent.facts.namespace),
      sources: [
        "oci" in chart
          ? { ...helmRepository(chart.oci), targetRevision: chart.version, helm }
          : { repoURL: repository(argocd), path: chart.path, targetRevision: argocd.targetRevision, helm },
        values,
      ],
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        retry: { limit: 5, backoff: { duration: "10s", factor: 2, maxDuration: "5m" } },
        syncOptions: [
          "CreateNamespace=true",
          "ServerSideApply=true",
          ...(scaled ? ["RespectIgnoreDifferences=true"] : []),
        ],
      },
      ...(scaled
        ? { ignoreDifferences: [{ group: "apps", kind: spec.runtime.workload, jsonPointers: ["/spec/replicas"] }] }
        : {}),
    },
  };
}

/**
 * The AppProject of a tenant: its Applications may deploy this repository's chart to the tenant's namespace alone, and
 * only the kinds that the chart renders. It lies in a file of its own, since it belongs to Argo CD's cluster, while the
 * tenant's other objects belong to the environment's.
 */
export function appProject(tenant: string, environment: string, namespace: string, config: Config): Json {
  const { argocd, chart } = config.spec;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name: projectName(environment, tenant), namespace: argocd.namespace },
    spec: {
      description: `Agents of ${tenant} in ${environment}`,
      sourceRepos: [repository(argocd), ...("oci" in chart ? [helmRepository(chart.oci).repoURL] : [])],
      destinations: [destination(environment, config, namespace)],
      clusterResourceWhitelist: [{ group: "", kind: "Namespace" }],
      namespaceResourceWhitelist: chartKinds.map(([group, kind]) => ({ group, kind })),
    },
  };
}

/** What charts/agent renders; a test compares it with the chart. */
export const chartKinds: readonly (readonly [group: string, kind: string])[] = [
  ["", "ConfigMap"],
  ["", "Service"],
  ["", "ServiceAccount"],
  ["apps", "Deployment"],
  ["apps", "StatefulSet"],
  ["autoscaling", "HorizontalPodAutoscaler"],
  ["dapr.io", "Component"],
  ["dapr.io", "Configuration"],
  ["dapr.io", "MCPServer"],
  ["dapr.io", "Resiliency"],
  ["dapr.io", "Subscription"],
  ["keda.sh", "ScaledObject"],
  ["keda.sh", "TriggerAuthentication"],
  ["monitoring.coreos.com", "PodMonitor"],
  ["monitoring.coreos.com", "PrometheusRule"],
  ["monitoring.coreos.com", "ServiceMonitor"],
  ["networking.k8s.io", "NetworkPolicy"],
  ["policy", "PodDisruptionBudget"],
];

/**
 * The two Applications a control plane is pointed at once for an environment: one gathers agents' Applications and
 * tenants' projects for Argo CD's own cluster, the other brings tenants' namespaces to the environment's cluster.
 */
export function argocdRoot(environment: string, config: Config): readonly Json[] {
  const { argocd } = config.spec;
  const root = (name: string, include: string, target: Json): Json => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: argocd.namespace },
    spec: {
      project: "default",
      destination: target,
      source: {
        repoURL: repository(argocd),
        targetRevision: argocd.targetRevision,
        path: `deploy/${environment}`,
        directory: { recurse: true, include },
      },
      syncPolicy: {
        automated: { prune: true, selfHeal: true, allowEmpty: true },
        syncOptions: ["ServerSideApply=true"],
      },
    },
  });
  return [
    root(`raos-${environment}`, "{**/application.yaml,**/project.yaml}", {
      name: "in-cluster",
      namespace: argocd.namespace,
    }),
    root(`raos-${environment}-tenants`, "**/tenant.yaml", destination(environment, config, "default")),
  ];
}

function destination(environment: string, config: Config, namespace: string): { readonly [key: string]: Json } {
  const cluster = config.spec.environments.find((candidate) => candidate.name === environment)?.cluster;
  return { name: cluster ?? "in-cluster", namespace };
}

function projectName(environment: string, tenant: string): string {
  return joinedName(environment, tenant);
}

/** Reading raos.yaml asks for the URL where Argo CD delivers; "" is refused by Argo CD by name. */
function repository(argocd: Argocd): string {
  return argocd.repoURL ?? "";
}

/** Argo CD wants a Helm repository in a registry without `oci://`, and the chart's name apart. */
function helmRepository(oci: string): { readonly repoURL: string; readonly chart: string } {
  const reference = withoutTrailing(oci.replace(/^oci:\/\//, ""), "/");
  const slash = reference.lastIndexOf("/");
  return { repoURL: reference.slice(0, Math.max(slash, 0)), chart: reference.slice(slash + 1) };
}
