import { distance } from "fastest-levenshtein";
import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { displayValue } from "../../problems/display-value.ts";
import type { SpecFault } from "./spec-fault.ts";

/** The ports on which a Dapr sidecar listens in the pod: https://docs.dapr.io/reference/arguments-annotations-overview/ */
const DAPR_PORTS: ReadonlySet<number> = new Set([3500, 3501, 50001, 50002, 9090]);

/** What needs Dapr's sidecar where there is none, and ports that the sidecar has. */
export function sidecar({ dapr, runtime, tools = [] }: AgentSpec): readonly SpecFault[] {
  if (dapr.enabled)
    return runtime.port !== undefined && DAPR_PORTS.has(runtime.port)
      ? [
          {
            path: ["runtime", "port"],
            message: `Dapr's sidecar listens on ${runtime.port}; let the agent use another port`,
          },
        ]
      : [];
  return tools.flatMap((tool, index) =>
    "agent" in tool
      ? [
          {
            path: ["tools", index, "agent"],
            message: "peers are called through Dapr; write dapr.enabled: true, or remove the peer",
          },
        ]
      : [],
  );
}

/** Types of state stores and brokers by their names: https://docs.dapr.io/reference/components-reference/ */
const STORES = {
  state:
    "aerospike alicloud.tablestore aws.dynamodb azure.blobstorage azure.cosmosdb azure.tablestorage cassandra clickhouse cloudflare.workerskv cockroachdb coherence couchbase etcd gcp.firestore hashicorp.consul hazelcast in-memory jetstream memcached mongodb mysql oci.objectstorage oracledatabase postgresql ravendb redis rethinkdb sqlite sqlserver zookeeper",
  pubsub:
    "aws.snssqs azure.eventhubs azure.servicebus.queues azure.servicebus.topics gcp.pubsub in-memory jetstream kafka kubemq mqtt3 pulsar rabbitmq redis rocketmq solace.amqp",
} as const;

/** Types that Dapr does not have, and one nearly does: `state.postgress`. Others may be a component of one's own. */
export function nearlyKnownTypes({ dapr }: AgentSpec): readonly SpecFault[] {
  return (["state", "pubsub"] as const).flatMap((block) => {
    const type = dapr[block]?.type;
    if (type === undefined || !type.startsWith(`${block}.`)) return [];
    const known = STORES[block].split(" ");
    const name = type.slice(block.length + 1);
    const near = known.includes(name) ? undefined : known.find((one) => distance(one, name.toLowerCase()) <= 2);
    return near === undefined
      ? []
      : [
          {
            path: ["dapr", block, "type"],
            message: `Dapr has no ${displayValue(type)}; did you mean ${block}.${near}?`,
          },
        ];
  });
}

/** A declared maximum to which nothing scales. */
export function idleMaximum({ scaling }: AgentSpec): readonly SpecFault[] {
  const { min = 1, max, hpa, keda } = scaling;
  if (max === undefined || max <= min || hpa !== undefined || keda !== undefined) return [];
  return [
    {
      path: ["scaling", "max"],
      message: `nothing scales to ${max}; add scaling.hpa or scaling.keda, or write scaling.min alone`,
    },
  ];
}
