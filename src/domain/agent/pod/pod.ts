import * as z from "zod";
import { Labels } from "../../values/scalars.ts";
import { ContainerSecurity, InitContainer } from "./containers.ts";
import { Annotations, ObjectName, UnixId } from "./pod-scalars.ts";
import { Lifecycle, Probe } from "./probes.ts";
import { Affinity, ClassName, NodeSelector, Toleration, TopologySpreadConstraint } from "./scheduling.ts";
import { EnvFromSource, ExtendedResources, Volume, VolumeMount } from "./volumes.ts";

/**
 * A checked subset of a pod template, with Kubernetes' names. What is about a container (volumeMounts, envFrom, probes,
 * lifecycle) is about the agent's. `rules/pod` holds what the schema cannot say.
 */
export const Pod = z
  .strictObject({
    labels: Labels.optional().describe("Further labels of the pods alone"),
    annotations: Annotations.optional().describe("Annotations of the pods"),
    volumes: z.array(Volume).max(32).optional().describe("Volumes, each with exactly one source"),
    volumeMounts: z.array(VolumeMount).max(32).optional().describe("Where the agent finds the volumes"),
    envFrom: z.array(EnvFromSource).max(16).optional().describe("All keys of Secrets and ConfigMaps as variables"),
    initContainers: z
      .array(InitContainer)
      .max(16)
      .optional()
      .describe("Containers that run before the agent, or beside it (restartPolicy: Always), in their order"),
    imagePullSecrets: z
      .array(z.strictObject({ name: ObjectName.describe("Name of the Secret") }))
      .max(8)
      .optional()
      .describe("Secrets for private registries"),
    extendedResources: ExtendedResources.optional().describe(
      "Devices for the agent's container, such as nvidia.com/gpu: 1; set as request and as limit",
    ),
    nodeSelector: NodeSelector.optional().describe("Labels that a node has to have"),
    tolerations: z.array(Toleration).max(16).optional().describe("Taints of nodes that do not keep the pods away"),
    affinity: Affinity.optional().describe("Which nodes, and beside or away from which pods"),
    topologySpreadConstraints: z
      .array(TopologySpreadConstraint)
      .max(8)
      .optional()
      .describe("How replicas are spread; left out: over nodes, and with stage planet over zones"),
    priorityClassName: ClassName.optional().describe("PriorityClass"),
    runtimeClassName: ClassName.optional().describe("RuntimeClass, such as gvisor or nvidia"),
    securityContext: z
      .strictObject({
        runAsUser: UnixId.optional().describe(
          "User id; left out: 65532. 0 only where the tenant's spec.allow holds rootUser",
        ),
        runAsGroup: UnixId.optional().describe("Group id; left out: 65532"),
        fsGroup: UnixId.optional().describe("Group of the volumes; left out: 65532"),
        supplementalGroups: z.array(UnixId).max(16).optional().describe("Further groups"),
      })
      .optional()
      .describe("User and groups of the pod's containers"),
    containerSecurityContext: ContainerSecurity.optional().describe(
      "What the agent's container may do; each only where the tenant's file allows it",
    ),
    hostNetwork: z
      .boolean()
      .optional()
      .describe("The node's network; only where the tenant's spec.allow holds hostNetwork"),
    hostPID: z.boolean().optional().describe("The node's processes; only where the tenant's spec.allow holds hostPID"),
    hostIPC: z
      .boolean()
      .optional()
      .describe("The node's shared memory; only where the tenant's spec.allow holds hostIPC"),
    terminationGracePeriodSeconds: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .describe("How long the agent may take to stop; left out: 45"),
    lifecycle: Lifecycle.optional().describe("What runs before the agent stops"),
    startupProbe: Probe.optional().describe(
      "When the agent has started; left out: as the other probes ask, else by runtime.healthPath",
    ),
    readinessProbe: Probe.optional().describe(
      "Whether the agent takes calls; left out: as the other probes ask, else by runtime.healthPath",
    ),
    livenessProbe: Probe.optional().describe(
      "Whether the agent has to be restarted; left out: as the other probes ask, else by runtime.healthPath",
    ),
  })
  .describe("A checked subset of a pod template, with Kubernetes' names");
export type Pod = z.infer<typeof Pod>;
