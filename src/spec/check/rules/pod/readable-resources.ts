/** Resources of Kubernetes by their API group: https://kubernetes.io/docs/reference/using-api/ */
const GROUPS: Readonly<Record<string, string>> = {
  "": "pods services configmaps events endpoints persistentvolumeclaims serviceaccounts replicationcontrollers resourcequotas limitranges podtemplates nodes namespaces persistentvolumes",
  apps: "deployments statefulsets daemonsets replicasets controllerrevisions",
  batch: "jobs cronjobs",
  autoscaling: "horizontalpodautoscalers",
  "networking.k8s.io": "ingresses networkpolicies ingressclasses",
  policy: "poddisruptionbudgets",
  "rbac.authorization.k8s.io": "roles rolebindings clusterroles clusterrolebindings",
  "storage.k8s.io": "storageclasses volumeattachments csidrivers csinodes",
  "discovery.k8s.io": "endpointslices",
  "coordination.k8s.io": "leases",
};
const IN_NO_NAMESPACE: ReadonlySet<string> = new Set(
  "nodes namespaces persistentvolumes ingressclasses clusterroles clusterrolebindings storageclasses volumeattachments csidrivers csinodes".split(
    " ",
  ),
);
const GROUPS_OF = new Map<string, string[]>();
for (const [group, names] of Object.entries(GROUPS))
  for (const name of names.split(" ")) GROUPS_OF.set(name, [...(GROUPS_OF.get(name) ?? []), group]);
// Events are in two groups.
GROUPS_OF.set("events", ["", "events.k8s.io"]);

/**
 * Why a rule grants nothing on a resource: the singular form, another API group, or a resource that is in no namespace. The API
 * server takes such a rule without a word. Undefined where it may grant something.
 */
export function grantsNothing(resource: string, apiGroups: readonly string[]): string | undefined {
  const [name = ""] = resource.split("/");
  const plural = [`${name}s`, `${name}es`, `${name.replace(/y$/, "i")}es`].find((each) => GROUPS_OF.has(each));
  if (!GROUPS_OF.has(name))
    return plural === undefined
      ? undefined
      : `rules name resources in their plural form; write ${resource.replace(name, plural)}`;
  if (IN_NO_NAMESPACE.has(name))
    return `${name} are in no namespace, and this Role grants nothing on them; refer to a ClusterRole in roleRefs with clusterWide: true`;
  const groups = GROUPS_OF.get(name) ?? [];
  if (groups.some((group) => apiGroups.includes(group))) return undefined;
  return `${name} are in the API group ${JSON.stringify(groups[0])}, and this Role grants nothing on them; add it to apiGroups`;
}
