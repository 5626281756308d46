import type { Config } from "./kinds/config.ts";

/** A label (or an annotation) that no tenant may set, and who reads or sets it. */
export interface Reserved {
  /** A domain with a `/` at its end means all its keys and those of its subdomains; anything else is one key. */
  readonly entry: string;
  readonly by: string;
}

/** The `by` of a repository's own entries. */
const OWN = "raos.yaml (spec.reservedLabels)";

/**
 * Who reads or sets a label or annotation, so that no tenant may set it; undefined where a tenant may. Reserved are the list
 * below, `reservedLabels` of raos.yaml, and the labels by which Prometheus and Grafana select objects.
 */
export function reservedBy(key: string, config: Config): string | undefined {
  const { monitoring, reservedLabels } = config.spec;
  if (Object.hasOwn(monitoring.labels, key)) return "Prometheus (spec.monitoring.labels of raos.yaml)";
  if (key === monitoring.dashboardLabel) return "Grafana";
  const shipped = EXACT.get(key) ?? domainsOf(key).flatMap((domain) => DOMAINS.get(domain) ?? [])[0];
  return shipped ?? (reservedLabels.some((entry) => covers(entry, key)) ? OWN : undefined);
}

/** Whether an entry (`example.com/`, `example.com/team` or `team`) is about a key. */
export function covers(entry: string, key: string): boolean {
  return entry.endsWith("/") ? domainsOf(key).includes(entry) : entry === key;
}

/** The domain of a key and its parent domains, each with its `/`, the narrowest first; none for a key without a domain. */
function domainsOf(key: string): readonly string[] {
  const slash = key.indexOf("/");
  if (slash < 0) return [];
  const parts = key.slice(0, slash).split(".");
  return parts.map((_, index) => `${parts.slice(index).join(".")}/`);
}

const RAOS = "RAOS, Helm or Dapr";

/**
 * Labels and annotations that a program in a cluster acts on: it injects a container, gives an identity, or selects, deploys,
 * deletes or ignores objects that have them. Sources: the documentation of each project.
 */
export const RESERVED: readonly Reserved[] = [
  ...keys(RAOS, "app.kubernetes.io/", "helm.sh/", "raos.dev/", "dapr.io/"),
  ...keys("Kubernetes", "kubernetes.io/", "k8s.io/", "x-k8s.io/"),
  ...keys("Kubernetes", "pod-template-hash", "controller-revision-hash", "controller-uid", "job-name", "k8s-app"),
  ...keys("Istio", "istio.io/", "istio-injection", "istio-locality", "istio"),
  ...keys("Linkerd", "linkerd.io/"),
  ...keys("a service mesh", "kuma.io/", "openservicemesh.io/", "konghq.com/", "appmesh.k8s.aws/", "traefik.io/"),
  ...keys("Consul, Vault or Nomad", "hashicorp.com/", "banzaicloud.io/"),
  ...keys("the cloud's workload identity", "azure.workload.identity/", "aadpodidbinding", "iam.amazonaws.com/"),
  ...keys("AWS", "amazonaws.com/", "k8s.aws/"),
  ...keys("Google Cloud", "gke.io/", "cloud.google.com/", "cnrm.cloud.google.com/"),
  ...keys("Azure", "azure.com/", "azure.microsoft.com/"),
  ...keys("OpenShift or Rancher", "openshift.io/", "okd.io/", "cattle.io/", "rancher.io/"),
  ...keys("SPIFFE", "spiffe.io/", "spire.io/"),
  ...keys("Argo", "argoproj.io/"),
  ...keys("Flux", "fluxcd.io/", "weave.works/"),
  ...keys("Crossplane", "crossplane.io/"),
  ...keys("Tekton or Knative", "tekton.dev/", "knative.dev/"),
  ...keys("KEDA", "keda.sh/"),
  ...keys("Grafana", "grafana_dashboard", "grafana_datasource", "grafana_alert", "grafana_notifier", "grafana_plugin"),
  ...keys("Grafana", "grafana_folder", "grafana.com/", "integreatly.org/"),
  ...keys("Prometheus", "prometheus.io/", "monitoring.coreos.com/", "prometheus-operator.dev/"),
  ...keys(
    "a log collector",
    "fluentbit.io/",
    "fluentd.io/",
    "co.elastic.logs/",
    "co.elastic.hints/",
    "loki.grafana.com/",
  ),
  ...keys("a tracing or monitoring agent", "opentelemetry.io/", "jaegertracing.io/", "dynatrace.com/", "instana.com/"),
  ...keys(
    "a tracing or monitoring agent",
    "ad.datadoghq.com/",
    "admission.datadoghq.com/",
    "newrelic.com/",
    "appdynamics.com/",
  ),
  ...keys("cert-manager", "cert-manager.io/", "certmanager.k8s.io/"),
  ...keys(
    "a secrets operator",
    "external-secrets.io/",
    "bitnami.com/",
    "reloader.stakater.com/",
    "onepassword.com/",
    "doppler.com/",
    "infisical.com/",
  ),
  ...keys(
    "an admission policy",
    "kyverno.io/",
    "gatekeeper.sh/",
    "openpolicyagent.org/",
    "sigstore.dev/",
    "kubewarden.io/",
  ),
  ...keys(
    "the network plugin",
    "cilium.io/",
    "io.cilium/",
    "projectcalico.org/",
    "antrea.io/",
    "ovn.org/",
    "cni.cncf.io/",
  ),
  ...keys(
    "an ingress or DNS controller",
    "external-dns/",
    "nginx.org/",
    "haproxy.org/",
    "projectcontour.io/",
    "metallb.io/",
    "metallb.universe.tf/",
    "kube-vip.io/",
  ),
  ...keys(
    "a scheduler or autoscaler",
    "karpenter.sh/",
    "volcano.sh/",
    "kruise.io/",
    "koordinator.sh/",
    "fairwinds.com/",
  ),
  ...keys("a backup tool", "velero.io/", "kasten.io/", "stash.appscode.com/"),
  ...keys(
    "an operator",
    "strimzi.io/",
    "postgres-operator.crunchydata.com/",
    "cnpg.io/",
    "elastic.co/",
    "mongodb.com/",
  ),
];

const EXACT: ReadonlyMap<string, string> = new Map(
  RESERVED.filter(({ entry }) => !entry.endsWith("/")).map(({ entry, by }) => [entry, by]),
);
const DOMAINS: ReadonlyMap<string, string> = new Map(
  RESERVED.filter(({ entry }) => entry.endsWith("/")).map(({ entry, by }) => [entry, by]),
);

/** The entries of one program. */
function keys(by: string, ...entries: readonly string[]): readonly Reserved[] {
  return entries.map((entry) => ({ entry, by }));
}
