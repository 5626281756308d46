import type { WorkloadFacts } from "../domain/rollout/facts.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { conditionOf, isTrue, sentence } from "./conditions.ts";

/** How far a workload has come with what it was told last. `complete`: every pod was replaced; `words`: what is wrong with them since. */
export type WorkloadState =
  | { readonly kind: "complete"; readonly words: string | undefined; readonly since: Instant | undefined }
  | { readonly kind: "rolling"; readonly words: string; readonly since: Instant | undefined }
  | { readonly kind: "failed"; readonly words: string; readonly since: Instant | undefined };

/**
 * The state of a workload, by the rules of `kubectl rollout status`. A Deployment that was complete once stays so where a pod of it
 * ends later: its values run. A Job is complete as soon as it is there, since its pods never change.
 */
export function workloadState(workload: WorkloadFacts): WorkloadState {
  switch (workload.kind) {
    case "CronJob":
      return { kind: "complete", words: undefined, since: undefined };
    case "Job": {
      const failed = conditionOf(workload.conditions, "Failed");
      return isTrue(failed)
        ? { kind: "failed", words: `Job ${workload.name}: ${sentence(failed)}`, since: failed.since }
        : { kind: "complete", words: undefined, since: workload.startedAt };
    }
    case "Deployment":
    case "StatefulSet":
      return replicasState(workload);
    default:
      return workload satisfies never;
  }
}

type Replicated = Extract<WorkloadFacts, { readonly kind: "Deployment" | "StatefulSet" }>;

function replicasState(workload: Replicated): WorkloadState {
  const { kind, name, replicas, isObserved, conditions, trouble } = workload;
  const progress = conditionOf(conditions, "Progressing");
  const since = progress?.since;
  const what = `${kind} ${name}`;
  const because = trouble === undefined || trouble.text === "" ? "" : `: ${trouble.text}`;
  if (!isObserved) return { kind: "rolling", words: `${what}: its controller has not seen the change yet`, since };
  if (progress?.status === "False") return { kind: "failed", words: `${what}: ${sentence(progress)}${because}`, since };
  const { wanted, total, updated, available } = replicas;
  if (updated < wanted)
    return { kind: "rolling", words: `${what}: ${updated} of ${wanted} pods are new${because}`, since };
  if (total > updated)
    return { kind: "rolling", words: `${what}: ${total - updated} pods from before have not ended${because}`, since };
  if (available >= wanted) return { kind: "complete", words: undefined, since };
  const words = `${what}: ${available} of ${wanted} pods are available${because}`;
  return progress?.reason === WAS_COMPLETE ? { kind: "complete", words, since } : { kind: "rolling", words, since };
}

/** The reason of a Deployment's condition Progressing once every pod was replaced; it stays until the next change. */
const WAS_COMPLETE = "NewReplicaSetAvailable";
