import type { LeafChange } from "./leaf-changes.ts";

/** What a value of values.yaml means to a reviewer. */
export interface Meaning {
  /** In a reviewer's words, without Markdown; the path of values that have none. */
  readonly what: string;
  /** Lower is more important. */
  readonly rank: number;
  /** The change lets the agent, or others through it, do more than before. */
  readonly widens: boolean;
}

type Test = (leaf: LeafChange) => boolean;

const comes: Test = ({ before, after }) => before === undefined && after !== undefined;
const goes: Test = ({ after }) => after === undefined || (Array.isArray(after) && after.length === 0);
/** A list that bounds what may be done: without it there is no bound, and an entry more is more that may be done. */
const bound: Test = (leaf) => (Array.isArray(leaf.before) ? goes(leaf) : comes(leaf) && !Array.isArray(leaf.after));
const differs: Test = ({ after }) => after !== undefined;
const isTrue: Test = ({ after }) => after === true;
const never: Test = () => false;
/** A variable whose value is, or becomes, a Secret's. */
const isSecret: Test = ({ after }) => JSON.stringify(after ?? null).includes('"secretKeyRef"');

/**
 * Paths of values.yaml, most important first: `*` is one key, a last `**` any number. Words: `{}` is what the first `*`
 * stood for. Then what makes the change a wider permission.
 */
const TABLE: readonly (readonly [path: string, words: string, widens: Test])[] = [
  ["runtime.image", "image", never],
  ["version", "version", never],
  ["access.callers.*", "caller {}", comes],
  ["access.callers.*.operations", "operations of caller {}", bound],
  ["access.**", "callers", differs],
  ["mcpServers.*", "MCP server {}", comes],
  ["mcpServers.*.allow", "tools of MCP server {}", bound],
  ["mcpServers.*.requireApproval", "tools of MCP server {} that need approval", goes],
  ["mcpServers.*.url", "address of MCP server {}", differs],
  ["mcpServers.*.**", "MCP server {}", differs],
  ["mcpServers", "MCP servers", never],
  ["peers.*", "peer {}", comes],
  ["networking.egress", "egress", comes],
  ["networking.ingress", "ingress", comes],
  ["runtime.env.*", "environment variable {}", isSecret],
  ["runtime.env.*.value", "environment variable {}", isSecret],
  ["runtime.env.*.valueFrom", "environment variable {}", isSecret],
  ["a2a.enabled", "A2A endpoint", isTrue],
  ["model.endpoint", "model endpoint", differs],
  ["model.apiKeySecretRef", "model's API key", differs],
  ["dapr.state.secret", "Secret of the state store", differs],
  ["dapr.pubsub.secret", "Secret of the broker", differs],
  ["model.provider", "model provider", differs],
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
  ["runtime.framework", "framework", never],
  ["runtime.storage", "volume", never],
  ["runtime.port", "port", never],
  ["instructions", "instructions", never],
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

const MEANINGS = TABLE.map(([path, words, widens], rank) => ({ pattern: path.split("."), words, widens, rank }));

/** What the changed value means to a reviewer, how much it matters, and whether it is a wider permission. */
export function meaningOf(leaf: LeafChange): Meaning {
  for (const { pattern, words, widens, rank } of MEANINGS) {
    const star = match(pattern, leaf.path);
    if (star === undefined) continue;
    const inside = pattern.at(-1) === "**" ? leaf.path.slice(pattern.length - 1) : [];
    const what = [words.replace("{}", () => star), ...(inside.length > 0 ? [inside.join(".")] : [])].join(": ");
    return { what, rank, widens: widens(leaf) };
  }
  return { what: leaf.path.join("."), rank: MEANINGS.length, widens: false };
}

/** What the first `*` stood for ("" without one), or undefined where the path is another. */
function match(pattern: readonly string[], path: readonly string[]): string | undefined {
  const open = pattern.at(-1) === "**";
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? path.length < fixed.length : path.length !== fixed.length) return undefined;
  if (fixed.some((key, index) => key !== "*" && key !== path[index])) return undefined;
  const star = fixed.indexOf("*");
  return star < 0 ? "" : (path[star] ?? "");
}
