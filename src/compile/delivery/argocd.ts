import { join } from "node:path/posix";
import { chartDir } from "../../domain/deployed/deploy-path.ts";
import { deployDir, type EffectiveAgent } from "../../domain/fleet.ts";
import type { Config, Tenant } from "../../domain/kinds/kinds.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { withoutTrailing } from "../../domain/values/trim.ts";
import type { MergedAgent } from "../merged-agent.ts";
import { joinedName } from "../names.ts";
import { isAutoscaled, type ScalingMode } from "../sections/scaling.ts";
import { pathInRepository } from "./repository-path.ts";

type Argocd = Config["spec"]["argocd"];

const GENERATE_PATHS = "argocd.argoproj.io/manifest-generate-paths";
/** Argo CD's own finalizer: with an Application what it deployed goes too, and a project stays as long as an Application needs it. */
const FINALIZERS = ["resources-finalizer.argocd.argoproj.io"];

/**
 * The Application of an agent (argoproj.io/v1alpha1): the chart, with the values beside this file. Its project is the
 * tenant's; until that project is merged Argo CD reports "project does not exist" on this one Application, syncs the
 * others, and heals it by itself once the project is there.
 *
 * Its annotation names the folders that it is rendered from, so that Argo CD does not render every Application for every commit.
 * They are absolute: Argo CD looks for the same paths in each of the sources, and joins a relative one to the source's own path,
 * which is the whole repository for the one that holds the values.
 *
 * A chart in this repository is the tenant's own copy of it, which changes only with a pull request of the tenant.
 */
export function application(
  agent: MergedAgent,
  { environment, spec }: EffectiveAgent,
  config: Config,
  mode: ScalingMode,
): Json {
  const { argocd, chart } = config.spec;
  const folder = pathInRepository(config, deployDir(environment, agent.key));
  const helm = { releaseName: agent.name, valueFiles: [`$values/${folder}/values.yaml`] };
  const copy = pathInRepository(config, chartDir(environment, agent.tenant));
  const rendered = "oci" in chart ? [folder] : [copy, folder];
  const values = { repoURL: repository(argocd), targetRevision: argocd.targetRevision, ref: "values" };
  const scaled = isAutoscaled(mode);
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: joinedName(environment, agent.tenant, agent.name),
      namespace: argocd.namespace,
      annotations: { [GENERATE_PATHS]: rendered.map((path) => join("/", path)).join(";") },
      finalizers: FINALIZERS,
    },
    spec: {
      project: projectName(environment, agent.tenant),
      destination: destination(environment, config, agent.facts.namespace),
      sources: [
        "oci" in chart
          ? { ...helmRepository(chart.oci), targetRevision: chart.version, helm }
          : {
              repoURL: repository(argocd),
              path: copy,
              targetRevision: argocd.targetRevision,
              helm,
            },
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
 * The AppProject of a tenant: its Applications may deploy this repository's chart only to the tenant's namespace, and only the
 * kinds that the chart renders. It has a file of its own, since it belongs to Argo CD's cluster, while the tenant's other
 * objects belong to the environment's cluster. Its finalizer keeps it until its last Application is gone: Argo CD cannot take
 * down an Application without its project, and what it deployed would stay.
 */
export function appProject(own: Tenant, environment: string, namespace: string, config: Config): Json {
  const tenant = own.metadata.name;
  const isBound = (own.spec.roles ?? []).some(({ clusterWide }) => clusterWide === true);
  const { argocd, chart } = config.spec;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name: projectName(environment, tenant), namespace: argocd.namespace, finalizers: FINALIZERS },
    spec: {
      description: `Agents of ${tenant} in ${environment}`,
      sourceRepos: [repository(argocd), ...("oci" in chart ? [helmRepository(chart.oci).repoURL] : [])],
      destinations: [destination(environment, config, namespace)],
      clusterResourceWhitelist: [
        { group: "", kind: "Namespace" },
        ...(isBound ? [{ group: "rbac.authorization.k8s.io", kind: "ClusterRoleBinding" }] : []),
      ],
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
  ["batch", "CronJob"],
  ["batch", "Job"],
  ["dapr.io", "Component"],
  ["dapr.io", "Configuration"],
  ["dapr.io", "MCPServer"],
  ["dapr.io", "Resiliency"],
  ["dapr.io", "Subscription"],
  ["external-secrets.io", "ExternalSecret"],
  ["gateway.networking.k8s.io", "HTTPRoute"],
  ["keda.sh", "ScaledObject"],
  ["keda.sh", "TriggerAuthentication"],
  ["monitoring.coreos.com", "PodMonitor"],
  ["monitoring.coreos.com", "PrometheusRule"],
  ["monitoring.coreos.com", "ServiceMonitor"],
  ["networking.k8s.io", "Ingress"],
  ["networking.k8s.io", "NetworkPolicy"],
  ["policy", "PodDisruptionBudget"],
  ["rbac.authorization.k8s.io", "Role"],
  ["rbac.authorization.k8s.io", "RoleBinding"],
];

/**
 * The two Applications that a person applies once for an environment. One deploys agents' Applications and tenants' projects to
 * Argo CD's own cluster, the other deploys tenants' namespaces to the environment's cluster.
 */
export function argocdRoot(environment: string, config: Config): readonly Json[] {
  const { argocd } = config.spec;
  const root = (name: string, include: string, target: Json): Json => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: argocd.namespace, annotations: { [GENERATE_PATHS]: "." } },
    spec: {
      project: "default",
      destination: target,
      source: {
        repoURL: repository(argocd),
        targetRevision: argocd.targetRevision,
        path: pathInRepository(config, `deploy/${environment}`),
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

/** raos.yaml has to set the URL where Argo CD delivers; Argo CD would reject "". */
function repository(argocd: Argocd): string {
  return argocd.repoURL ?? "";
}

/** Argo CD wants a Helm repository in a registry without `oci://`, and the chart's name in a field of its own. */
function helmRepository(oci: string): { readonly repoURL: string; readonly chart: string } {
  const reference = withoutTrailing(oci.replace(/^oci:\/\//, ""), "/");
  const slash = reference.lastIndexOf("/");
  return { repoURL: reference.slice(0, Math.max(slash, 0)), chart: reference.slice(slash + 1) };
}
