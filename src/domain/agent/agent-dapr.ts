import * as z from "zod";
import { mapOf } from "../values/map-of.ts";
import { DnsLabel, Duration, Quantity, Route, SecretKeyRef } from "../values/scalars.ts";

const Topic = z
  .string()
  .min(1)
  .max(249)
  .regex(/^[A-Za-z0-9._-]+$/, "is not a topic: letters, digits, '.', '_' and '-'");

const metadata = mapOf(
  z.string().max(128),
  z.union([z.string().max(4096), z.number(), z.boolean(), z.strictObject({ secretKeyRef: SecretKeyRef })]),
  64,
)
  .optional()
  .describe("Metadata of the component, as Dapr documents it; a secret as {secretKeyRef: {name, key}}");

const componentType = z
  .string()
  .max(128)
  .regex(/^[a-z]+(\.[a-z0-9-]+)+$/, "is not a Dapr component type, such as bindings.cron");

const Component = z.strictObject({
  name: z
    .string()
    .max(40)
    .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "is not a component's name: lower-case letters, digits and '-'")
    .describe("Name; the component is called <agent>-<name>, and DAPR_COMPONENT_<NAME> says so to the agent"),
  type: componentType.describe(
    "Dapr component type, such as bindings.cron, secretstores.hashicorp.vault or lock.redis",
  ),
  version: z
    .string()
    .max(16)
    .regex(/^v\d+$/, "is not a version, such as v1")
    .optional()
    .describe("Version of the component's implementation; left out: v1"),
  host: z
    .string()
    .max(1024)
    .regex(/^[^\s@]+$/, "is not host:port without credentials")
    .optional()
    .describe("host:port that it connects to, or a comma-separated list: opens the network, and nothing else"),
  metadata,
});

const component = (types: string) =>
  z.strictObject({
    type: z
      .string()
      .max(128)
      .regex(/^[a-z]+(\.[a-z0-9-]+)+$/, `is not a Dapr component type, such as ${types}`)
      .describe(`Dapr component type, such as ${types}; left out: the stage's`),
    version: z
      .string()
      .max(16)
      .regex(/^v\d+$/, "is not a version, such as v1")
      .default("v1")
      .describe("Version of the component's implementation"),
    secretRef: DnsLabel.optional().describe(
      "Secret with the connection's credentials; its keys are named as the metadata they fill, such as redisPassword or connectionString",
    ),
    host: z
      .string()
      .max(1024)
      .regex(/^[^\s@]+$/, "is not host:port without credentials")
      .optional()
      .describe("host:port, or a comma-separated list of brokers"),
    metadata: mapOf(
      z.string().max(128),
      z.union([z.string().max(4096), z.number(), z.boolean(), z.strictObject({ secretKeyRef: SecretKeyRef })]),
      64,
    )
      .optional()
      .describe("Further metadata of the component, as Dapr documents it; a secret as {secretKeyRef: {name, key}}"),
  });

const Subscription = z.strictObject({
  topic: Topic.describe("Topic to receive from"),
  route: Route.describe("Path that messages are posted to"),
  deadLetter: Topic.optional().describe("Topic for messages that failed every retry"),
  bulk: z
    .strictObject({
      maxMessages: z.int().min(1).max(10_000).describe("Most messages in one delivery"),
      maxAwait: Duration.optional().describe("How long to wait for a full delivery, such as 1s"),
    })
    .optional()
    .describe("Deliver several messages at once"),
});

const Resiliency = z.strictObject({
  timeout: Duration.optional().describe("How long a call may take, such as 30s"),
  retries: z.int().min(-1).max(100).optional().describe("How often a failed call is tried again; -1: without end"),
  circuitBreaker: z.boolean().optional().describe("Whether calls pause after five failures in a row"),
});

const Sidecar = z.strictObject({
  cpuRequest: Quantity.optional().describe("CPU set aside for daprd"),
  cpuLimit: Quantity.optional().describe("CPU daprd may use at most"),
  memoryRequest: Quantity.optional().describe("Memory set aside for daprd"),
  memoryLimit: Quantity.optional().describe("Memory daprd may use at most"),
  logLevel: z.enum(["debug", "info", "warn", "error"]).optional().describe("How much daprd logs; left out: info"),
  maxConcurrency: z.int().min(1).max(100_000).optional().describe("Concurrent calls daprd passes to the agent"),
});

/** The Dapr building blocks an agent uses. */
export const Dapr = z
  .strictObject({
    enabled: z.boolean().default(true).describe("Whether a Dapr sidecar is injected"),
    state: component("state.redis")
      .extend({ actor: z.boolean().optional().describe("Whether actors and workflows keep their state here") })
      .optional()
      .describe("State store"),
    pubsub: component("pubsub.redis").optional().describe("Publish/subscribe broker"),
    components: z.array(Component).max(32).optional().describe("Further components of any type, for this agent alone"),
    subscriptions: z.array(Subscription).max(64).optional().describe("Topics the agent receives from"),
    resiliency: Resiliency.optional().describe("Timeouts, retries and circuit breaking of calls and components"),
    sidecar: Sidecar.optional().describe("The daprd container"),
  })
  .describe("Dapr building blocks");
