import * as z from "zod";
import { DnsLabel, Quantity, SecretKeyRef } from "../values/scalars.ts";

const Devices = z.int().min(1).max(1024);

const ResourceList = z.strictObject({
  cpu: Quantity.optional().describe("CPU cores, such as 500m or 2"),
  memory: Quantity.optional().describe("Memory, such as 512Mi"),
  "ephemeral-storage": Quantity.optional().describe("Disk that is lost with the pod, such as 1Gi"),
  "nvidia.com/gpu": Devices.optional().describe("GPUs of NVIDIA; other devices are in runtime.pod.extendedResources"),
  "amd.com/gpu": Devices.optional().describe("GPUs of AMD"),
});

const ConfigMapKeyRef = z.strictObject({
  name: DnsLabel.describe("Name of the ConfigMap, in the agent's namespace"),
  key: z.string().max(253).describe("Key within the ConfigMap"),
});

/** An environment variable of a container. */
export const EnvVar = z.strictObject({
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

/** What a container asks for, and what it may use at most. */
export const Resources = z.strictObject({
  requests: ResourceList.optional().describe("What the scheduler sets aside for a replica"),
  limits: ResourceList.optional().describe("What a replica may use at most"),
});
