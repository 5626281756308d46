import * as z from "zod";
import { DnsLabel, Image, Port, Quantity, Route } from "../values/scalars.ts";
import { Upgrade } from "./agent-upgrade.ts";
import { EnvVar, Resources } from "./container.ts";
import { ExternalSecret } from "./pod/external-secrets.ts";
import { JobFields } from "./pod/job.ts";
import { Pod } from "./pod/pod.ts";
import { ServiceAccount } from "./pod/service-account.ts";
import { WORKLOADS } from "./workload.ts";

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
    image: Image.optional().describe("Container image; left out: the stock agent"),
    upgrade: Upgrade.optional(),
    port: Port.default(8080).describe("Port the agent listens on"),
    protocol: z.enum(["http", "grpc"]).default("http").describe("Protocol Dapr uses towards the agent"),
    framework: z
      .enum(["openai-agents", "dapr-agents", "custom"])
      .default("openai-agents")
      .describe("What the agent is written with"),
    workload: z
      .enum(WORKLOADS)
      .default("Deployment")
      .describe("Kubernetes workload kind; a CronJob or Job does its work and ends, and nobody can call it"),
    command: z.array(z.string().max(1024)).max(64).optional().describe("Entry point of the container"),
    args: z.array(z.string().max(4096)).max(64).optional().describe("Arguments of the entry point"),
    resources: Resources.optional().describe("CPU and memory, as in a pod spec"),
    env: z.array(EnvVar).max(128).optional().describe("Environment variables; secrets by reference only"),
    healthPath: Route.optional().describe("Path of the HTTP health check; left out: /healthz"),
    storage: Storage.optional().describe("A volume per replica; StatefulSet only"),
    strategy: z
      .enum(["RollingUpdate", "Recreate"])
      .optional()
      .describe(
        "Deployment: Recreate stops the old pod first, for a volume or GPU that two pods cannot share; left out: RollingUpdate",
      ),
    job: JobFields.optional(),
    serviceAccount: ServiceAccount.optional(),
    externalSecrets: z
      .array(ExternalSecret)
      .max(16)
      .optional()
      .describe("Secrets that External Secrets makes from a store outside of the cluster"),
    pod: Pod.optional().describe("What else the pods need: volumes, sidecars, nodes, probes, with Kubernetes' names"),
  })
  .describe("The container that runs the agent");
