import { at } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";

/** An object that charts/agent renders, and the values it is made from. */
export interface ChartObject {
  readonly kind: string;
  /** Its name. Where an agent has several of a kind: the agent, and in brackets what this one is for. */
  readonly name: string;
  readonly from: readonly ValuePath[];
}

export interface ValuePath {
  readonly path: readonly string[];
  /** Only whether there is a value matters, not which one. */
  readonly presence: boolean;
}

/** Values that appear in alert rules and the dashboard. */
const WATCHED = ["observability.slo", "scaling.hpa?", "scaling.keda?", "runtime.protocol"];

type Make = (kind: string, name: string, ...from: readonly string[]) => ChartObject;

const object: Make = (kind, name, ...from) => ({
  kind,
  name,
  from: from.map((path) => ({ path: path.replace(/\?$/, "").split("."), presence: path.endsWith("?") })),
});

/**
 * The objects that charts/agent renders for these values, the most important to a reviewer first; none without values.
 * Labels, which every object has, are ignored. A test compares the list with what Helm renders.
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
    ...only(!hasEnd(values), object("Service", agent, "runtime.protocol")),
    object("ServiceAccount", agent, "runtime.serviceAccount.annotations"),
    ...roleObjects(values, agent),
    ...outsideObjects(values, agent),
    object("ConfigMap", agent, ...configMapValues(values), "dapr.enabled"),
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

/** Values that the pod reads when it starts, from its ConfigMap; a changed ConfigMap restarts the pod. */
function configMapValues(values: Json): readonly string[] {
  const card = at(values, "a2a", "enabled") === true ? ["description", "version", "runtime.protocol"] : [];
  return ["instructions", "mcpServers", "peers", "a2a", ...card];
}

/** The workload depends on `labels` and `stage`, too: they become labels of its pods. */
function workload(values: Json, agent: string): ChartObject {
  const workload = at(values, "runtime", "workload");
  const kind = typeof workload === "string" ? workload : "Deployment";
  const runs = ["runtime", "model", "stage", "labels", "scaling.replicas"];
  return object(kind, agent, ...runs, "dapr", "access", "observability.tracing", ...configMapValues(values));
}

/** A Job or CronJob ends, and has no Service. */
function hasEnd(values: Json): boolean {
  const workload = at(values, "runtime", "workload");
  return workload === "Job" || workload === "CronJob";
}

/** What binds the agent to its rights in the cluster. */
function roleObjects(values: Json, agent: string): readonly ChartObject[] {
  const account = at(values, "runtime", "serviceAccount");
  const rules = "runtime.serviceAccount.rules";
  const own = at(account, "rules") === undefined ? [] : [object("Role", agent, rules), object("RoleBinding", agent)];
  const bound = entriesOf(at(account, "roleRefs")).map((role) => {
    const kind = at(role, "clusterWide") === true ? "ClusterRoleBinding" : "RoleBinding";
    return object(kind, `${agent} (${String(at(role, "name"))})`, "runtime.serviceAccount.roleRefs");
  });
  return [...own, ...bound];
}

/** What opens the agent to hosts outside of the cluster, and what reads its Secrets from there. */
function outsideObjects(values: Json, agent: string): readonly ChartObject[] {
  const hosts = entriesOf(at(values, "networking", "hosts")).map((entry) =>
    object(
      at(entry, "httpRoute") === undefined ? "Ingress" : "HTTPRoute",
      `${agent} (${String(at(entry, "host"))})`,
      "networking.hosts",
    ),
  );
  const secrets = entriesOf(at(values, "runtime", "externalSecrets")).map((entry) =>
    object("ExternalSecret", String(at(entry, "name")), "runtime.externalSecrets"),
  );
  return [...hosts, ...secrets];
}

/** KEDA watches each topic of the agent in Kafka, with the broker's credentials. */
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
  const isDaprAgent = at(values, "runtime", "framework") === "dapr-agents";
  const states = isDaprAgent ? ["memory", "workflow", "registry", "runtime"] : ["state store"];
  const has = (part: string) => at(values, "dapr", part) !== undefined;
  // Dapr calls tools through workflows, which need an actor state store.
  const hasActors = has("state") && (isDaprAgent || at(values, "dapr", "state", "actor") === true);
  const whole = (...path: readonly string[]): ValuePath => ({ path, presence: false });
  // Callers without operations of their own are denied the routes of topics.
  const isOpen = entriesOf(at(values, "access", "callers")).some((caller) => at(caller, "operations") === undefined);
  const routes = isOpen && at(values, "runtime", "stock") !== true ? ["dapr.subscriptions"] : [];
  const shown = ["access.callers", "observability.tracing", "observability.slo.p95Seconds", ...routes];
  return [
    object("Configuration", agent, ...shown),
    ...(has("state") ? states : []).map((state) => object("Component", `${agent} (${state})`, "dapr.state")),
    ...textsOf(at(values, "dapr", "components"), "name").map((each) =>
      object("Component", `${agent} (${each})`, "dapr.components"),
    ),
    ...(isDaprAgent ? [object("Component", `${agent} (model)`, "model")] : []),
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
