import * as z from "zod";
import { AgentSpec } from "../agent/agent.ts";
import { OwnerName } from "../agent/agent-grant.ts";
import { SecretStoreRef } from "../agent/pod/external-secrets.ts";
import { RoleRef } from "../agent/pod/service-account.ts";
import { PodPrivilege } from "../agent/pod/tenant-allows.ts";
import { HostPattern } from "../agent/public-hosts.ts";
import { deepPartial } from "../values/deep-partial.ts";
import { mapOf } from "../values/map-of.ts";
import { AgentName, DnsLabel, Quantity, Registry } from "../values/scalars.ts";
import { apiVersion, kind, LabelOrDomain, Metadata, MOST_ENVIRONMENTS, TenantName } from "./kind-header.ts";

/** The kinds a team writes, as their files hold them. `schema/` publishes them as JSON Schema. */
export { Config } from "./config.ts";
export { Guardrail } from "./guardrail.ts";
export { Model } from "./model.ts";
export { Remedy } from "./remedy.ts";

/** One layer of an agent's spec: a template's, or an environment's overlay. */
export const AgentFields = deepPartial(AgentSpec);
export type AgentFields = z.infer<typeof AgentFields>;

/** An agent file's spec: the agent's own layer, and an overlay for each environment that differs. */
const AgentFileSpec = deepPartial(
  AgentSpec.extend({
    environments: mapOf(DnsLabel, AgentFields.describe("What differs in this environment"), MOST_ENVIRONMENTS)
      .optional()
      .describe("Overlays: what differs in an environment"),
  }),
);

/** An agent as its file holds it; `spec/` merges its layers into an `Agent` of the fleet. */
export const AgentFile = z
  .strictObject({
    apiVersion,
    kind: kind("Agent"),
    metadata: Metadata.extend({
      name: AgentName.describe("Name of the agent, also its Dapr app-id and Helm release"),
      namespace: DnsLabel.describe("The tenant the agent belongs to"),
    }).describe("Who this is"),
    spec: AgentFileSpec.describe("What the agent is and needs"),
  })
  .describe("An AI agent");
export type AgentFile = z.infer<typeof AgentFile>;

const CpuAndMemory = z.strictObject({
  cpu: Quantity.optional().describe("CPU cores, such as 500m or 2"),
  memory: Quantity.optional().describe("Memory, such as 512Mi"),
});

/** A team: its namespace and what holds there. */
export const Tenant = z
  .strictObject({
    apiVersion,
    kind: kind("Tenant"),
    metadata: Metadata,
    spec: z
      .strictObject({
        namespace: DnsLabel.optional().describe("Kubernetes namespace; left out: the tenant's name"),
        owners: z.array(OwnerName).max(16).optional().describe("Reviewers of the tenant's pull requests"),
        registries: z.array(Registry).max(64).optional().describe("Images must come from these"),
        quota: CpuAndMemory.extend({ pods: z.int().min(0).optional().describe("Most pods") })
          .optional()
          .describe("ResourceQuota of the namespace"),
        limits: z
          .strictObject({
            default: CpuAndMemory.optional().describe("Limits of a container that names none"),
            max: CpuAndMemory.optional().describe("Most a container may ask for"),
          })
          .optional()
          .describe("LimitRange of the namespace"),
        admins: z
          .array(z.string().min(1).max(256))
          .max(32)
          .optional()
          .describe("Groups bound to the namespace's view role"),
        environments: z
          .array(DnsLabel)
          .min(1)
          .max(32)
          .optional()
          .describe("Environments the tenant is in; left out: all"),
        accepts: z
          .array(TenantName)
          .max(256)
          .optional()
          .describe("Tenants whose agents may call this tenant's; one agent alone: the called agent's access.callers"),
        allow: z
          .array(PodPrivilege)
          .max(16)
          .optional()
          .describe(
            "What agents may ask for in runtime.pod beyond the strict defaults, and in networking.egress (metadataServer, which GKE's Dataplane V2 needs); one that the Pod Security level baseline refuses makes the namespace enforce privileged",
          ),
        roles: z
          .array(RoleRef)
          .max(64)
          .optional()
          .describe("Roles that agents may be bound to (runtime.serviceAccount.roleRefs); clusterWide covers both"),
        hosts: z
          .array(HostPattern)
          .max(64)
          .optional()
          .describe(
            "Hosts under which agents may be reached from outside (networking.hosts), such as *.search.example.com",
          ),
        secretStores: z
          .array(SecretStoreRef)
          .max(32)
          .optional()
          .describe("Stores from which External Secrets may read for agents (runtime.externalSecrets)"),
        ingressAnnotations: z
          .array(LabelOrDomain)
          .max(64)
          .optional()
          .describe(
            "Annotations beyond those of one host that agents may set on an Ingress nevertheless, such as nginx.ingress.kubernetes.io/configuration-snippet, with which they configure the controller itself",
          ),
        podMetadata: z
          .array(LabelOrDomain)
          .max(64)
          .optional()
          .describe(
            "Reserved labels and annotations that agents may set on their pods nevertheless, such as sidecar.istio.io/inject; example.com/ stands for the domain and all below it",
          ),
      })
      .prefault({})
      .describe("What the team has"),
  })
  .describe("A team: its namespace, quotas, registries and owners");
export type Tenant = z.infer<typeof Tenant>;

const Value = z.union([z.string().max(4096), z.number(), z.boolean()]);

/** A parameter of a template. */
export const Parameter = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not a parameter name: letters, digits and '_'")
    .describe("Name, written ${name} in the template"),
  type: z.enum(["string", "integer", "number", "boolean"]).describe("Type of the value"),
  default: Value.optional().describe("Value where an agent gives none; left out: every agent has to"),
  enum: z.array(Value).min(1).max(256).optional().describe("The values there are; left out: any of the type"),
  description: z.string().max(1024).optional().describe("What the parameter is for"),
});
export type Parameter = z.infer<typeof Parameter>;

/** A spec that many agents share. */
export const AgentTemplate = z
  .strictObject({
    apiVersion,
    kind: kind("AgentTemplate"),
    metadata: Metadata,
    spec: z
      .strictObject({
        parameters: z.array(Parameter).max(64).optional().describe("Typed parameters; agents fill them"),
        agent: z
          .looseObject({})
          .describe("An Agent's spec, with ${parameter} in its strings; the agent's own fields win"),
      })
      .describe("The parameters, and the spec they go into"),
  })
  .describe("A spec that many agents share");
export type AgentTemplate = z.infer<typeof AgentTemplate>;
