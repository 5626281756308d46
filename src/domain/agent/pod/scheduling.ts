import * as z from "zod";
import { mapOf } from "../../values/map-of.ts";
import { Labels } from "../../values/scalars.ts";
import { ObjectName, QualifiedName, Seconds } from "./pod-scalars.ts";

const LabelValue = z
  .string()
  .max(63)
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, "is not a label's value: letters, digits, '-', '_' and '.'");
const weight = z.int().min(1).max(100).describe("How much it counts, 1 to 100");

export const Toleration = z.strictObject({
  key: QualifiedName.optional().describe("Key of the taint; left out, with Exists: every taint"),
  operator: z.enum(["Exists", "Equal"]).optional().describe("Left out: Equal"),
  value: LabelValue.optional().describe("Value of the taint"),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional().describe("Effect; left out: each"),
  tolerationSeconds: Seconds.optional().describe("NoExecute: how long the pod stays"),
});

const NodeRequirement = z.strictObject({
  key: QualifiedName.describe("Label or field of the node"),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]).describe("Relation"),
  values: z.array(LabelValue).max(64).optional().describe("Values; none for Exists and DoesNotExist"),
});
const NodeTerm = z.strictObject({
  matchExpressions: z.array(NodeRequirement).min(1).max(16).describe("Labels of the node; all have to hold"),
});

const LabelSelector = z.strictObject({
  matchLabels: Labels.optional().describe("Labels and values"),
  matchExpressions: z
    .array(
      z.strictObject({
        key: QualifiedName.describe("Label"),
        operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]).describe("Relation"),
        values: z.array(LabelValue).max(64).optional().describe("Values; none for Exists and DoesNotExist"),
      }),
    )
    .max(16)
    .optional()
    .describe("Relations; all have to hold"),
});
const PodTerm = z.strictObject({
  labelSelector: LabelSelector.optional().describe("Pods of the agent's namespace; left out: the agent's own"),
  topologyKey: QualifiedName.describe("Label of nodes, such as kubernetes.io/hostname"),
});
const podAffinity = z.strictObject({
  requiredDuringSchedulingIgnoredDuringExecution: z.array(PodTerm).max(8).optional().describe("What has to hold"),
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(z.strictObject({ weight, podAffinityTerm: PodTerm.describe("The pods") }))
    .max(8)
    .optional()
    .describe("What is better"),
});

export const Affinity = z.strictObject({
  nodeAffinity: z
    .strictObject({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .strictObject({ nodeSelectorTerms: z.array(NodeTerm).min(1).max(8).describe("One of them has to hold") })
        .optional()
        .describe("What has to hold"),
      preferredDuringSchedulingIgnoredDuringExecution: z
        .array(z.strictObject({ weight, preference: NodeTerm.describe("The nodes") }))
        .max(8)
        .optional()
        .describe("What is better"),
    })
    .optional()
    .describe("On which nodes"),
  podAffinity: podAffinity.optional().describe("Beside which pods"),
  podAntiAffinity: podAffinity.optional().describe("Away from which pods"),
});

export const TopologySpreadConstraint = z.strictObject({
  maxSkew: z.int().min(1).max(1000).describe("By how many pods two zones may differ"),
  topologyKey: QualifiedName.describe("Label of nodes, such as topology.kubernetes.io/zone"),
  whenUnsatisfiable: z.enum(["DoNotSchedule", "ScheduleAnyway"]).describe("What happens where it cannot hold"),
  labelSelector: LabelSelector.optional().describe("Pods that are counted; left out: the agent's own"),
  minDomains: z.int().min(1).max(1000).optional().describe("Fewest zones; DoNotSchedule only"),
});

export const NodeSelector = mapOf(QualifiedName, LabelValue, 32);
export const ClassName = ObjectName;
