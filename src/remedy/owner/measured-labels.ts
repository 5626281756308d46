/** AlertLabels of an alert: untrusted. */
export type AlertLabels = Readonly<Record<string, string>>;

const EXPORTED = "exported_";

/** AlertLabels that Prometheus adds to everything it scrapes: they name the scraped target. */
const TARGET_LABELS = ["namespace", "service", "pod", "container", "endpoint", "node", "instance", "job"];

/** Of these, the ones that say which object of Kubernetes was measured: where one is renamed, an exporter measured it. */
const OBJECT_LABELS = ["namespace", "pod", "container"];

/** Containers that measure other workloads; so does each whose name ends in `exporter`. */
const EXPORTERS = new Set([
  "application-controller",
  "argocd-application-controller",
  "keda-operator",
  "keda-operator-metrics-apiserver",
  "kube-state-metrics",
  "manager",
]);

/**
 * What other collectors call these labels: OpenTelemetry's resource attributes, Google Cloud, Datadog, cAdvisor before
 * Kubernetes 1.16, and Prometheus' own example of a configuration.
 */
const OTHER_NAMES: AlertLabels = {
  container_name: "container",
  k8s_container_name: "container",
  k8s_deployment_name: "deployment",
  k8s_job_name: "job_name",
  k8s_namespace_name: "namespace",
  k8s_node_name: "node",
  k8s_pod_name: "pod",
  k8s_statefulset_name: "statefulset",
  kube_container_name: "container",
  kube_deployment: "deployment",
  kube_namespace: "namespace",
  kube_stateful_set: "statefulset",
  kubernetes_namespace: "namespace",
  kubernetes_pod_name: "pod",
  namespace_name: "namespace",
  pod_name: "pod",
};

/**
 * The labels of what was measured, under Prometheus' usual names. Where a metric and the scraped target have a label of the same
 * name, Prometheus renames the metric's to `exported_…` (unless `honor_labels` is set), and the other one names the exporter,
 * such as kube-state-metrics or KEDA. An exporter's pod and container are left out. The labels `exported_…` stay as they are.
 */
export function measuredLabels(labels: AlertLabels): AlertLabels {
  const before = MEASURED.get(labels);
  if (before !== undefined) return before;
  const measured = withoutExporter(labels);
  MEASURED.set(labels, measured);
  return measured;
}

/** Kept since the alerts of a storm are looked at for each remedy and expression. */
const MEASURED = new WeakMap<AlertLabels, AlertLabels>();

function withoutExporter(labels: AlertLabels): AlertLabels {
  const known = new Map(Object.entries(labels));
  for (const name of labelsOfExporter(labels)) known.delete(name);
  for (const [name, value] of Object.entries(labels))
    if (name.startsWith(EXPORTED)) known.set(name.slice(EXPORTED.length), value);
  for (const [name, usual] of Object.entries(OTHER_NAMES)) {
    const value = known.get(name);
    if (value !== undefined && !known.has(usual)) known.set(usual, value);
  }
  return Object.fromEntries(known);
}

/** The names of the labels that name what measured, and not what was measured. */
function labelsOfExporter(labels: AlertLabels): readonly string[] {
  // The namespace of an exporter is no tenant's, so it does no harm where it is all there is.
  if (OBJECT_LABELS.some((name) => Object.hasOwn(labels, EXPORTED + name)))
    return TARGET_LABELS.filter((name) => name !== "namespace" || Object.hasOwn(labels, `${EXPORTED}namespace`));
  const { container, pod = "" } = labels;
  if (container === undefined || !(EXPORTERS.has(container) || container.endsWith("exporter"))) return [];
  // With `honor_labels` a metric about pods keeps its own pod, though it has no container.
  return ["container", "service", "endpoint", "instance", ...(pod.includes(container) ? ["pod"] : [])];
}
