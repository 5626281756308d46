import * as yaml from "yaml";
import type { Chance } from "./random.ts";

export type Environment = "staging" | "production";
export const ENVIRONMENTS = ["staging", "production"] as const;
/** How the shared Prometheus tells the environments apart. */
export const CLUSTER: Readonly<Record<Environment, string>> = { staging: "s1", production: "p1" };
export const MI = 2 ** 20;

/** An agent of the simulated fleet. */
export interface SimAgent {
  readonly key: string;
  readonly tenant: string;
  readonly name: string;
  /** What adds replicas: CPU (a HorizontalPodAutoscaler) or a Kafka topic (KEDA). */
  readonly work: "http" | "queue";
  /** Partitions of its topic: KEDA starts no more consumers. */
  readonly partitions: number;
  /** kube-state-metrics of its tenant is scraped without honor_labels. */
  readonly isExported: boolean;
  /** The spec as its people wrote it. */
  readonly text: string;
}

/** What one environment runs, read from a spec as YAML: independent of the code under test. */
export interface Settings {
  readonly image: string;
  readonly healthPath: string;
  readonly memoryLimit: number;
  readonly memoryRequest: number;
  readonly cpuLimit: number;
  readonly cpuRequest: number;
  readonly min: number;
  readonly max: number;
  readonly kafkaLag: number;
  readonly model: string;
  readonly fallbacks: readonly string[];
  readonly maxConcurrency: number;
  readonly stateHost: string;
  readonly timeout: number;
}

const TENANTS = ["acme", "borealis", "cobalt", "delta", "ember", "fjord", "granit", "harbour"] as const;
const WORDS = [
  "triage",
  "billing",
  "search",
  "summaries",
  "routing",
  "pricing",
  "intake",
  "review",
  "forecast",
  "translate",
  "dispatch",
  "audit",
  "claims",
] as const;
/** 47 characters and more: pods of such an agent lose a hyphen of their name. */
const LONG = "of-the-customer-correspondence-department-east";

/** So many agents in at most eight tenants; each third works on a queue. */
export function makeAgents(count: number, chance: Chance): readonly SimAgent[] {
  return Array.from({ length: count }, (_, index) => {
    const tenant = TENANTS[index % TENANTS.length] ?? TENANTS[0];
    const word = WORDS[Math.floor(index / TENANTS.length) % WORDS.length] ?? "agent";
    const isLong = index % 33 === 5;
    const name = isLong ? `${word}-${LONG}` : `${word}-${Math.floor(index / (TENANTS.length * WORDS.length))}`;
    const work = index % 3 === 2 ? "queue" : "http";
    const limit = chance.pick([256, 512, 768, 1024]);
    const key = `${tenant}/${name}`;
    const agent = {
      key,
      tenant,
      name,
      work,
      partitions: 12,
      isExported: tenant === "delta" || tenant === "ember",
    } as const;
    return { ...agent, text: specOf(agent, limit) };
  });
}

function specOf({ name, tenant, work }: Pick<SimAgent, "name" | "tenant" | "work">, limit: number): string {
  const scaling = work === "queue" ? "{min: 2, max: 10, keda: {kafkaLag: 200}}" : "{min: 2, max: 6, hpa: {cpu: 70}}";
  const pubsub =
    work === "queue"
      ? `\n    pubsub: {type: pubsub.kafka, host: "kafka.data.svc.cluster.local:9092"}\n    subscriptions: [{topic: ${name.slice(0, 40)}, route: /events, deadLetter: ${name.slice(0, 40)}.dead}]`
      : "";
  return `# The ${name} agent of ${tenant}.
apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: ${tenant}}
spec:
  description: Works on ${name}
  instructions: {inline: Do it.}
  model: {name: gpt-5-mini, fallbacks: [gpt-5-nano], maxConcurrency: 32, apiKeySecretRef: {name: llm, key: key}}
  runtime:
    image: ghcr.io/${tenant}/${name}:1.4.0
    healthPath: /healthz
    resources:
      requests: {cpu: 200m, memory: ${limit / 2}Mi}
      limits: {cpu: "1", memory: ${limit}Mi} # measured in May
    port: 8080
  dapr:
    state: {type: state.redis, host: "redis-master.data.svc.cluster.local:6379"}
    resiliency: {timeout: 20s, retries: 3}${pubsub}
  scaling: ${scaling}
  observability:
    metricsPath: /metrics
    slo: {errorRate: 0.01, p95Seconds: 5}
  supervision: {allowedPaths: [/spec/runtime, /spec/scaling, /spec/model, /spec/dapr], maxChangesPerDay: 3}
  environments:
    staging:
      scaling: {min: 1, max: 3}
      runtime: {resources: {requests: {memory: 128Mi}, limits: {memory: 256Mi}}}
`;
}

/** Everything else that the repository holds. */
export function sharedFiles(agents: readonly SimAgent[], url: string): Readonly<Record<string, string>> {
  const tenants = [...new Set(agents.map((agent) => agent.tenant))];
  const tenant = (name: string) =>
    `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\nspec:\n  quota: {cpu: "200", memory: 400Gi, pods: 400}\n`;
  return {
    "raos.yaml": `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  environments:
    - {name: staging, alerts: {cluster: s1}, kubernetes: {context: s1}}
    - {name: production, alerts: {cluster: p1}, kubernetes: {context: p1}}
  limits: {openPulls: 1000, pullsPerHour: 1000}
  prometheus: {url: "${url}"}
  loki: {url: "${url}"}
`,
    ...Object.fromEntries(tenants.map((name) => [`tenants/${name}.yaml`, tenant(name)])),
    ...Object.fromEntries(agents.map((agent) => [specPath(agent), agent.text])),
  };
}

export function specPath({ tenant, name }: Pick<SimAgent, "tenant" | "name">): string {
  return `agents/${tenant}/${name}.yaml`;
}

type Tree = { readonly [name: string]: unknown };

function treeOf(value: unknown): Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The spec that an environment runs, as a plain tree: the file with the environment's overlay laid over it. */
export function effectiveSpec(text: string, environment: Environment): Tree {
  const { environments, ...base } = treeOf(treeOf(yaml.parse(text)).spec);
  return merge(base, treeOf(treeOf(environments)[environment]));
}

function merge(base: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    merged[name] = isMap ? merge(treeOf(merged[name]), treeOf(value)) : value;
  }
  return merged;
}

export function settingsOf(text: string, environment: Environment): Settings {
  const spec = effectiveSpec(text, environment);
  const at = (...path: readonly string[]) => path.reduce<unknown>((value, name) => treeOf(value)[name], spec);
  const fallbacks = at("model", "fallbacks");
  return {
    image: String(at("runtime", "image")),
    healthPath: String(at("runtime", "healthPath")),
    memoryLimit: amountOf(at("runtime", "resources", "limits", "memory")),
    memoryRequest: amountOf(at("runtime", "resources", "requests", "memory")),
    cpuLimit: amountOf(at("runtime", "resources", "limits", "cpu")),
    cpuRequest: amountOf(at("runtime", "resources", "requests", "cpu")),
    min: amountOf(at("scaling", "min")),
    max: amountOf(at("scaling", "max")),
    kafkaLag: amountOf(at("scaling", "keda", "kafkaLag")),
    model: String(at("model", "name")),
    fallbacks: Array.isArray(fallbacks) ? fallbacks.map(String) : [],
    maxConcurrency: amountOf(at("model", "maxConcurrency")),
    stateHost: String(at("dapr", "state", "host")),
    timeout: amountOf(at("dapr", "resiliency", "timeout")),
  };
}

const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  m: 0.001,
  s: 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  k: 1e3,
  M: 1e6,
  G: 1e9,
};

/** A quantity or a duration as a number of bytes, cores or seconds; not a number: 0. */
function amountOf(value: unknown): number {
  const seconds = /^(?:(\d+)m)?(\d+)s$/.exec(String(value));
  if (seconds !== null) return Number(seconds[1] ?? 0) * 60 + Number(seconds[2]);
  const [, number = "0", suffix = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(String(value)) ?? [];
  return Number(number) * (SUFFIXES[suffix] ?? 0);
}
