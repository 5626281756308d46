import { agent, type Row, silent } from "../rows.ts";

const MEMCACHED = "dapr: {state: {type: state.memcached, metadata: {hosts: 'memcached:11211'}";
const KAFKA = "pubsub: {type: pubsub.kafka, host: 'kafka:9092'}";
const component = (more: string) => `dapr: {components: [{name: a, ${more}}]}`;
const OFF = "warning: dapr/state: does nothing without Dapr; write dapr.enabled: true, or remove it";

/** Dapr's building blocks. */
export const daprRows: readonly Row[] = [
  agent(
    ["dapr", "dapr.enabled", "dapr.state", "dapr.pubsub"],
    "moot",
    "dapr: {enabled: false, state: {type: state.redis}}",
    OFF,
  ),
  agent(
    "dapr.state.type",
    "miss",
    "dapr: {state: {type: state.postgress, secretRef: db}}",
    'dapr/state/type: Dapr has no "state.postgress"; did you mean state.postgresql?',
  ),
  agent(
    "dapr.state.type",
    "miss",
    "dapr: {state: {type: pubsub.redis}}",
    'dapr/state/type: "pubsub.redis" is not a state component; write state.redis or another one',
  ),
  agent(
    "dapr.state.type",
    "nothing",
    "dapr: {state: {type: state.mongodb}}",
    "dapr/state: nothing says where state.mongodb is; add secretRef, host or metadata",
  ),
  silent(
    ["dapr.state.type", "dapr.pubsub.type", "dapr.components[].type"],
    "moot",
    "nothing else says what the component is",
  ),
  agent(
    ["dapr.state.version", "dapr.pubsub.version"],
    "miss",
    "dapr: {state: {type: state.redis, version: v2}}",
    "dapr/state/version: Dapr has no version v2 of state.redis; write v1",
  ),
  silent(
    ["dapr.state.version", "dapr.pubsub.version", "dapr.components[].version"],
    "moot",
    "it belongs to the type, and is checked with it",
  ),
  silent(["dapr.state.secretRef", "dapr.pubsub.secretRef"], "miss", "only the cluster knows which Secrets there are"),
  agent(
    ["dapr.state.secretRef", "dapr.pubsub.secretRef"],
    "moot",
    `${MEMCACHED}, secretRef: cache}}`,
    "dapr/state/secretRef: it is not known which metadata of state.memcached this Secret fills; write each in dapr.state.metadata as {secretKeyRef: {name: cache, key: <its key>}}",
  ),
  agent(
    ["dapr.state.host", "dapr.pubsub.host"],
    "miss",
    "dapr: {state: {type: state.redis, host: 'localhost:6379'}}",
    'warning: dapr/state/host: "localhost:6379" is the agent\'s own pod, in which no sidecar listens; write the address of the server',
  ),
  agent(
    ["dapr.state.host", "dapr.pubsub.host"],
    "moot",
    "dapr: {state: {type: state.memcached, host: 'memcached:11211'}}",
    "dapr/state/host: for state.memcached the host opens the network alone; write its address into dapr.state.metadata, too",
  ),
  agent(
    ["dapr.state.metadata", "dapr.pubsub.metadata"],
    "nothing",
    "dapr: {state: {type: state.redis, metadata: {redisHots: 'redis:6379'}}}",
    'dapr/state/metadata/redisHots: state.redis has no metadata "redisHots"; did you mean "redisHost"?',
  ),
  agent(
    ["dapr.state.metadata", "dapr.pubsub.metadata"],
    "moot",
    "dapr: {state: {type: state.redis, metadata: {poolColour: blue}}}",
    'warning: dapr/state/metadata/poolColour: Dapr\'s reference of state.redis has no metadata "poolColour", so that it is ignored; see whether it is spelt right',
  ),
  silent(
    ["dapr.state.metadata.*.**", "dapr.pubsub.metadata.*.**", "dapr.components[].metadata.*.**"],
    ["miss", "moot"],
    "they name a key of a Secret, which only the cluster knows",
  ),
  agent(
    "dapr.state.actor",
    "moot",
    `${MEMCACHED}, actor: true}}`,
    "dapr/state/actor: actors and workflows cannot keep their state in state.memcached, which has no transactions; write state.redis or state.postgresql",
  ),
  agent(
    "dapr.pubsub.type",
    "miss",
    "dapr: {pubsub: {type: pubsub.kafak, host: kafka}}",
    'dapr/pubsub/type: Dapr has no "pubsub.kafak"; did you mean pubsub.kafka?',
  ),
  agent(
    ["dapr.components", "dapr.components[].metadata"],
    "moot",
    "dapr: {enabled: false, components: [{name: a, type: bindings.cron}]}",
    "dapr/components: components need Dapr; write dapr.enabled: true, or remove them",
  ),
  agent(
    "dapr.components[].name",
    "miss",
    "dapr: {components: [{name: state, type: lock.redis}]}",
    "dapr/components/0/name: the chart has a component state of its own; choose another name",
  ),
  silent("dapr.components[].name", "moot", "it is part of the component's name, and of a variable's"),
  agent(
    "dapr.components[].type",
    "miss",
    component("type: bindings.crn"),
    'dapr/components/0/type: Dapr has no "bindings.crn"; did you mean bindings.cron?',
  ),
  agent(
    "dapr.components[].version",
    "miss",
    component("type: bindings.cron, version: v3"),
    "dapr/components/0/version: Dapr has no version v3 of bindings.cron; write v1",
  ),
  agent(
    "dapr.components[].host",
    "miss",
    component("type: lock.redis, host: '127.0.0.1:6379', metadata: {redisHost: '127.0.0.1:6379'}"),
    'warning: dapr/components/0/host: "127.0.0.1:6379" is the agent\'s own pod, in which no sidecar listens; write the address of the server',
  ),
  silent("dapr.components[].host", "moot", "it opens the network and nothing else, as its description says"),
  agent(
    "dapr.components[].metadata",
    "nothing",
    component("type: bindings.cron, metadata: {schedul: '@daily'}"),
    'dapr/components/0/metadata/schedul: bindings.cron has no metadata "schedul"; did you mean "schedule"?',
  ),
  agent(
    ["dapr.subscriptions", "dapr.subscriptions[].topic", "dapr.subscriptions[].route"],
    "moot",
    "dapr: {pubsub: {type: pubsub.redis}, subscriptions: [{topic: a, route: /a}, {topic: a, route: /b}]}",
    "dapr/subscriptions/1/topic: a second subscription to a; name each only once",
  ),
  agent(
    "dapr.subscriptions[].topic",
    "miss",
    "dapr: {pubsub: {type: pubsub.redis}, subscriptions: [{topic: 'orders/new', route: /a}]}",
    "dapr/subscriptions/0/topic: \"orders/new\" is not a topic: letters, digits, '.', '_' and '-'",
  ),
  agent(
    "dapr.subscriptions[].route",
    "miss",
    "dapr: {pubsub: {type: pubsub.redis}, subscriptions: [{topic: a, route: orders}]}",
    "dapr/subscriptions/0/route: \"orders\" is not a path of an HTTP server; it starts with '/'",
  ),
  agent(
    "dapr.subscriptions[].deadLetter",
    "moot",
    "dapr: {pubsub: {type: pubsub.redis}, subscriptions: [{topic: a, route: /a, deadLetter: a}]}",
    "dapr/subscriptions/0/deadLetter: a would be its own dead letter; write another topic",
  ),
  silent("dapr.subscriptions[].deadLetter", "miss", "brokers make a topic that they do not know"),
  silent(
    ["dapr.subscriptions[].bulk", "dapr.subscriptions[].bulk.maxMessages", "dapr.subscriptions[].bulk.maxAwait"],
    "moot",
    "the first of the two to be reached ends a delivery",
  ),
  agent(
    "dapr.subscriptions[].bulk.maxMessages",
    "unit",
    `dapr: {${KAFKA}, subscriptions: [{topic: a, route: /a, bulk: {maxMessages: 0}}]}`,
    "dapr/subscriptions/0/bulk/maxMessages: 0 is too small; at least 1",
  ),
  agent(
    "dapr.subscriptions[].bulk.maxAwait",
    "unit",
    `dapr: {${KAFKA}, subscriptions: [{topic: a, route: /a, bulk: {maxMessages: 9, maxAwait: 1000}}]}`,
    "dapr/subscriptions/0/bulk/maxAwait: 1000 is no duration without a unit; write 1000s",
  ),
  agent(
    ["dapr.resiliency", "dapr.resiliency.timeout", "dapr.resiliency.retries", "dapr.resiliency.circuitBreaker"],
    "moot",
    "dapr: {resiliency: {retries: 3}}",
    "warning: dapr/resiliency: there is no peer and no component that it could be about; add one, or remove it",
  ),
  agent(
    "dapr.resiliency.timeout",
    "unit",
    "dapr: {state: {type: state.redis}, resiliency: {timeout: 30ms}}",
    "warning: dapr/resiliency/timeout: an agent's call hardly ever takes less than 30ms; if seconds are meant, write 30s",
  ),
  agent(
    "dapr.resiliency.retries",
    "unit",
    "dapr: {state: {type: state.redis}, resiliency: {retries: -2}}",
    "dapr/resiliency/retries: -2 is too small; at least -1",
  ),
  agent(
    ["dapr.sidecar.cpuRequest", "dapr.sidecar.cpuLimit"],
    "unit",
    "dapr: {sidecar: {cpuLimit: 500}}",
    "dapr/sidecar/cpuLimit: 500 are cores; write 500m",
  ),
  agent(
    ["dapr.sidecar.memoryRequest", "dapr.sidecar.memoryLimit"],
    "unit",
    "dapr: {sidecar: {memoryLimit: 128m}}",
    'dapr/sidecar/memoryLimit: "128m" is less than one MiB; write 128Mi',
  ),
  agent(
    [
      "dapr.sidecar",
      "dapr.sidecar.cpuRequest",
      "dapr.sidecar.cpuLimit",
      "dapr.sidecar.memoryRequest",
      "dapr.sidecar.memoryLimit",
    ],
    "moot",
    "dapr: {sidecar: {memoryRequest: 256Mi, memoryLimit: 128Mi}}",
    "dapr/sidecar/memoryRequest: request 256Mi is more than limit 128Mi; lower the request, or raise the limit",
  ),
  agent(
    ["dapr.sidecar.logLevel", "dapr.sidecar.maxConcurrency"],
    "moot",
    "dapr: {enabled: false, sidecar: {logLevel: debug}}",
    "warning: dapr/sidecar: does nothing without Dapr; write dapr.enabled: true, or remove it",
  ),
  silent("dapr.sidecar.maxConcurrency", "unit", "it is a count of calls without a unit, and bounded"),
];
