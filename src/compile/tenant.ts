import { BEYOND_BASELINE } from "../domain/agent/pod/tenant-allows.ts";
import type { Tenant } from "../domain/kinds/kinds.ts";
import type { Json } from "../domain/values/scalars.ts";
import { namespaceOf } from "./namespace.ts";
import { section, sorted } from "./section.ts";

/**
 * The objects of a tenant in one environment: its namespace and what holds there for every pod. Pod security is enforced
 * at `baseline` and warned at `restricted`: the agents' own containers meet the latter, while Dapr's sidecar does so only
 * where Dapr was installed with `sidecarDropALLCapabilities`. A tenant whose file allows what `baseline` refuses has no enforced
 * level, since a namespace has only one: the check of specs and the guardrail `pod-privileges` hold the others to theirs.
 */
export function tenantObjects(tenant: Tenant, environment: string): readonly Json[] {
  const name = tenant.metadata.name;
  const namespace = namespaceOf(name, { tenants: new Map([[name, tenant]]) });
  const labels = {
    "app.kubernetes.io/managed-by": "raos",
    "raos.dev/tenant": name,
    "raos.dev/environment": environment,
  };
  const metadata = (object: string) => ({ name: object, namespace, labels });
  return [
    namespaceObject(tenant, namespace, labels),
    ...quota(tenant, metadata),
    ...limits(tenant, metadata),
    ...admins(tenant, metadata),
    defaultDeny(metadata),
  ];
}

/** The address of NodeLocal DNSCache, on clusters that have it. */
const NODE_LOCAL_DNS = "169.254.20.10/32";

type Metadata = (name: string) => Json;
type Labels = { readonly [key: string]: string };

function namespaceObject(tenant: Tenant, namespace: string, labels: Labels): Json {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespace,
      labels: {
        ...sorted(tenant.metadata.labels),
        ...labels,
        "pod-security.kubernetes.io/enforce": (tenant.spec.allow ?? []).some((each) => BEYOND_BASELINE.has(each))
          ? "privileged"
          : "baseline",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
      },
      // Deleting a namespace deletes everything in it: Flux and Argo CD must not do that because a file was deleted.
      annotations: {
        ...sorted(tenant.metadata.annotations),
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
      },
    },
  };
}

function quota(tenant: Tenant, metadata: Metadata): readonly Json[] {
  const { cpu, memory, pods } = tenant.spec.quota ?? {};
  const hard = section({ "requests.cpu": cpu, "requests.memory": memory, pods });
  return hard === undefined
    ? []
    : [{ apiVersion: "v1", kind: "ResourceQuota", metadata: metadata("agents"), spec: { hard } }];
}

/**
 * A quota on requests refuses containers without requests (such as Dapr's sidecar), so a LimitRange gives them a default. Where
 * the tenant sets a default limit or a maximum, Kubernetes derives the request from it; a higher request would be refused.
 */
function limits(tenant: Tenant, metadata: Metadata): readonly Json[] {
  const { default: own, max } = tenant.spec.limits ?? {};
  if (tenant.spec.limits === undefined && tenant.spec.quota === undefined) return [];
  const unless = (resource: "cpu" | "memory", amount: string) =>
    own?.[resource] === undefined && max?.[resource] === undefined ? amount : undefined;
  const container = section({
    type: "Container",
    defaultRequest: section({ cpu: unless("cpu", "100m"), memory: unless("memory", "64Mi") }),
    default: section({ ...own }),
    max: section({ ...max }),
  });
  return [{ apiVersion: "v1", kind: "LimitRange", metadata: metadata("agents"), spec: { limits: [container ?? {}] } }];
}

function admins(tenant: Tenant, metadata: Metadata): readonly Json[] {
  const groups = tenant.spec.admins ?? [];
  if (groups.length === 0) return [];
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: metadata("agents-view"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: groups.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name })),
    },
  ];
}

/** No traffic in, and out only to DNS; each agent's own policy opens what its spec needs. */
function defaultDeny(metadata: Metadata): Json {
  const cluster = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } };
  const onNode = { ipBlock: { cidr: NODE_LOCAL_DNS } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadata("default-deny"),
    spec: {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      egress: [
        {
          to: [cluster, onNode],
          ports: [
            { port: 53, protocol: "UDP" },
            { port: 53, protocol: "TCP" },
          ],
        },
      ],
    },
  };
}
