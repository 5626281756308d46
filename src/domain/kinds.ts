import * as z from "zod";
import { AgentSpec, API_VERSION } from "./agent.ts";
import { deepPartial } from "./deep-partial.ts";
import { AgentName, DnsLabel, Image, Labels, Quantity } from "./scalars.ts";

/** The kinds a team writes, as their files hold them. `schema/` publishes them as JSON Schema. */

const apiVersion = z.literal(API_VERSION).meta({ description: `Always ${API_VERSION}` });
const metadata = z.strictObject({
  name: DnsLabel.meta({ description: "Name; the file carries it too" }),
  labels: Labels.optional(),
  annotations: z.record(z.string().max(317), z.string().max(4096)).optional(),
});
const Registry = z
  .string()
  .max(256)
  .regex(/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/, "is not a registry or a prefix of one, such as ghcr.io/acme");

/** One layer of an agent's spec: a template's, or an environment's overlay. */
export const AgentFields = deepPartial(AgentSpec);
export type AgentFields = z.infer<typeof AgentFields>;

/** An agent file's spec: a layer of its own, and an overlay for each environment that differs. */
export const AgentFileSpec = deepPartial(
  AgentSpec.extend({
    environments: z
      .record(DnsLabel, AgentFields)
      .optional()
      .meta({ description: "Overlays: what differs in an environment" }),
  }),
);

/** An agent as its file holds it; `spec/` merges its layers into an `Agent` of the fleet. */
export const AgentFile = z
  .strictObject({
    apiVersion,
    kind: z.literal("Agent"),
    metadata: metadata.extend({
      name: AgentName.meta({ description: "Name of the agent, also its Dapr app-id and Helm release" }),
      namespace: DnsLabel.meta({ description: "The tenant the agent belongs to" }),
    }),
    spec: AgentFileSpec,
  })
  .meta({ description: "An AI agent" });

export const Tenant = z
  .strictObject({
    apiVersion,
    kind: z.literal("Tenant"),
    metadata,
    spec: z
      .strictObject({
        namespace: DnsLabel.optional().meta({ description: "Kubernetes namespace; left out: the tenant's name" }),
        owners: z
          .array(
            z
              .string()
              .max(128)
              .regex(/^@?[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9._-]+)?$/, "is not a user or @org/team"),
          )
          .max(16)
          .optional()
          .meta({ description: "Reviewers of the tenant's pull requests" }),
        registries: z.array(Registry).max(64).optional().meta({ description: "Images must come from these" }),
        quota: z
          .strictObject({ cpu: Quantity.optional(), memory: Quantity.optional(), pods: z.int().min(0).optional() })
          .optional()
          .meta({ description: "ResourceQuota of the namespace" }),
        limits: z
          .strictObject({
            default: z.strictObject({ cpu: Quantity.optional(), memory: Quantity.optional() }).optional(),
            max: z.strictObject({ cpu: Quantity.optional(), memory: Quantity.optional() }).optional(),
          })
          .optional()
          .meta({ description: "LimitRange of the namespace" }),
        admins: z
          .array(z.string().min(1).max(256))
          .max(32)
          .optional()
          .meta({ description: "Groups bound to the namespace's view role" }),
        environments: z
          .array(DnsLabel)
          .min(1)
          .max(32)
          .optional()
          .meta({ description: "Environments the tenant is in; left out: all" }),
      })
      .prefault({}),
  })
  .meta({ description: "A team: its namespace, quotas, registries and owners" });
export type Tenant = z.infer<typeof Tenant>;

export const Parameter = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not a parameter name"),
  type: z.enum(["string", "integer", "number", "boolean"]),
  default: z.union([z.string().max(4096), z.number(), z.boolean()]).optional(),
  enum: z
    .array(z.union([z.string().max(4096), z.number(), z.boolean()]))
    .min(1)
    .max(256)
    .optional(),
  description: z.string().max(1024).optional(),
});
export type Parameter = z.infer<typeof Parameter>;

export const AgentTemplate = z
  .strictObject({
    apiVersion,
    kind: z.literal("AgentTemplate"),
    metadata,
    spec: z.strictObject({
      parameters: z.array(Parameter).max(64).optional().meta({ description: "Typed parameters; agents fill them" }),
      agent: z
        .looseObject({})
        .meta({ description: "An Agent's spec, with ${parameter} in its strings; the agent's own fields win" }),
    }),
  })
  .meta({ description: "A spec that many agents share" });
export type AgentTemplate = z.infer<typeof AgentTemplate>;

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is not a time of day; write 08:00");

export const Config = z
  .strictObject({
    apiVersion,
    kind: z.literal("Config"),
    metadata: metadata.partial().optional(),
    spec: z
      .strictObject({
        delivery: z.enum(["flux", "argocd"]).default("flux").meta({ description: "What deploys merged files" }),
        chart: z
          .union([
            z.strictObject({
              oci: z
                .string()
                .max(512)
                .regex(/^oci:\/\/[^\s@]+$/, "is not an oci:// reference"),
              version: z.string().min(1).max(64),
            }),
            z.strictObject({ path: z.string().min(1).max(256) }),
          ])
          .default({ path: "charts/agent" })
          .meta({ description: "The agent chart: an OCI artifact, or a folder of this repository" }),
        environments: z
          .array(
            z.strictObject({
              name: DnsLabel,
              alerts: z
                .record(z.string().max(128), z.string().max(256))
                .optional()
                .meta({ description: "Labels that tell whose alert it is" }),
              cluster: z
                .string()
                .max(512)
                .optional()
                .meta({ description: "Argo CD: name of the destination cluster; left out: in-cluster" }),
            }),
          )
          .min(1)
          .max(32)
          .default([{ name: "default" }])
          .meta({ description: "Where agents run; left out: one, named default" }),
        registries: z
          .array(Registry)
          .max(64)
          .optional()
          .meta({ description: "Images of every tenant must come from these" }),
        runtimeImage: Image.default("ghcr.io/raos-dev/agent-runtime:0.1.0").meta({
          description: "The stock agent runtime, where an agent names no image",
        }),
        grouping: z.enum(["agent", "tenant"]).default("agent").meta({ description: "What one pull request holds" }),
        limits: z
          .strictObject({
            openPulls: z.int().min(0).max(10_000).default(20),
            pullsPerHour: z.int().min(0).max(10_000).default(30),
          })
          .prefault({})
          .meta({ description: "How many pull requests" }),
        schedule: z
          .strictObject({
            timezone: z.string().max(64).default("UTC").meta({ description: "IANA time zone" }),
            windows: z
              .array(
                z.strictObject({
                  days: z
                    .array(z.enum(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]))
                    .min(1)
                    .optional(),
                  from: TimeOfDay,
                  to: TimeOfDay,
                }),
              )
              .min(1)
              .max(16),
          })
          .optional()
          .meta({ description: "When new pull requests may be opened; left out: always" }),
        labels: z
          .array(z.string().min(1).max(50))
          .max(10)
          .default(["raos"])
          .meta({ description: "Labels of every pull request" }),
        flux: z
          .strictObject({
            sourceRef: z
              .strictObject({ name: DnsLabel.default("flux-system"), namespace: DnsLabel.default("flux-system") })
              .prefault({})
              .meta({ description: "The GitRepository that holds this repository" }),
            interval: z
              .string()
              .regex(/^(\d+(ms|s|m|h))+$/)
              .default("10m"),
          })
          .prefault({}),
        argocd: z
          .strictObject({
            namespace: DnsLabel.default("argocd"),
            repoURL: z
              .string()
              .max(512)
              .regex(/^(https?|ssh|file):\/\/[^\s@]+$|^git@[^\s]+$/)
              .optional()
              .meta({ description: "URL under which Argo CD knows this repository" }),
            targetRevision: z.string().max(256).default("HEAD"),
          })
          .prefault({}),
        monitoring: z
          .strictObject({
            labels: Labels.default({}).meta({
              description:
                "Labels that make Prometheus select monitors and rules, such as release: kube-prometheus-stack",
            }),
            dashboardLabel: z.string().default("grafana_dashboard"),
          })
          .prefault({}),
        prometheus: z.strictObject({ url: z.string().max(512) }).optional(),
        alertmanager: z.strictObject({ url: z.string().max(512) }).optional(),
        loki: z.strictObject({ url: z.string().max(512), tenant: z.string().max(128).optional() }).optional(),
        model: z
          .strictObject({
            name: z.string().max(128),
            endpoint: z.string().max(512).optional(),
            api: z.enum(["responses", "chat"]).default("responses"),
            budget: z
              .strictObject({
                turns: z.int().default(20),
                tokens: z.int().default(100_000),
                dollarsPerDay: z.number().default(5),
              })
              .prefault({}),
          })
          .optional(),
      })
      .prefault({}),
  })
  .meta({ description: "Configuration of RAOS, in raos.yaml" });
export type Config = z.infer<typeof Config>;

export const Guardrail = z
  .strictObject({
    apiVersion,
    kind: z.literal("Guardrail"),
    metadata,
    spec: z.strictObject({
      description: z.string().max(1024).optional(),
      causes: z
        .array(z.enum(["drift", "alert", "request", "tune", "regression"]))
        .optional()
        .meta({ description: "Which causes it judges; left out: all" }),
      enforce: z
        .enum(["default", "always"])
        .default("default")
        .meta({ description: "always: deny also a person's own commit, which otherwise is warned" }),
      environments: z.array(DnsLabel).optional().meta({ description: "Which environments it judges; left out: all" }),
      rules: z
        .array(
          z
            .strictObject({
              deny: z.string().max(4096).optional(),
              review: z.string().max(4096).optional(),
              warn: z.string().max(4096).optional(),
              allow: z.string().max(4096).optional(),
              message: z.string().max(1024),
            })
            .refine(
              (rule) =>
                [rule.deny, rule.review, rule.warn, rule.allow].filter((expression) => expression !== undefined)
                  .length === 1,
              "a rule has exactly one of deny, review, warn and allow",
            ),
        )
        .min(1)
        .max(64),
    }),
  })
  .meta({ description: "Rules on changes, as CEL" });
export type Guardrail = z.infer<typeof Guardrail>;

export type AgentFile = z.infer<typeof AgentFile>;
