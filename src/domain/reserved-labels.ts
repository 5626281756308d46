import type { Config } from "./config.ts";

/** Who obeys or sets a label (or an annotation), so that no tenant may. */
export interface Reserved {
  /** A domain with its `/` stands for it and every domain below it; else one whole key. */
  readonly entry: string;
  readonly by: string;
}

/** What a repository's own entries are said to be obeyed by. */
const OWN = "raos.yaml (spec.reservedLabels)";

/**
 * Why a label's or annotation's key is not for a tenant to set: what sets or obeys it. Undefined where it is free. Besides
 * the list that ships, it is what raos.yaml reserves (`reservedLabels`) and by what Prometheus and Grafana select objects.
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

/** The domains that a key lies in, each with its `/`, the narrowest first; none for a key without one. */
function domainsOf(key: string): readonly string[] {
  const slash = key.indexOf("/");
  if (slash < 0) return [];
  const parts = key.slice(0, slash).split(".");
  return parts.map((_, index) => `${parts.slice(index).join(".")}/`);
}

const RAOS = "RAOS, Helm or Dapr";

/**
 * Labels and annotations that something in a cluster obeys: it injects a container, gives an identity, selects, deploys,
 * deletes or passes over what carries them. Sources: the documentation of each project.
 */
export const RESERVED: readonly Reserved[] = [
  ...each(RAOS, "app.kubernetes.io/", "helm.sh/", "raos.dev/", "dapr.io/"),
  ...each("Kubernetes", "kubernetes.io/", "k8s.io/", "x-k8s.io/"),
  ...each("Kubernetes", "pod-template-hash", "controller-revision-hash", "controller-uid", "job-name", "k8s-app"),
  ...each("Istio", "istio.io/", "istio-injection", "istio-locality", "istio"),
  ...each("Linkerd", "linkerd.io/"),
  ...each("a service mesh", "kuma.io/", "openservicemesh.io/", "konghq.com/", "appmesh.k8s.aws/", "traefik.io/"),
  ...each("Consul, Vault or Nomad", "hashicorp.com/", "banzaicloud.io/"),
  ...each("the cloud's workload identity", "azure.workload.identity/", "aadpodidbinding", "iam.amazonaws.com/"),
  ...each("AWS", "amazonaws.com/", "k8s.aws/"),
  ...each("Google Cloud", "gke.io/", "cloud.google.com/", "cnrm.cloud.google.com/"),
  ...each("Azure", "azure.com/", "azure.microsoft.com/"),
  ...each("OpenShift or Rancher", "openshift.io/", "okd.io/", "cattle.io/", "rancher.io/"),
  ...each("SPIFFE", "spiffe.io/", "spire.io/"),
  ...each("Argo", "argoproj.io/"),
  ...each("Flux", "fluxcd.io/", "weave.works/"),
  ...each("Crossplane", "crossplane.io/"),
  ...each("Tekton or Knative", "tekton.dev/", "knative.dev/"),
  ...each("KEDA", "keda.sh/"),
  ...each("Grafana", "grafana_dashboard", "grafana_datasource", "grafana_alert", "grafana_notifier", "grafana_plugin"),
  ...each("Grafana", "grafana_folder", "grafana.com/", "integreatly.org/"),
  ...each("Prometheus", "prometheus.io/", "monitoring.coreos.com/", "prometheus-operator.dev/"),
  ...each(
    "a log collector",
    "fluentbit.io/",
    "fluentd.io/",
    "co.elastic.logs/",
    "co.elastic.hints/",
    "loki.grafana.com/",
  ),
  ...each("a tracing or monitoring agent", "opentelemetry.io/", "jaegertracing.io/", "dynatrace.com/", "instana.com/"),
  ...each(
    "a tracing or monitoring agent",
    "ad.datadoghq.com/",
    "admission.datadoghq.com/",
    "newrelic.com/",
    "appdynamics.com/",
  ),
  ...each("cert-manager", "cert-manager.io/", "certmanager.k8s.io/"),
  ...each(
    "a secrets operator",
    "external-secrets.io/",
    "bitnami.com/",
    "reloader.stakater.com/",
    "onepassword.com/",
    "doppler.com/",
    "infisical.com/",
  ),
  ...each(
    "an admission policy",
    "kyverno.io/",
    "gatekeeper.sh/",
    "openpolicyagent.org/",
    "sigstore.dev/",
    "kubewarden.io/",
  ),
  ...each(
    "the network plugin",
    "cilium.io/",
    "io.cilium/",
    "projectcalico.org/",
    "antrea.io/",
    "ovn.org/",
    "cni.cncf.io/",
  ),
  ...each(
    "an ingress or DNS controller",
    "external-dns/",
    "nginx.org/",
    "haproxy.org/",
    "projectcontour.io/",
    "metallb.io/",
    "metallb.universe.tf/",
    "kube-vip.io/",
  ),
  ...each(
    "a scheduler or autoscaler",
    "karpenter.sh/",
    "volcano.sh/",
    "kruise.io/",
    "koordinator.sh/",
    "fairwinds.com/",
  ),
  ...each("a backup tool", "velero.io/", "kasten.io/", "stash.appscode.com/"),
  ...each(
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

function each(by: string, ...entries: readonly string[]): readonly Reserved[] {
  return entries.map((entry) => ({ entry, by }));
}
