import * as z from "zod";
import { DIGEST_ANNOTATION } from "../../../domain/deployed/values-digest.ts";
import type { AgentKey } from "../../../domain/fleet.ts";
import type { WorkloadFacts } from "../../../domain/rollout/facts.ts";
import type { Json } from "../../../domain/values/scalars.ts";
import type { WordCollector } from "./collect-words.ts";
import { Count, conditionsOf, RawConditions, RawMetadata, Text, Time } from "./fields.ts";

export type WorkloadKind = WorkloadFacts["kind"];

const RawWorkload = z.object({
  metadata: RawMetadata,
  spec: z.object({ replicas: z.int().min(0).optional().catch(undefined) }).catch({ replicas: undefined }),
  status: z
    .object({
      observedGeneration: Count,
      replicas: Count,
      updatedReplicas: Count,
      readyReplicas: Count,
      availableReplicas: z.int().min(0).optional().catch(undefined),
      currentRevision: Text,
      updateRevision: Text,
      startTime: Time,
      conditions: RawConditions,
    })
    .optional()
    .catch(undefined),
});

/** A workload and the agent that its labels name. */
export interface LabelledWorkload {
  readonly agent: AgentKey;
  readonly workload: WorkloadFacts;
}

/**
 * A workload of charts/agent; undefined where it has another shape, belongs to no agent, or is a Job that a CronJob made. Its pods
 * are not looked at here.
 */
export function readLabelled(kind: WorkloadKind, object: Json, words: WordCollector): LabelledWorkload | undefined {
  const { data } = RawWorkload.safeParse(object);
  if (data === undefined) return undefined;
  const { metadata, spec, status } = data;
  const { "raos.dev/tenant": tenant, "app.kubernetes.io/instance": name } = metadata.labels;
  if (tenant === undefined || name === undefined || (kind === "Job" && metadata.ownerReferences.length > 0))
    return undefined;
  const shown = metadata.annotations[DIGEST_ANNOTATION];
  const own = {
    name: metadata.name,
    namespace: metadata.namespace,
    digest: shown !== undefined && /^[0-9a-f]{10}$/.test(shown) ? shown : undefined,
    conditions: conditionsOf(status?.conditions ?? [], words),
    trouble: undefined,
  };
  const agent = `${tenant}/${name}`;
  switch (kind) {
    case "CronJob":
      return { agent, workload: { kind, ...own } };
    case "Job":
      return { agent, workload: { kind, ...own, startedAt: status?.startTime } };
    case "Deployment":
    case "StatefulSet": {
      const wanted = spec.replicas ?? 1;
      const updated = status?.updatedReplicas ?? 0;
      // A StatefulSet of which pods are on their way counts them by the revision.
      const isBetween = kind === "StatefulSet" && status?.currentRevision !== status?.updateRevision;
      const replicas = {
        wanted,
        total: status?.replicas ?? 0,
        updated: isBetween ? Math.min(updated, Math.max(wanted - 1, 0)) : updated,
        available: status?.availableReplicas ?? status?.readyReplicas ?? 0,
      };
      const isObserved = (status?.observedGeneration ?? 0) >= metadata.generation;
      return { agent, workload: { kind, ...own, isObserved, replicas } };
    }
    default:
      return kind satisfies never;
  }
}
