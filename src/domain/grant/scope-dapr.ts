import type { AgentSpec } from "../agent/agent.ts";
import { canonicalJson } from "../values/canonical-json.ts";
import type { Json } from "../values/scalars.ts";

/** A store, a broker, a component or a topic; two with the same target are the same. */
export interface DaprEntry {
  /** For people, such as `state store state.redis at redis:6379`. */
  readonly name: string;
  readonly target: string;
}

/** They are in the memory of the agent's own sidecar. */
const IN_MEMORY: readonly string[] = ["state.in-memory", "pubsub.in-memory"];
/** It calls nobody but the agent itself. */
const CRON = "bindings.cron";

/**
 * What an agent reaches through its sidecar. Components are compared with all of their metadata: `keyPrefix`, for one, decides whose
 * state a store shows. Who has a broker can publish to each of its topics; which an agent receives, and where its failed messages go,
 * is in its spec.
 */
export function daprEntries({ dapr, runtime }: AgentSpec): readonly DaprEntry[] {
  if (!dapr.enabled) return [];
  const { state, pubsub, components = [], subscriptions = [] } = dapr;
  return [
    ...(state === undefined || IN_MEMORY.includes(state.type) ? [] : [component("state store", state)]),
    ...(pubsub === undefined || IN_MEMORY.includes(pubsub.type) ? [] : [component("broker", pubsub)]),
    ...components.filter(({ type }) => type !== CRON).map((one) => component(`component ${one.name}`, one)),
    ...subscriptions.flatMap(({ topic, deadLetter }) => [
      entry(`messages of topic ${topic}`),
      ...(deadLetter === undefined ? [] : [entry(`dead letters to topic ${deadLetter}`)]),
    ]),
    // In it the agents of a tenant find each other.
    ...(runtime.framework === "dapr-agents" && state !== undefined ? [entry("registry of dapr-agents")] : []),
  ];
}

interface Component {
  readonly type: string;
  readonly version?: string | undefined;
  readonly host?: string | undefined;
  readonly secretRef?: string | undefined;
  readonly metadata?: Readonly<Record<string, Json>> | undefined;
}

function component(what: string, { type, version = "v1", host = "", secretRef = "", metadata = {} }: Component) {
  const place = host === "" ? "" : ` at ${host}`;
  return {
    name: `${what} ${type}${place}`,
    target: canonicalJson({ what, type, version, host, secretRef, metadata }),
  };
}

function entry(name: string): DaprEntry {
  return { name, target: name };
}
