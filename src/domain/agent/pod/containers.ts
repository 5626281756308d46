import * as z from "zod";
import { DnsLabel, Image } from "../../values/scalars.ts";
import { EnvVar, Resources } from "../container.ts";
import { AbsolutePath, UnixId } from "./pod-scalars.ts";
import { Lifecycle, Probe } from "./probes.ts";
import { EnvFromSource, VolumeMount } from "./volumes.ts";

const Capability = z
  .string()
  .max(64)
  .regex(/^[A-Z][A-Z0-9_]*$/, "is not a capability of Linux, such as NET_BIND_SERVICE");

/** What a container may do beyond the strict defaults; each only where the tenant's file allows it by name. */
export const ContainerSecurity = z.strictObject({
  readOnlyRootFilesystem: z
    .boolean()
    .optional()
    .describe(
      "false: it may write to its image's files; only where the tenant's spec.allow holds writableRootFilesystem",
    ),
  privileged: z
    .boolean()
    .optional()
    .describe("true: it is root on the node; only where the tenant's spec.allow holds privileged"),
  capabilities: z
    .strictObject({ add: z.array(Capability).max(32).describe("Capabilities of Linux") })
    .optional()
    .describe("What it gets besides; only where the tenant's spec.allow holds capabilities"),
});

/** A container that runs before the agent and ends, or, with restartPolicy Always, beside it from before its start. */
export const InitContainer = z.strictObject({
  name: DnsLabel.describe("Name of the container"),
  image: Image.describe("Container image"),
  restartPolicy: z
    .literal("Always")
    .optional()
    .describe(
      "Always: a sidecar, which keeps running beside the agent; left out: it has to end before the agent starts",
    ),
  command: z.array(z.string().max(1024)).max(64).optional().describe("Entry point"),
  args: z.array(z.string().max(4096)).max(64).optional().describe("Arguments of the entry point"),
  workingDir: AbsolutePath.optional().describe("Working folder"),
  env: z.array(EnvVar).max(128).optional().describe("Environment variables; secrets by reference only"),
  envFrom: z.array(EnvFromSource).max(16).optional().describe("All keys of Secrets and ConfigMaps as variables"),
  resources: Resources.optional().describe("CPU and memory, as in a pod spec"),
  ports: z
    .array(
      z.strictObject({
        name: z
          .string()
          .max(15)
          .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "is not a port's name: lower-case letters, digits and '-', at most 15")
          .optional()
          .describe("Name, by which probes refer to it"),
        containerPort: z.int().min(1).max(65_535).describe("Port"),
      }),
    )
    .max(16)
    .optional()
    .describe("Ports it listens on, for the agent and for probes"),
  volumeMounts: z.array(VolumeMount).max(32).optional().describe("Where it finds the pod's volumes"),
  startupProbe: Probe.optional().describe("Sidecar: when it has started"),
  readinessProbe: Probe.optional().describe("Sidecar: whether it takes work"),
  livenessProbe: Probe.optional().describe("Sidecar: whether it has to be restarted"),
  lifecycle: Lifecycle.optional().describe("Sidecar: what runs before it stops"),
  securityContext: ContainerSecurity.extend({
    runAsUser: UnixId.optional().describe("User id; left out: the pod's"),
    runAsGroup: UnixId.optional().describe("Group id; left out: the pod's"),
  })
    .optional()
    .describe("User, and what it may do"),
});
