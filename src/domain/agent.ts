import * as z from "zod";
import { AgentName, DnsLabel, Duration, HttpUrl, Image, Labels, Port, Quantity, SecretKeyRef } from "./scalars.ts";

export const API_VERSION = "raos.dev/v1alpha1";
const Cidr = z
  .string()
  .max(49)
  .regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/, "is not a CIDR block; write 10.0.0.0/8");
const Topic = z
  .string()
  .min(1)
  .max(249)
  .regex(/^[A-Za-z0-9._-]+$/, "is not a topic: letters, digits, '.', '_' and '-'");
const Route = z
  .string()
  .max(256)
  .regex(/^\/[A-Za-z0-9._~/-]*$/, "is not a path; it starts with '/'");

const ResourceList = z.strictObject({
  cpu: Quantity.optional(),
  memory: Quantity.optional(),
  "ephemeral-storage": Quantity.optional(),
});

const EnvVar = z.strictObject({
  name: z
    .string()
    .max(128)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not an environment variable name"),
  value: z.string().max(4096).optional().meta({ description: "A plain value; never a secret" }),
  valueFrom: z
    .union([
      z.strictObject({ secretKeyRef: SecretKeyRef }),
      z.strictObject({ configMapKeyRef: z.strictObject({ name: DnsLabel, key: z.string().max(253) }) }),
      z.strictObject({ fieldRef: z.strictObject({ fieldPath: z.string().max(128) }) }),
    ])
    .optional()
    .meta({ description: "Where the value comes from: a Secret, a ConfigMap or a field of the pod" }),
});

const Runtime = z
  .strictObject({
    image: Image.optional().meta({ description: "Container image; left out: the stock agent runtime" }),
    port: Port.default(8080).meta({ description: "Port the agent listens on" }),
    protocol: z.enum(["http", "grpc"]).default("http").meta({ description: "Protocol Dapr uses towards the agent" }),
    framework: z
      .enum(["openai-agents", "dapr-agents", "custom"])
      .default("openai-agents")
      .meta({ description: "What the agent is written with" }),
    workload: z
      .enum(["Deployment", "StatefulSet"])
      .default("Deployment")
      .meta({ description: "Kubernetes workload kind" }),
    command: z.array(z.string().max(1024)).max(64).optional().meta({ description: "Entry point of the container" }),
    args: z.array(z.string().max(4096)).max(64).optional().meta({ description: "Arguments of the entry point" }),
    resources: z
      .strictObject({ requests: ResourceList.optional(), limits: ResourceList.optional() })
      .optional()
      .meta({ description: "CPU and memory, as in a pod spec" }),
    env: z.array(EnvVar).max(128).optional().meta({ description: "Environment variables; secrets by reference only" }),
    healthPath: Route.optional().meta({ description: "Path of the HTTP health check; left out: /healthz" }),
    storage: z
      .strictObject({
        size: Quantity,
        mountPath: z
          .string()
          .max(256)
          .regex(/^\/[^\0]*$/),
        storageClassName: DnsLabel.optional(),
      })
      .optional()
      .meta({ description: "A volume per replica; StatefulSet only" }),
  })
  .meta({ description: "The container that runs the agent" });

const Instructions = z
  .strictObject({
    inline: z.string().min(1).max(262_144).optional().meta({ description: "The system prompt itself" }),
    file: z.string().min(1).max(512).optional().meta({ description: "Path of a prompt file in this repository" }),
  })
  .meta({ description: "The agent's system prompt: inline or file" });

const Model = z
  .strictObject({
    provider: z
      .enum(["openai", "azure-openai", "anthropic", "gemini", "mistral", "ollama", "custom"])
      .default("openai")
      .meta({ description: "Model provider" }),
    name: z.string().min(1).max(128).meta({ description: "Model name, as the provider spells it" }),
    endpoint: HttpUrl.optional().meta({
      description: "Base URL of an OpenAI-compatible API; left out: the provider's own",
    }),
    apiKeySecretRef: SecretKeyRef.optional().meta({ description: "Secret that holds the API key" }),
    fallbacks: z
      .array(z.string().min(1).max(128))
      .max(8)
      .optional()
      .meta({ description: "Models to fall back to, best first" }),
    maxConcurrency: z.int().min(1).max(10_000).optional().meta({ description: "Concurrent model calls per replica" }),
  })
  .meta({ description: "The language model" });

const Tool = z
  .union([
    z.strictObject({
      mcp: z.strictObject({
        name: DnsLabel.meta({ description: "Name of the MCP server" }),
        streamableHTTP: z.strictObject({ url: HttpUrl, timeout: Duration.optional() }).optional(),
        sse: z.strictObject({ url: HttpUrl, timeout: Duration.optional() }).optional(),
        stdio: z
          .strictObject({ command: z.string().min(1).max(512), args: z.array(z.string().max(1024)).max(64).optional() })
          .optional(),
        allow: z
          .array(z.string().min(1).max(128))
          .max(256)
          .optional()
          .meta({ description: "Tools the agent may call; left out: all" }),
        requireApproval: z
          .array(z.string().min(1).max(128))
          .max(256)
          .optional()
          .meta({ description: "Tools that need a person's approval" }),
      }),
    }),
    z.strictObject({
      agent: z.strictObject({
        name: AgentName.meta({ description: "Name of the peer" }),
        namespace: DnsLabel.optional().meta({ description: "Tenant of the peer; left out: this agent's" }),
      }),
    }),
  ])
  .meta({ description: "An MCP server, or an A2A peer" });

const component = (types: string) =>
  z.strictObject({
    type: z
      .string()
      .max(128)
      .regex(/^[a-z]+(\.[a-z0-9-]+)+$/, `is not a Dapr component type, such as ${types}`)
      .meta({ description: `Dapr component type, such as ${types}` }),
    version: z
      .string()
      .max(16)
      .regex(/^v\d+$/)
      .default("v1"),
    secretRef: DnsLabel.optional().meta({ description: "Secret with the connection's credentials" }),
    host: z
      .string()
      .max(1024)
      .regex(/^[^\s@]+$/)
      .optional()
      .meta({ description: "host:port, or a comma-separated list of brokers" }),
    metadata: z
      .record(z.string().max(128), z.union([z.string().max(4096), z.number(), z.boolean()]))
      .optional()
      .meta({ description: "Further metadata of the component, as Dapr documents it" }),
  });

const Dapr = z
  .strictObject({
    enabled: z.boolean().default(true).meta({ description: "Whether a Dapr sidecar is injected" }),
    state: component("state.redis")
      .extend({ actor: z.boolean().optional().meta({ description: "State store of actors and workflows" }) })
      .optional()
      .meta({ description: "State store" }),
    pubsub: component("pubsub.redis").optional().meta({ description: "Publish/subscribe broker" }),
    subscriptions: z
      .array(
        z.strictObject({
          topic: Topic.meta({ description: "Topic to receive from" }),
          route: Route.meta({ description: "Path that messages are posted to" }),
          deadLetter: Topic.optional().meta({ description: "Topic for messages that failed every retry" }),
          bulk: z.strictObject({ maxMessages: z.int().min(1).max(10_000), maxAwait: Duration.optional() }).optional(),
        }),
      )
      .max(64)
      .optional(),
    resiliency: z
      .strictObject({
        timeout: Duration.optional(),
        retries: z.int().min(-1).max(100).optional(),
        circuitBreaker: z.boolean().optional(),
      })
      .optional()
      .meta({ description: "Timeouts, retries and circuit breaking of calls and components" }),
    sidecar: z
      .strictObject({
        cpuRequest: Quantity.optional(),
        cpuLimit: Quantity.optional(),
        memoryRequest: Quantity.optional(),
        memoryLimit: Quantity.optional(),
        logLevel: z.enum(["debug", "info", "warn", "error"]).optional(),
        maxConcurrency: z.int().min(1).max(100_000).optional(),
      })
      .optional()
      .meta({ description: "The daprd container" }),
  })
  .meta({ description: "Dapr building blocks" });

const Skill = z.strictObject({
  id: z.string().min(1).max(128),
  name: z.string().min(1).max(128),
  description: z.string().min(1).max(1024),
  tags: z.array(z.string().min(1).max(64)).min(1).max(32),
  examples: z.array(z.string().max(1024)).max(16).optional(),
});

const Scaling = z
  .strictObject({
    min: z.int().min(0).max(10_000).optional().meta({ description: "Fewest replicas" }),
    max: z.int().min(1).max(10_000).optional().meta({ description: "Most replicas" }),
    hpa: z
      .strictObject({ cpu: z.int().min(1).max(1000).optional(), memory: z.int().min(1).max(1000).optional() })
      .optional()
      .meta({ description: "HorizontalPodAutoscaler: target utilisation, percent of the request" }),
    keda: z
      .strictObject({
        query: z
          .string()
          .min(1)
          .max(4096)
          .optional()
          .meta({ description: "PromQL whose value is divided among replicas" }),
        threshold: z.number().positive().optional().meta({ description: "Value of the query one replica should take" }),
        kafkaLag: z.int().min(1).optional().meta({ description: "Kafka consumer lag one replica should take" }),
      })
      .optional()
      .meta({ description: "KEDA ScaledObject" }),
  })
  .meta({ description: "How many replicas, and by what" });

/** The complete spec of an agent, after template, stage and overlay were merged; defaults fill what nobody set. */
export const AgentSpec = z.strictObject({
  description: z.string().min(1).max(2048).meta({ description: "What the agent does; goes on its A2A card" }),
  version: z
    .string()
    .max(64)
    .regex(/^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/, "is not a semantic version; write 1.2.0")
    .default("0.1.0")
    .meta({ description: "Version of the agent, semantic" }),
  stage: z
    .enum(["local", "prototype", "medium", "planet"])
    .default("prototype")
    .meta({ description: "DACA stage; sets defaults, each explicit field wins" }),
  template: z
    .strictObject({
      ref: DnsLabel.meta({ description: "Name of an AgentTemplate" }),
      parameters: z.record(z.string().max(64), z.union([z.string().max(4096), z.number(), z.boolean()])).optional(),
    })
    .optional()
    .meta({ description: "The template this agent is made from" }),
  runtime: Runtime.prefault({}),
  instructions: Instructions,
  model: Model,
  tools: z.array(Tool).max(128).optional().meta({ description: "MCP servers and A2A peers the agent may use" }),
  dapr: Dapr.prefault({}),
  a2a: z
    .strictObject({
      enabled: z.boolean().default(false),
      skills: z.array(Skill).max(64).optional(),
      streaming: z.boolean().optional(),
      provider: z.strictObject({ organization: z.string().min(1).max(128), url: HttpUrl }).optional(),
      documentationUrl: HttpUrl.optional(),
    })
    .prefault({})
    .meta({ description: "The A2A agent card and endpoint" }),
  access: z
    .strictObject({
      callers: z
        .array(z.strictObject({ appId: AgentName, namespace: DnsLabel, operations: z.array(Route).max(64).optional() }))
        .max(256)
        .optional(),
    })
    .optional()
    .meta({ description: "Who may call the agent through Dapr; default deny" }),
  scaling: Scaling.prefault({}),
  networking: z
    .strictObject({
      egress: z
        .array(z.strictObject({ cidr: Cidr, port: Port.optional(), description: z.string().max(256).optional() }))
        .max(64)
        .optional(),
      ingress: z
        .array(z.strictObject({ namespace: DnsLabel, port: Port.optional() }))
        .max(64)
        .optional(),
    })
    .optional()
    .meta({ description: "Network traffic beyond what the spec implies; default deny" }),
  observability: z
    .strictObject({
      metricsPath: Route.optional().meta({
        description: "Path of Prometheus metrics on the agent's port; left out: only Dapr's are scraped",
      }),
      slo: z
        .strictObject({
          errorRate: z.number().gt(0).lt(1).optional(),
          p95Seconds: z.number().positive().max(3600).optional(),
        })
        .optional()
        .meta({ description: "Service level: share of failed requests, 95th percentile of latency in seconds" }),
      dashboard: z.boolean().default(true).meta({ description: "Whether a Grafana dashboard is made" }),
      alerts: z.boolean().default(true).meta({ description: "Whether alert rules are made" }),
      tracing: z
        .strictObject({
          endpoint: z
            .string()
            .max(512)
            .regex(/^[^\s@]+$/),
          samplingRate: z.number().min(0).max(1).optional(),
        })
        .optional(),
    })
    .prefault({})
    .meta({ description: "Metrics, objectives, dashboard and alerts" }),
  supervision: z
    .strictObject({
      allowedPaths: z
        .array(
          z
            .string()
            .max(256)
            .regex(/^\/spec(\/[^/]+)+$/, "is not a pointer below /spec, such as /spec/scaling"),
        )
        .max(64)
        .optional()
        .meta({ description: "What RAOS may change by itself" }),
      autoMerge: z.enum(["never", "low-risk"]).default("never"),
      maxChangesPerDay: z.int().min(0).max(100).default(3),
      createAgents: z
        .strictObject({ max: z.int().min(0).max(1000).default(0), maxDepth: z.int().min(0).max(10).default(1) })
        .optional(),
    })
    .prefault({})
    .meta({ description: "What the bot may change by itself" }),
  labels: Labels.optional().meta({ description: "Further labels of the agent's objects" }),
});
export type AgentSpec = z.infer<typeof AgentSpec>;

/**
 * Every object level optional: what an agent file, a template or an overlay may set before the merge; `null` takes a
 * lower layer's value away.
 */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : string extends keyof T
    ? { readonly [K in keyof T]: DeepPartial<T[K]> | null }
    : T extends object
      ? { readonly [K in keyof T]?: DeepPartial<T[K]> | null }
      : T;
