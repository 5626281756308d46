import { resolve } from "node:path";
import { helmTemplate } from "../../real/helm/helm.ts";
import { type Manifest, manifests } from "../fixture-renders.ts";

export const RAOS_CHART = resolve(import.meta.dirname, "../../../charts/raos");
export const NAMESPACE = "raos-system";

/** Values of the bot as operators write them, by a name. */
export const valueSets: Readonly<Record<string, string>> = {
  defaults: "",
  // A token, two repositories, no volume, no network policy.
  token: `
serve:
  repositories: [https://github.com/acme/agents, https://github.com/acme/platform]
  path: platform
  logLevel: debug
persistence: {enabled: false, size: 2Gi}
networkPolicy: {enabled: false}
serviceAccount: {create: false}
existingSecrets: [raos, model]
runAs: {user: null, group: null, fsGroup: null}
`,
  // Agents in namespaces of the same cluster, alerts and webhooks through an Ingress.
  namespaces: `
image: {repository: registry.acme.example/raos, tag: 1.2.3}
imagePullSecrets: [{name: registry}]
rbac: {scope: namespace, namespaces: [support-agents, finance, finance]}
webhookPaths: [/api/github/webhooks, /api/alerts]
api: {url: https://raos.acme.example, paths: [/mcp], people: github}
ingress: {enabled: true, className: nginx, host: raos.acme.example, tlsSecretName: raos-tls, annotations: {a.example/b: c}}
networkPolicy:
  ingress: [{namespace: ingress-nginx, podLabels: {app: ingress}}, {cidr: 10.1.2.0/24}]
  egress: {kubernetes: [10.0.0.1/32]}
podDisruptionBudget: {minAvailable: 1}
monitoring: {serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}}
`,
  // Everything else that can be set, on GitHub Enterprise Server behind a proxy.
  everything: `
fullnameOverride: the-bot
commonLabels: {team: platform}
image: {digest: "sha256:${"0123456789abcdef".repeat(4)}", pullPolicy: Always}
serve: {host: "::", port: 8080, interval: 5m, deadline: 2m, grace: 1m, logLevel: warn}
github: {serverUrl: https://github.acme.example, apiUrl: https://github.acme.example/api/v3, formerAccounts: [octocat, "acme-bot[bot]"]}
sources:
  prometheus: https://prometheus.acme.example,https://prometheus.staging.acme.example
  loki: https://loki.acme.example
  alertmanager: https://alertmanager.acme.example
  openai: https://models.acme.example/v1
  grafana: https://grafana.acme.example
proxy: {https: http://proxy.acme.example:3128, http: http://proxy.acme.example:3128, noProxy: [.acme.example, 10.0.0.0/8]}
ca: {configMap: acme-ca, key: bundle.pem}
api:
  url: https://raos.acme.example
  issuers:
    - {environment: staging, issuer: https://kubernetes.staging.acme.example, jwksUrl: https://keys.acme.example:8443/staging/jwks}
    - {environment: production, issuer: https://kubernetes.default.svc, jwksConfigMap: {name: clusters, key: production.json}}
    - {environment: production, issuer: https://spire.acme.example, kind: spiffe, jwksUrl: https://spire.acme.example/keys}
  tokensSecret: {name: raos-api, key: tokens}
  cardKeySecret: {name: raos-card, key: key.pem}
  pushHosts: ["*.agents.svc.cluster.local", "billing.acme.svc.cluster.local:8080", "[fd00::1]:8443"]
kubeconfig: {existingSecret: clusters, key: config}
rbac: {scope: cluster}
serviceAccount: {name: bot, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/raos"}}
persistence: {storageClassName: fast, size: 20Gi, accessModes: [ReadWriteOncePod], annotations: {a.example/b: c}}
service: {type: NodePort, port: 8080, annotations: {a.example/b: c}}
httpRoute:
  enabled: true
  parentRefs: [{name: public, namespace: gateways, sectionName: https}]
  hostnames: [raos.acme.example]
  annotations: {a.example/b: c}
monitoring:
  namespace: observability
  labels: {release: kube-prometheus-stack}
  serviceMonitor: {enabled: true, interval: 15s}
  dashboard: {enabled: true}
  prometheusRule:
    enabled: true
    alertLabels: {team: platform}
    matchers: {job: raos, cluster: management}
    notReconcilingAfter: 1h
    rateLimitShare: 0.75
networkPolicy:
  ingress: [{namespace: gateways}]
  egress:
    public: false
    monitoringPorts: [9090]
    more: [{cidr: 10.9.0.0/16, port: 3128}, {namespace: models, podLabels: {app: vllm}, port: 8000}, {public: true, port: 8443}]
podDisruptionBudget: {maxUnavailable: 50%}
resources: {requests: {cpu: "1", memory: 1Gi}, limits: {cpu: 2, memory: 2Gi, ephemeral-storage: 5Gi}}
runAs: {user: 1000, group: 1000, fsGroup: 2000}
podAnnotations: {a.example/b: c}
podLabels: {network: restricted}
priorityClassName: platform
nodeSelector: {kubernetes.io/os: linux}
tolerations: [{key: platform, operator: Exists, effect: NoSchedule}]
affinity:
  nodeAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 1, preference: {matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [a]}]}}
topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {a: b}}}
extraEnv:
  - {name: PROMETHEUS_URL__STAGING, value: https://prometheus.staging.acme.example}
  - {name: LOKI_TOKEN_FILE, value: /var/run/loki/token}
  - {name: OPENAI_API_KEY, valueFrom: {secretKeyRef: {name: llm, key: key, optional: true}}}
extraVolumes: [{name: loki, secret: {secretName: loki}}]
extraVolumeMounts: [{name: loki, mountPath: /var/run/loki, readOnly: true}]
`,
  // A cluster-wide reader of its own cluster, without any volume of the chart.
  cluster: `
rbac: {scope: cluster}
persistence: {existingClaim: raos-cache}
ca: {secret: acme-ca}
`,
};

const rendered = new Map<string, Promise<string>>();

/** What the chart renders for values. The same is rendered once. */
export function renderBot(values: string, version: "helm" | "helm3" = "helm"): Promise<string> {
  const key = `${version} ${values}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const rendering = helmTemplate({ chart: RAOS_CHART, values, release: "raos", namespace: NAMESPACE, version });
  rendered.set(key, rendering);
  return rendering;
}

/** The objects that the chart renders for a set of values. */
export async function objectsOf(set: keyof typeof valueSets): Promise<readonly Manifest[]> {
  return manifests(await renderBot(valueSets[set] ?? ""));
}

/** The pod that a Deployment of the chart makes, as an object of its own. */
export function podOf(objects: readonly Manifest[]): Manifest & { readonly metadata: { readonly name: string } } {
  const deployment = objects.find(({ kind }) => kind === "Deployment");
  if (deployment === undefined) throw new Error("no Deployment");
  const { metadata, spec } = deployment.spec.template;
  const { name, namespace = NAMESPACE } = deployment.metadata;
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name, namespace }, spec };
}
