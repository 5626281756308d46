import { at } from "../domain/json.ts";
import type { Json } from "../domain/scalars.ts";

/** An object that charts/agent renders, and the paths of the values it is made from (labels aside). */
export interface ChartObject {
  readonly kind: string;
  /** Its name; of components and subscriptions what they are for, since their names carry a digest. */
  readonly name: string;
  readonly from: readonly (readonly string[])[];
}

/** Values that the pod reads at its start: they are in its ConfigMap, or digested into an annotation, so they restart it. */
const TOLD = ["instructions", "mcpServers", "peers", "a2a"];

/**
 * The objects that charts/agent renders for these values, in the order a reviewer cares for. A test holds it against what
 * Helm renders. None for values that are not there.
 */
export function chartObjects(values: Json | undefined, agent: string): readonly ChartObject[] {
  if (values === undefined) return [];
  const object = (kind: string, name: string, ...from: readonly string[]): ChartObject => ({
    kind,
    name,
    from: from.map((path) => path.split(".")),
  });
  const workload = at(values, "runtime", "workload") === "StatefulSet" ? "StatefulSet" : "Deployment";
  const fewest = Number(at(values, "scaling", "min") ?? at(values, "scaling", "replicas") ?? 1);
  const isOn = (...path: readonly string[]) => at(values, ...path) !== false;
  const isSet = (...path: readonly string[]) => at(values, ...path) !== undefined;
  const only = (condition: boolean, ...objects: readonly ChartObject[]) => (condition ? objects : []);
  return [
    object(
      workload,
      agent,
      "runtime",
      "model",
      "stage",
      "scaling.replicas",
      "dapr",
      "access",
      "observability.tracing",
      ...TOLD,
    ),
    ...only(isSet("scaling", "hpa"), object("HorizontalPodAutoscaler", agent, "scaling", "runtime.workload")),
    ...only(
      isSet("scaling", "keda"),
      object("ScaledObject", agent, "scaling", "dapr.subscriptions", "dapr.pubsub", "runtime.workload"),
    ),
    ...only(fewest >= 2, object("PodDisruptionBudget", agent)),
    object(
      "NetworkPolicy",
      agent,
      "networking",
      "access.callers",
      "peers",
      "dapr.enabled",
      "runtime.port",
      "observability.metricsPath",
    ),
    object("Service", agent, "runtime.port", "runtime.protocol"),
    ...only(workload === "StatefulSet", object("Service", `${agent}-headless`, "runtime.port", "runtime.protocol")),
    object("ServiceAccount", agent),
    object("ConfigMap", agent, ...TOLD),
    ...only(isOn("dapr", "enabled"), ...daprObjects(values, agent, object)),
    ...only(isSet("observability", "metricsPath"), object("ServiceMonitor", agent, "observability.metricsPath")),
    ...only(
      isOn("observability", "alerts"),
      object("PrometheusRule", agent, "observability.slo", "scaling", "dapr.enabled"),
    ),
    ...only(isOn("observability", "dashboard"), object("ConfigMap", `${agent}-dashboard`)),
  ];
}

function daprObjects(
  values: Json,
  agent: string,
  object: (kind: string, name: string, ...from: readonly string[]) => ChartObject,
): readonly ChartObject[] {
  const topics = textsOf(at(values, "dapr", "subscriptions"), "topic");
  const remote = entriesOf(at(values, "mcpServers")).filter((server) => at(server, "transport") !== "stdio");
  const servers = textsOf(remote, "name");
  const has = (part: string) => at(values, "dapr", part) !== undefined;
  return [
    object("Configuration", agent, "access.callers", "observability.tracing", "observability.slo"),
    ...(has("state") ? [object("Component", `${agent} (state store)`, "dapr.state", "runtime.framework")] : []),
    ...(has("pubsub") ? [object("Component", `${agent} (broker)`, "dapr.pubsub")] : []),
    ...(has("pubsub") ? topics : []).map((topic) => ({
      kind: "Subscription",
      name: `${agent} (${topic})`,
      from: [["dapr", "subscriptions", topic]],
    })),
    ...(has("resiliency") ? [object("Resiliency", agent, "dapr.resiliency", "peers")] : []),
    ...servers.map((server) => ({
      kind: "MCPServer",
      name: `${agent}-${server}`,
      from: ["url", "transport", "timeout"].map((field) => ["mcpServers", server, field]),
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
