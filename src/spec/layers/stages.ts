import { baseUnits } from "../../domain/values/quantity.ts";
import { isMap, valueAt } from "../values.ts";
import type { Layer } from "./merge.ts";

/** The four stages of DACA (Dapr Agentic Cloud Ascent), from one process on a desk to a fleet across zones. */
export const STAGES = ["local", "prototype", "medium", "planet"] as const;
export type Stage = (typeof STAGES)[number];

/** What a stage's defaults depend on, in addition to the spec. */
export interface StageContext {
  readonly name: string;
  readonly namespace: string;
  /** Whether raos.yaml names a Prometheus for the environment, which KEDA can ask. */
  readonly prometheus: boolean;
}

interface StageTraits {
  readonly resources: { readonly cpu: string; readonly memory: string; readonly memoryLimit: string };
  readonly replicas: { readonly min: number; readonly max: number };
  readonly scales: boolean;
  readonly state: Layer;
  readonly pubsub: Layer;
  readonly resiliency: Layer | undefined;
  readonly sidecar: Layer | undefined;
}

/** The addresses of `dapr init` and of the usual Redis in a cluster. */
const REDIS_HOST = "redis:6379";
const KAFKA_HOST = "kafka:9092";

const TRAITS: Readonly<Record<Stage, StageTraits>> = {
  local: {
    resources: { cpu: "50m", memory: "128Mi", memoryLimit: "512Mi" },
    replicas: { min: 1, max: 1 },
    scales: false,
    state: { type: "state.redis", host: REDIS_HOST },
    pubsub: { type: "pubsub.redis", host: REDIS_HOST },
    resiliency: undefined,
    sidecar: { logLevel: "debug" },
  },
  prototype: {
    resources: { cpu: "100m", memory: "256Mi", memoryLimit: "512Mi" },
    replicas: { min: 1, max: 2 },
    scales: false,
    state: { type: "state.redis", host: REDIS_HOST },
    pubsub: { type: "pubsub.redis", host: REDIS_HOST },
    resiliency: undefined,
    sidecar: undefined,
  },
  medium: {
    resources: { cpu: "250m", memory: "512Mi", memoryLimit: "1Gi" },
    replicas: { min: 2, max: 10 },
    scales: true,
    state: { type: "state.postgresql" },
    pubsub: { type: "pubsub.redis", host: REDIS_HOST },
    resiliency: { timeout: "30s", retries: 3, circuitBreaker: true },
    sidecar: { cpuRequest: "100m", memoryRequest: "128Mi" },
  },
  planet: {
    resources: { cpu: "500m", memory: "1Gi", memoryLimit: "2Gi" },
    replicas: { min: 3, max: 100 },
    scales: true,
    state: { type: "state.postgresql", actor: true },
    pubsub: { type: "pubsub.kafka", host: KAFKA_HOST },
    resiliency: { timeout: "60s", retries: 5, circuitBreaker: true },
    sidecar: { cpuRequest: "200m", memoryRequest: "256Mi" },
  },
};

/** Requests per second for one replica, where KEDA scales on Dapr's request count. */
const REQUESTS_PER_REPLICA = 10;
/** Waiting messages for one replica, where KEDA scales on Kafka's lag. */
const LAG_PER_REPLICA = 100;

/** The stage a spec declares, `prototype` where it declares none. */
export function stageOf(declared: Layer): Stage {
  return STAGES.find((stage) => stage === declared.stage) ?? "prototype";
}

/**
 * The layer of the spec's stage, below everything that the spec declares. A stage sets the type of a state store or broker only
 * where the agent declares one (or, for a broker, subscriptions). It leaves out a request or limit that contradicts a declared
 * limit or request, and adapts its minimum and maximum of replicas to a declared maximum or minimum.
 */
export function stageLayer(declared: Layer, around: StageContext): Layer {
  const traits = TRAITS[stageOf(declared)];
  const dapr = daprOf(declared, traits);
  return {
    runtime: { resources: resourcesOf(declared, traits) },
    scaling: isJob(declared) ? {} : scalingOf(declared, traits, dapr, around),
    dapr,
  };
}

/** Nothing scales an agent that ends by itself. */
function isJob(declared: Layer): boolean {
  const workload = valueAt(declared, ["runtime", "workload"]);
  return workload === "CronJob" || workload === "Job";
}

function resourcesOf(declared: Layer, { resources }: StageTraits): Layer {
  const at = (kind: string, name: string) => valueAt(declared, ["runtime", "resources", kind, name]);
  const requests = {
    ...(isAtMost(resources.cpu, at("limits", "cpu")) ? { cpu: resources.cpu } : {}),
    ...(isAtMost(resources.memory, at("limits", "memory")) ? { memory: resources.memory } : {}),
  };
  return {
    requests,
    ...(isAtMost(at("requests", "memory"), resources.memoryLimit) ? { limits: { memory: resources.memoryLimit } } : {}),
  };
}

/** Whether a request is not above a limit; true where one of the two is not declared. */
function isAtMost(request: unknown, limit: unknown): boolean {
  const [low, high] = [request, limit].map((value) =>
    typeof value === "string" || typeof value === "number" ? baseUnits(value) : undefined,
  );
  return low === undefined || high === undefined || low <= high;
}

function scalingOf(declared: Layer, { replicas, scales }: StageTraits, dapr: Layer, around: StageContext): Layer {
  const min = valueAt(declared, ["scaling", "min"]);
  const max = valueAt(declared, ["scaling", "max"]);
  const bounds = {
    min: typeof max === "number" ? Math.min(replicas.min, max) : replicas.min,
    max: typeof min === "number" ? Math.max(replicas.max, min) : replicas.max,
  };
  if (!scales) return bounds;
  const pubsub = valueAt(declared, ["dapr", "pubsub", "type"]) ?? valueAt(dapr, ["pubsub", "type"]);
  const subscriptions = valueAt(declared, ["dapr", "subscriptions"]);
  const subscribes = Array.isArray(subscriptions) && subscriptions.length > 0;
  const asks = valueAt(declared, ["scaling", "keda", "query"]) ?? valueAt(declared, ["scaling", "keda", "threshold"]);
  if (stageOf(declared) === "planet" && subscribes && pubsub === "pubsub.kafka" && asks === undefined) {
    return { ...bounds, keda: { kafkaLag: LAG_PER_REPLICA } };
  }
  if (around.prometheus && valueAt(declared, ["dapr", "enabled"]) !== false)
    return { ...bounds, keda: requestRate(around) };
  return { ...bounds, hpa: { cpu: 70 } };
}

function requestRate({ name, namespace }: StageContext): Layer {
  const query = `sum(rate(dapr_http_server_response_count{app_id="${name}",namespace="${namespace}"}[2m]))`;
  return { query, threshold: REQUESTS_PER_REPLICA };
}

function daprOf(declared: Layer, traits: StageTraits): Layer {
  const subscriptions = valueAt(declared, ["dapr", "subscriptions"]);
  const subscribes = Array.isArray(subscriptions) && subscriptions.length > 0;
  const state = valueAt(declared, ["dapr", "state"]);
  const pubsub = valueAt(declared, ["dapr", "pubsub"]);
  return {
    ...(isMap(state) ? { state: componentOf(state, traits.state) } : {}),
    ...(isMap(pubsub) || (subscribes && pubsub !== null)
      ? { pubsub: componentOf(isMap(pubsub) ? pubsub : {}, traits.pubsub) }
      : {}),
    ...(traits.resiliency === undefined ? {} : { resiliency: traits.resiliency }),
    ...(traits.sidecar === undefined ? {} : { sidecar: traits.sidecar }),
  };
}

/** The stage's host belongs to the stage's type of component; Redis has a usual host in every stage. */
function componentOf(declared: Layer, standard: Layer): Layer {
  const type = declared.type ?? standard.type;
  const { host: usual, ...rest } = type === standard.type ? standard : {};
  const host = String(type).endsWith(".redis") ? REDIS_HOST : usual;
  const located = ["redisHost", "brokers"].some((name) => valueAt(declared, ["metadata", name]) !== undefined);
  return located || host === undefined ? rest : { ...rest, host };
}
