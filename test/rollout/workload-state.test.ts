import { expect, test } from "vitest";
import type { WorkloadFacts } from "../../src/domain/rollout/facts.ts";
import { workloadState } from "../../src/rollout/workload-state.ts";
import { CHANGED, condition, deployment } from "./facts.ts";

const set = (updated: number, available: number) =>
  deployment({ kind: "StatefulSet", conditions: [], replicas: { wanted: 2, total: 2, updated, available } });
const job = (...conditions: WorkloadFacts["conditions"]): WorkloadFacts => ({
  ...{ kind: "Job", name: "nightly-0a1b2c3d", namespace: "acme", digest: undefined, trouble: undefined, conditions },
  startedAt: CHANGED,
});
const late = condition("Progressing", "False", "ProgressDeadlineExceeded", "it has timed out");

test.each<[string, WorkloadFacts, string, string | undefined]>([
  ["every pod is new", deployment(), "complete", undefined],
  [
    "scaled to none",
    deployment({ replicas: { wanted: 0, total: 0, updated: 0, available: 0 } }),
    "complete",
    undefined,
  ],
  [
    "not observed",
    deployment({ isObserved: false }),
    "rolling",
    "Deployment triage: its controller has not seen the change yet",
  ],
  [
    "some pods are new",
    deployment({ replicas: { wanted: 2, total: 3, updated: 1, available: 2 } }),
    "rolling",
    "Deployment triage: 1 of 2 pods are new",
  ],
  [
    "old pods are left",
    deployment({ replicas: { wanted: 2, total: 3, updated: 2, available: 2 } }),
    "rolling",
    "Deployment triage: 1 pods from before have not ended",
  ],
  [
    "new pods are not available",
    deployment({
      conditions: [condition("Progressing", "True", "ReplicaSetUpdated")],
      replicas: { wanted: 2, total: 2, updated: 2, available: 1 },
    }),
    "rolling",
    "Deployment triage: 1 of 2 pods are available",
  ],
  [
    "a pod ended since",
    deployment({ replicas: { wanted: 2, total: 2, updated: 2, available: 1 } }),
    "complete",
    "Deployment triage: 1 of 2 pods are available",
  ],
  [
    "too late",
    deployment({ conditions: [late] }),
    "failed",
    "Deployment triage: ProgressDeadlineExceeded: it has timed out",
  ],
  ["a StatefulSet is new", set(2, 2), "complete", undefined],
  ["a StatefulSet is on its way", set(1, 2), "rolling", "StatefulSet triage: 1 of 2 pods are new"],
  ["a StatefulSet waits for a pod", set(2, 1), "rolling", "StatefulSet triage: 1 of 2 pods are available"],
  ["a CronJob", { ...deployment(), kind: "CronJob" }, "complete", undefined],
  ["a Job", job(), "complete", undefined],
  [
    "a Job that failed",
    job(condition("Failed", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit")),
    "failed",
    "Job nightly-0a1b2c3d: BackoffLimitExceeded: Job has reached the specified backoff limit",
  ],
])("%s", (_what, workload, kind, words) => {
  expect(workloadState(workload)).toMatchObject({ kind, words });
});
