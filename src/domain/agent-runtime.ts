import * as z from "zod";
import { DnsLabel, Image, Port, Quantity, Route, SecretKeyRef } from "./scalars.ts";

const ResourceList = z.strictObject({
  cpu: Quantity.optional().describe("CPU cores, such as 500m or 2"),
  memory: Quantity.optional().describe("Memory, such as 512Mi"),
  "ephemeral-storage": Quantity.optional().describe("Disk that is lost with the pod, such as 1Gi"),
});

const ConfigMapKeyRef = z.strictObject({
  name: DnsLabel.describe("Name of the ConfigMap, in the agent's namespace"),
  key: z.string().max(253).describe("Key within the ConfigMap"),
});

const EnvVar = z.strictObject({
  name: z
    .string()
    .max(128)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not an environment variable name: letters, digits and '_'")
    .describe("Name of the variable"),
  value: z.string().max(4096).optional().describe("A plain value; never a secret"),
  valueFrom: z
    .union([
      z.strictObject({ secretKeyRef: SecretKeyRef }),
      z.strictObject({ configMapKeyRef: ConfigMapKeyRef.describe("Key of a ConfigMap") }),
      z.strictObject({
        fieldRef: z
          .strictObject({ fieldPath: z.string().max(128).describe("Path of the field, such as metadata.name") })
          .describe("Field of the pod"),
      }),
    ])
    .optional()
    .describe("Where the value comes from: a Secret, a ConfigMap or a field of the pod"),
});

const Storage = z.strictObject({
  size: Quantity.describe("Size of the volume, such as 10Gi"),
  mountPath: z
    .string()
    .max(256)
    .regex(/^\/[^:]*$/, "is not an absolute path without ':', such as /data")
    .describe("Where the container finds the volume, such as /data"),
  storageClassName: DnsLabel.optional().describe("StorageClass; left out: the cluster's default"),
});

/** The container that runs an agent. */
export const Runtime = z
  .strictObject({
    image: Image.optional().describe("Container image; left out: the stock agent runtime"),
    port: Port.default(8080).describe("Port the agent listens on"),
    protocol: z.enum(["http", "grpc"]).default("http").describe("Protocol Dapr uses towards the agent"),
    framework: z
      .enum(["openai-agents", "dapr-agents", "custom"])
      .default("openai-agents")
      .describe("What the agent is written with"),
    workload: z.enum(["Deployment", "StatefulSet"]).default("Deployment").describe("Kubernetes workload kind"),
    command: z.array(z.string().max(1024)).max(64).optional().describe("Entry point of the container"),
    args: z.array(z.string().max(4096)).max(64).optional().describe("Arguments of the entry point"),
    resources: z
      .strictObject({
        requests: ResourceList.optional().describe("What the scheduler sets aside for a replica"),
        limits: ResourceList.optional().describe("What a replica may use at most"),
      })
      .optional()
      .describe("CPU and memory, as in a pod spec"),
    env: z.array(EnvVar).max(128).optional().describe("Environment variables; secrets by reference only"),
    healthPath: Route.optional().describe("Path of the HTTP health check; left out: /healthz"),
    storage: Storage.optional().describe("A volume per replica; StatefulSet only"),
  })
  .describe("The container that runs the agent");
