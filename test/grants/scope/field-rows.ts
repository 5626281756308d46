import type { RefusalReason } from "../../../src/grants/refusal.ts";

/** How a grant treats fields, and why. */
export interface FieldRow {
  /**
   * `harmless`: it may be anything. `counted`: it is taken out of the budget. Else it is compared with the parent's, or with the
   * grant, and this is the refusal.
   */
  readonly treatment: "harmless" | "counted" | RefusalReason;
  readonly why: string;
  /** Paths of fields; what is compared as a whole ends in `.**`. What is harmless is named field by field. */
  readonly fields: readonly string[];
}

const PROBE = [
  ...["httpGet.path", "httpGet.port", "httpGet.scheme", "tcpSocket.port", "grpc.port", "grpc.service"],
  ...["initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold"],
];
const below = (path: string, names: readonly string[]) => names.map((name) => `${path}.${name}`);

/** Every field of an agent's spec. A new one needs a row here, and a place in `scopeOf` or a reason why it gives nothing. */
export const FIELD_ROWS: readonly FieldRow[] = [
  {
    treatment: "harmless",
    why: "words about the agent, and defaults whose results are compared where they are",
    fields: ["description", "version", "stage", "instructions.inline", "modelRef.name"],
  },
  {
    treatment: "template-not-granted",
    why: "templates are granted by name; parameters only show in other fields",
    fields: ["template.**"],
  },
  { treatment: "image-wider-than-parents", why: "the program that runs", fields: ["runtime.image"] },
  {
    treatment: "harmless",
    why: "tags of a granted image, each proposed to people",
    fields: below("runtime.upgrade", ["range", "scheme", "pattern"]),
  },
  {
    treatment: "harmless",
    why: "how its own process is found, started and stopped",
    fields: [
      ...below("runtime", ["port", "protocol", "healthPath", "strategy", "storage.mountPath"]),
      ...below("runtime.pod", ["terminationGracePeriodSeconds", "volumes[].name"]),
      ...below("runtime.pod.lifecycle.preStop", ["httpGet.path", "httpGet.port", "httpGet.scheme", "sleep.seconds"]),
      ...below("runtime.pod.startupProbe", PROBE),
      ...below("runtime.pod.readinessProbe", PROBE),
      ...below("runtime.pod.livenessProbe", PROBE),
    ],
  },
  {
    treatment: "harmless",
    why: "how its own replicas are spread over nodes that others may use as well",
    fields: below("runtime.pod.topologySpreadConstraints[]", [
      ...["maxSkew", "topologyKey", "whenUnsatisfiable", "minDomains", "labelSelector.matchLabels"],
      ...below("labelSelector.matchExpressions[]", ["key", "operator", "values"]),
    ]),
  },
  {
    treatment: "program-wider-than-parents",
    why: "they make the stock agent another program, which keeps no limits; a prompt file may be any file",
    fields: ["runtime.command", "runtime.args", "runtime.env[].**", "instructions.file"],
  },
  {
    treatment: "secrets-wider-than-parents",
    why: "what it knows of other systems",
    fields: [
      ...below("runtime.env[].valueFrom.secretKeyRef", ["name", "key"]),
      ...["runtime.externalSecrets[].**", "model.apiKeySecretRef.**", "networking.hosts[].ingress.tlsSecretName"],
      ...["dapr.state.secretRef", "dapr.pubsub.secretRef", "runtime.pod.imagePullSecrets[].name"],
      ...["runtime.pod.volumes[].secret.secretName", "runtime.pod.envFrom[].secretRef.name"],
    ],
  },
  {
    treatment: "counted",
    why: "CPU, memory and dollars come out of the parent's budget",
    fields: [
      ...below("runtime.resources.requests", ["cpu", "memory"]),
      ...below("runtime.resources.limits", ["cpu", "memory"]),
      ...["runtime.workload", "runtime.job.parallelism", "runtime.job.concurrencyPolicy"],
      ...["dapr.enabled", "dapr.sidecar.cpuRequest", "dapr.sidecar.memoryRequest"],
      ...["scaling.min", "scaling.max", "limits.dollarsPerDay"],
    ],
  },
  {
    treatment: "harmless",
    why: "within what is counted: when replicas start, and what one task may take of the dollars",
    fields: [
      ...below("scaling", ["hpa.cpu", "hpa.memory", "keda.query", "keda.threshold", "keda.kafkaLag"]),
      ...below("limits", ["turns", "tokens", "seconds"]),
      ...below("runtime.job", ["schedule", "timeZone", "suspend", "startingDeadlineSeconds", "backoffLimit"]),
      ...below("runtime.job", ["successfulJobsHistoryLimit", "failedJobsHistoryLimit", "activeDeadlineSeconds"]),
      ...below("runtime.job", ["ttlSecondsAfterFinished", "completions"]),
      "model.maxConcurrency",
    ],
  },
  {
    treatment: "storage-wider-than-parents",
    why: "no budget counts disks",
    fields: [
      ...["runtime.resources.requests.ephemeral-storage", "runtime.resources.limits.ephemeral-storage"],
      ...["runtime.storage.size", "runtime.storage.storageClassName"],
      ...below("runtime.pod.volumes[].ephemeral", ["storage", "storageClassName"]),
    ],
  },
  {
    treatment: "harmless",
    why: "volumes that hold nothing of others and end with the pod",
    fields: below("runtime.pod.volumes[]", ["emptyDir.medium", "emptyDir.sizeLimit", "ephemeral.accessModes"]),
  },
  {
    treatment: "privileges-wider-than-parents",
    why: "devices, nodes, users, volumes and programs of a pod; labels, by which policies of others select pods",
    fields: [
      ...["runtime.resources.requests.nvidia.com/gpu", "runtime.resources.requests.amd.com/gpu"],
      ...["runtime.resources.limits.nvidia.com/gpu", "runtime.resources.limits.amd.com/gpu"],
      ...["runtime.pod.**", "labels"],
    ],
  },
  { treatment: "identity-wider-than-parents", why: "who it is in clouds", fields: ["runtime.serviceAccount.**"] },
  {
    treatment: "model-wider-than-parents",
    why: "which models answer",
    fields: below("model", ["provider", "name", "endpoint", "fallbacks"]),
  },
  { treatment: "egress-wider-than-parents", why: "the region is in the address", fields: ["model.region"] },
  { treatment: "tools-wider-than-parents", why: "what it may do", fields: ["tools[].**"] },
  {
    treatment: "harmless",
    why: "a name of its own for a server, and how long it waits",
    fields: ["tools[].mcp.name", "tools[].mcp.streamableHTTP.timeout", "tools[].mcp.sse.timeout"],
  },
  {
    treatment: "dapr-wider-than-parents",
    why: "whose state it reads, and whose messages; the registry of dapr-agents is the tenant's",
    fields: [
      ...["runtime.framework", "dapr.subscriptions[].topic", "dapr.subscriptions[].deadLetter"],
      ...["dapr.state.**", "dapr.pubsub.**", "dapr.components[].**"],
    ],
  },
  {
    treatment: "harmless",
    why: "how its own sidecar handles what it may have anyway",
    fields: [
      ...["dapr.state.actor", "dapr.subscriptions[].route"],
      ...below("dapr.subscriptions[].bulk", ["maxMessages", "maxAwait"]),
      ...below("dapr.resiliency", ["timeout", "retries", "circuitBreaker"]),
      ...below("dapr.sidecar", ["cpuLimit", "memoryLimit", "logLevel", "maxConcurrency"]),
    ],
  },
  {
    treatment: "harmless",
    why: "what its card says; who may call it is in tools of others and in access",
    fields: [
      ...["a2a.enabled", "a2a.streaming", "a2a.documentationUrl", "a2a.provider.organization", "a2a.provider.url"],
      ...below("a2a.skills[]", ["id", "name", "description", "tags", "examples"]),
    ],
  },
  {
    treatment: "exposure-wider-than-parents",
    why: "who reaches it, and who approves for it",
    fields: ["access.callers[].**", "networking.hosts[].**", "networking.ingress[].**"],
  },
  {
    treatment: "egress-wider-than-parents",
    why: "whom it reaches",
    fields: [
      ...below("networking.egress[]", ["cidr", "namespace", "podLabels", "port"]),
      "observability.tracing.endpoint",
    ],
  },
  { treatment: "harmless", why: "a note for the reviewer", fields: ["networking.egress[].description"] },
  {
    treatment: "harmless",
    why: "what is seen of it; it opens nothing",
    fields: [
      ...below("observability", ["metricsPath", "slo.errorRate", "slo.p95Seconds", "dashboard", "alerts"]),
      "observability.tracing.samplingRate",
    ],
  },
  {
    treatment: "supervision-wider-than-parents",
    why: "what changes of it without a person",
    fields: below("supervision", ["allowedPaths", "autoMerge", "maxChangesPerDay"]),
  },
  {
    treatment: "grant-wider-than-parents",
    why: "a part of what was granted, at most",
    fields: ["supervision.createAgents.**", "supervision.improves"],
  },
  {
    treatment: "harmless",
    why: "it is about agents below this one alone",
    fields: ["supervision.createAgents.onDelete"],
  },
];
