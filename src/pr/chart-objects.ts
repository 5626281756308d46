import { at } from "../domain/json.ts";
import type { Json } from "../domain/scalars.ts";

/** An object that charts/agent renders, and what of the values it is made from. */
export interface ChartObject {
  readonly kind: string;
  /** Its name; where an agent has several of a kind, the agent and in brackets what it is for. */
  readonly name: string;
  readonly from: readonly ValuePath[];
}

export interface ValuePath {
  readonly path: readonly string[];
  /** Only whether there is a value matters, not which. */
  readonly presence: boolean;
}

/** Values that alert rules and dashboard are filled with. */
const WATCHED = ["observability.slo", "scaling.hpa?", "scaling.keda?", "runtime.protocol"];

type Make = (kind: string, name: string, ...from: readonly string[]) => ChartObject;

const object: Make = (kind, name, ...from) => ({
  kind,
  name,
  from: from.map((path) => ({ path: path.replace(/\?$/, "").split("."), presence: path.endsWith("?") })),
});

/**
 * The objects that charts/agent renders for these values, in the order a reviewer cares for; none where there are no
 * values. Labels of the objects themselves, which all have, are passed over. A test holds it against what Helm renders.
 */
export function chartObjects(values: Json | undefined, agent: string): readonly ChartObject[] {
  if (values === undefined) return [];
  const isOn = (...path: readonly string[]) => at(values, ...path) !== false;
  const isSet = (...path: readonly string[]) => at(values, ...path) !== undefined;
  const only = (condition: boolean, ...objects: readonly ChartObject[]) => (condition ? objects : []);
  const fewest = Number(at(values, "scaling", "min") ?? at(values, "scaling", "replicas") ?? 1);
  const reach = [
    "networking",
    "access.callers",
    "peers",
    "dapr.enabled",
    "observability.metricsPath?",
    "monitoring.namespace",
  ];
  return [
    workload(values, agent),
    ...only(isSet("scaling", "hpa"), object("HorizontalPodAutoscaler", agent, "scaling", "runtime.workload")),
    ...only(isSet("scaling", "keda"), ...kedaObjects(values, agent)),
    ...only(fewest >= 2, object("PodDisruptionBudget", agent)),
    object("NetworkPolicy", agent, "runtime.port", ...reach),
    object("Service", agent, "runtime.protocol"),
    object("ServiceAccount", agent),
    object("ConfigMap", agent, ...told(values), "dapr.enabled"),
    ...only(isOn("dapr", "enabled"), ...daprObjects(values, agent)),
    ...only(
      isSet("observability", "metricsPath"),
      object("ServiceMonitor", agent, "observability.metricsPath", "runtime.protocol"),
    ),
    ...only(
      isOn("observability", "alerts"),
      object(
        "PrometheusRule",
        agent,
        ...WATCHED,
        "dapr.enabled",
        "scaling.max",
        "scaling.replicas",
        "dapr.subscriptions",
        "mcpServers?",
        "peers?",
        "networking.ingress?",
        "observability.metricsPath?",
        "runtime.workload",
      ),
    ),
    ...only(isOn("observability", "dashboard"), object("ConfigMap", `${agent} (dashboard)`, ...WATCHED)),
  ];
}

/** Values that the pod reads at its start: they lie in its ConfigMap, whose digest in an annotation restarts it. */
function told(values: Json): readonly string[] {
  const card = at(values, "a2a", "enabled") === true ? ["description", "version", "runtime.protocol"] : [];
  return ["instructions", "mcpServers", "peers", "a2a", ...card];
}

/** Labels and stage are labels of its pods. */
function workload(values: Json, agent: string): ChartObject {
  const kind = at(values, "runtime", "workload") === "StatefulSet" ? "StatefulSet" : "Deployment";
  const runs = ["runtime", "model", "stage", "labels", "scaling.replicas"];
  return object(kind, agent, ...runs, "dapr", "access", "observability.tracing", ...told(values));
}

/** KEDA asks Kafka about each topic of the agent, with the credentials that the broker has. */
function kedaObjects(values: Json, agent: string): readonly ChartObject[] {
  const isKafka = at(values, "scaling", "keda", "kafkaLag") !== undefined;
  if (!isKafka) return [object("ScaledObject", agent, "scaling", "runtime.workload", "monitoring.prometheus")];
  const scaled = object("ScaledObject", agent, "scaling", "runtime.workload", "dapr.subscriptions", "dapr.pubsub");
  const hasSecret = at(values, "dapr", "pubsub", "secret") !== undefined;
  return hasSecret ? [scaled, object("TriggerAuthentication", `${agent}-kafka`, "dapr.pubsub.secret")] : [scaled];
}

function daprObjects(values: Json, agent: string): readonly ChartObject[] {
  const topics = textsOf(at(values, "dapr", "subscriptions"), "topic");
  const remote = entriesOf(at(values, "mcpServers")).filter((server) => at(server, "transport") !== "stdio");
  const isOwnKind = at(values, "runtime", "framework") === "dapr-agents";
  const states = isOwnKind ? ["memory", "workflow", "registry", "runtime"] : ["state store"];
  const has = (part: string) => at(values, "dapr", part) !== undefined;
  // Dapr calls tools as workflows, which need the state store of actors.
  const hasActors = has("state") && (isOwnKind || at(values, "dapr", "state", "actor") === true);
  const whole = (...path: readonly string[]): ValuePath => ({ path, presence: false });
  return [
    object("Configuration", agent, "access.callers", "observability.tracing", "observability.slo.p95Seconds"),
    ...(has("state") ? states : []).map((state) => object("Component", `${agent} (${state})`, "dapr.state")),
    ...(isOwnKind ? [object("Component", `${agent} (model)`, "model")] : []),
    ...(has("pubsub") ? [object("Component", `${agent} (broker)`, "dapr.pubsub")] : []),
    ...(has("pubsub") ? topics : []).map((topic) => ({
      kind: "Subscription",
      name: `${agent} (${topic})`,
      from: [whole("dapr", "subscriptions", topic)],
    })),
    ...(has("resiliency") ? [object("Resiliency", agent, "dapr.resiliency", "peers")] : []),
    ...(hasActors ? textsOf(remote, "name") : []).map((server) => ({
      kind: "MCPServer",
      name: `${agent} (MCP server ${server})`,
      from: ["url", "transport", "timeout"].map((field) => whole("mcpServers", server, field)),
    })),
    object("PodMonitor", agent),
  ];
}

function entriesOf(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? list : [];
}

function textsOf(list: Json | undefined, key: string): readonly string[] {
  return entriesOf(list).flatMap((entry) => {
    const text = at(entry, key);
    return typeof text === "string" ? [text] : [];
  });
}
