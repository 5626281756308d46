import type { Listed, WorkloadFacts } from "../domain/rollout/facts.ts";
import type { RunningRelease } from "../domain/rollout/rollout.ts";
import type { Instant } from "../domain/values/scalars.ts";
import type { FoundRollout, RolloutQuestion } from "./question.ts";
import { workloadState } from "./workload-state.ts";

export type FoundWorkload = Listed<WorkloadFacts | undefined>;

/** The finding once the controller says that the wanted values are applied: what the workload itself says. */
export function judgeApplied(
  { wanted, isJob }: RolloutQuestion,
  workload: FoundWorkload,
  at: Instant | undefined,
): FoundRollout {
  const running = { digest: wanted.digest };
  if (workload.kind !== "listed") return { phase: "running", running, reason: undefined, since: at };
  const found = workload.items;
  if (found === undefined && isJob) return { phase: "running", running, reason: undefined, since: at };
  if (found === undefined)
    return {
      ...{ phase: "unknown", running: undefined, since: at },
      reason: "its values are applied, and there is no Deployment, StatefulSet or CronJob of it",
    };
  if (found.digest !== undefined && found.digest !== wanted.digest)
    return {
      ...{ phase: "unknown", running: runningOf(workload), since: at },
      reason: `its values are applied, and ${found.kind} ${found.name} shows the digest ${found.digest}, which is that of others`,
    };
  return judgePods(wanted.digest, found, at);
}

/** The finding from the pods of a workload that has the wanted values. */
export function judgePods(digest: string, workload: WorkloadFacts, at: Instant | undefined): FoundRollout {
  const state = workloadState(workload);
  switch (state.kind) {
    case "complete":
      return { phase: "running", running: { digest }, reason: state.words, since: latest(state.since, at) };
    case "rolling":
    case "failed":
      // Pods from before may run beside the new ones.
      return { phase: state.kind, running: undefined, reason: state.words, since: state.since ?? at };
    default:
      return state satisfies never;
  }
}

/** What runs, by the annotation of the workload, where that is not about values that are just being rolled out. */
export function runningOf(workload: FoundWorkload): RunningRelease | undefined {
  const found = workload.kind === "listed" ? workload.items : undefined;
  if (found?.digest === undefined || workloadState(found).kind !== "complete") return undefined;
  return { digest: found.digest };
}

function latest(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
