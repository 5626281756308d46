import type { LeafChange } from "./leaf-changes.ts";

/** A changed value of values.yaml in a reviewer's words. */
export interface ValueDescription {
  /** A name in plain words, without Markdown; the path where TABLE has none. */
  readonly what: string;
  /** Lower is more important. */
  readonly rank: number;
  /** The change lets the agent, or others through it, do more than before. */
  readonly widens: boolean;
}

type Test = (leaf: LeafChange) => boolean;

const isAdded: Test = ({ before, after }) => before === undefined && after !== undefined;
const isRemoved: Test = ({ after }) => after === undefined || (Array.isArray(after) && after.length === 0);
/** For an allow-list: without the list there is no limit, and one more entry allows more. */
const isLooser: Test = (leaf) =>
  Array.isArray(leaf.before) ? isRemoved(leaf) : isAdded(leaf) && !Array.isArray(leaf.after);
const isSet: Test = ({ after }) => after !== undefined;
const isTrue: Test = ({ after }) => after === true;
const never: Test = () => false;
/** The value comes from a Secret. */
const isSecret: Test = ({ after }) => /"(?:secretKeyRef|secretRef)"/.test(JSON.stringify(after ?? null));
/** A volume or source of variables that gives what a Secret, a node or a driver holds. */
const givesSecret: Test = ({ after }) =>
  /"(?:secret|secretRef|hostPath|csi|serviceAccountToken|persistentVolumeClaim)":/.test(JSON.stringify(after ?? null));
const isAddedToList: Test = (leaf) => Array.isArray(leaf.after) && leaf.after.length > 0;

/**
 * Paths of values.yaml, the most important first: `*` matches one key, `**` at the end any number. In the words, `{}` is what
 * the first `*` matched. Last, the test whether the change is a wider permission.
 */
const TABLE: readonly (readonly [path: string, words: string, widens: Test])[] = [
  ["runtime.image", "image", never],
  ["version", "version", never],
  ["access.callers.*", "caller {}", isAdded],
  ["access.callers.*.operations", "operations of caller {}", isLooser],
  ["access.**", "callers", isSet],
  ["mcpServers.*", "MCP server {}", isAdded],
  ["mcpServers.*.allow", "tools of MCP server {}", isLooser],
  ["mcpServers.*.requireApproval", "tools of MCP server {} that need approval", isRemoved],
  ["mcpServers.*.url", "address of MCP server {}", isSet],
  ["mcpServers.*.**", "MCP server {}", isSet],
  ["mcpServers", "MCP servers", never],
  ["peers.*", "peer {}", isAdded],
  ["networking.hosts", "hosts outside of the cluster", isAddedToList],
  ["runtime.externalSecrets.*", "Secret {} from a store", isSet],
  ["runtime.externalSecrets.*.**", "Secret {} from a store", isSet],
  ["networking.egress", "egress", isAdded],
  ["networking.ingress", "ingress", isAdded],
  ["runtime.env.*", "environment variable {}", isSecret],
  ["runtime.env.*.value", "environment variable {}", isSecret],
  ["runtime.env.*.valueFrom", "environment variable {}", isSecret],
  ["runtime.serviceAccount.automountServiceAccountToken", "token for the cluster's API server", isTrue],
  ["runtime.serviceAccount.rules", "what it may read in its namespace", isSet],
  ["runtime.serviceAccount.roleRefs.*", "role {} in the cluster", isSet],
  ["runtime.serviceAccount.roleRefs.*.**", "role {} in the cluster", isSet],
  ["runtime.serviceAccount.annotations.*", "identity ({})", isSet],
  ["runtime.pod.hostNetwork", "the node's network", isTrue],
  ["runtime.pod.hostPID", "the node's processes", isTrue],
  ["runtime.pod.hostIPC", "the node's shared memory", isTrue],
  ["runtime.pod.containerSecurityContext.**", "what the agent's container may do", isSet],
  ["runtime.pod.initContainers.*", "container {}", isAdded],
  ["runtime.pod.initContainers.*.image", "image of container {}", never],
  ["runtime.pod.initContainers.*.securityContext.**", "what container {} may do", isSet],
  ["runtime.pod.initContainers.*.**", "container {}", isSecret],
  ["runtime.pod.initContainers", "containers", never],
  ["runtime.pod.volumes.*", "volume {}", givesSecret],
  ["runtime.pod.volumes.*.**", "volume {}", isSet],
  ["runtime.pod.envFrom", "variables from Secrets and ConfigMaps", givesSecret],
  ["runtime.pod.imagePullSecrets", "Secrets for registries", isAddedToList],
  ["runtime.pod.securityContext.**", "user and groups", isSet],
  ["runtime.pod.tolerations", "taints of nodes that are tolerated", isSet],
  ["runtime.pod.priorityClassName", "priority", isSet],
  ["runtime.pod.runtimeClassName", "runtime class", isRemoved],
  ["a2a.enabled", "A2A endpoint", isTrue],
  ["model.endpoint", "model endpoint", isSet],
  ["model.apiKeySecretRef", "model's API key", isSet],
  ["dapr.state.secret", "Secret of the state store", isSet],
  ["dapr.pubsub.secret", "Secret of the broker", isSet],
  ["model.provider", "model provider", isSet],
  ["model.name", "model", never],
  ["model.fallbacks", "fallback models", never],
  ["model.maxConcurrency", "concurrent model calls", never],
  ["scaling.replicas", "replicas", never],
  ["scaling.min", "fewest replicas", never],
  ["scaling.max", "most replicas", never],
  ["scaling.hpa", "scaling by utilisation", never],
  ["scaling.keda", "scaling by KEDA", never],
  ["runtime.resources.limits.memory", "memory limit", never],
  ["runtime.resources.limits.cpu", "CPU limit", never],
  ["runtime.resources.limits.*", "{} limit", never],
  ["runtime.resources.requests.memory", "memory request", never],
  ["runtime.resources.requests.cpu", "CPU request", never],
  ["runtime.resources.requests.*", "{} request", never],
  ["runtime.workload", "workload", never],
  ["runtime.job.schedule", "schedule", never],
  ["runtime.job.suspend", "suspension", never],
  ["runtime.job.**", "job", never],
  ["runtime.framework", "framework", never],
  ["runtime.storage", "volume", never],
  ["runtime.strategy", "how pods are replaced", never],
  ["runtime.pod.extendedResources.*", "device {}", never],
  ["runtime.pod.volumeMounts.*", "mount of volume {}", never],
  ["runtime.pod.volumeMounts.*.**", "mount of volume {}", never],
  ["runtime.pod.annotations.*", "annotation {} of the pods", never],
  ["runtime.pod.labels.*", "label {} of the pods", never],
  ["runtime.pod.**", "pod", never],
  ["runtime.port", "port", never],
  ["instructions", "instructions", never],
  ["dapr.components.*", "Dapr component {}", isAdded],
  ["dapr.components.*.**", "Dapr component {}", isSet],
  ["dapr.enabled", "Dapr", never],
  ["dapr.subscriptions.*", "subscription to {}", never],
  ["dapr.subscriptions.*.**", "subscription to {}", never],
  ["dapr.state.**", "state store", never],
  ["dapr.pubsub.**", "broker", never],
  ["dapr.resiliency.timeout", "timeout", never],
  ["dapr.resiliency.retries", "retries", never],
  ["dapr.resiliency.circuitBreaker", "circuit breaker", never],
  ["observability.slo.errorRate", "objective for errors", never],
  ["observability.slo.p95Seconds", "objective for the 95th percentile, in seconds", never],
  ["observability.alerts", "alerts", never],
  ["observability.dashboard", "dashboard", never],
  ["a2a.skills.*", "skill {}", never],
  ["a2a.skills.*.**", "skill {}", never],
  ["stage", "stage", never],
  ["description", "description", never],
];

const DESCRIPTIONS = TABLE.map(([path, words, widens], rank) => ({ pattern: path.split("."), words, widens, rank }));

/** The changed value's name, its rank, and whether the change widens permissions. */
export function describeValue(leaf: LeafChange): ValueDescription {
  for (const { pattern, words, widens, rank } of DESCRIPTIONS) {
    const matched = match(pattern, leaf.path);
    if (matched === undefined) continue;
    const inside = pattern.at(-1) === "**" ? leaf.path.slice(pattern.length - 1) : [];
    const what = [words.replace("{}", () => matched), ...(inside.length > 0 ? [inside.join(".")] : [])].join(": ");
    return { what, rank, widens: widens(leaf) };
  }
  return { what: leaf.path.join("."), rank: DESCRIPTIONS.length, widens: false };
}

/** What the first `*` matched ("" without a `*`), or undefined where the path does not match. */
function match(pattern: readonly string[], path: readonly string[]): string | undefined {
  const open = pattern.at(-1) === "**";
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? path.length < fixed.length : path.length !== fixed.length) return undefined;
  if (fixed.some((key, index) => key !== "*" && key !== path[index])) return undefined;
  const star = fixed.indexOf("*");
  return star < 0 ? "" : (path[star] ?? "");
}
