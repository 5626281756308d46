import * as z from "zod";
import { Annotations, ObjectName } from "./pod-scalars.ts";

const PolicyRule = z.strictObject({
  apiGroups: z
    .array(
      z
        .string()
        .max(253)
        .regex(/^[a-z0-9.-]*$/, 'is not an API group; write "" for pods and services, or one such as apps'),
    )
    .min(1)
    .max(16)
    .describe('API groups, such as "" and apps'),
  resources: z
    .array(
      z
        .string()
        .max(128)
        .regex(/^[a-z][a-z0-9-]*(\/[a-z]+)?$/, "is not a resource in its plural form, such as pods or pods/log"),
    )
    .min(1)
    .max(64)
    .describe("Resources in their plural form, such as pods and pods/log; not secrets"),
  resourceNames: z.array(ObjectName).max(64).optional().describe("Names of single objects; left out: all"),
  verbs: z
    .array(z.enum(["get", "list", "watch"]))
    .min(1)
    .max(3)
    .describe("What it may do; a spec grants reading only"),
});

/** A role of the cluster that an agent may be bound to, or is. */
export const RoleRef = z.strictObject({
  kind: z.enum(["Role", "ClusterRole"]).describe("Kind of the role"),
  name: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.:]*[A-Za-z0-9])?$/, "is not the name of a role, such as view")
    .describe("Name of the role, which the platform team has made"),
  clusterWide: z
    .boolean()
    .optional()
    .describe(
      "ClusterRole: true: in every namespace and for what is in none; left out: in the agent's namespace alone",
    ),
});

/** The agent's identity towards clouds and towards the cluster. */
export const ServiceAccount = z
  .strictObject({
    annotations: Annotations.optional().describe(
      "Annotations, such as eks.amazonaws.com/role-arn, iam.gke.io/gcp-service-account or azure.workload.identity/client-id",
    ),
    automountServiceAccountToken: z
      .boolean()
      .optional()
      .describe("true: the agent gets a token for the API server of its cluster"),
    rules: z
      .array(PolicyRule)
      .max(32)
      .optional()
      .describe("What the agent may read in its own namespace; needs automountServiceAccountToken"),
    roleRefs: z
      .array(RoleRef)
      .max(16)
      .optional()
      .describe("Roles that the agent is bound to; each has to be in spec.roles of the tenant's file"),
  })
  .describe("The agent's ServiceAccount: its identity in clouds, and what it may do in the cluster");
