import { expect, test } from "vitest";
import type { ApplicationFacts, ClusterFacts, SyncOperation } from "../../src/domain/rollout/facts.ts";
import { judgeRollout } from "../../src/rollout/judge-rollout.ts";
import {
  application,
  argocdQuestion,
  BEFORE,
  CHANGED,
  COMMIT,
  clusterOf,
  deployment,
  FOREIGN,
  MERGED,
  NEWER,
  OLDER,
  WANTED,
} from "./facts.ts";

const old = deployment({ digest: BEFORE });
const behind = { sync: "OutOfSync", compared: OLDER } as const;
const operation = (phase: SyncOperation["phase"], commit: string | undefined, text = ""): SyncOperation => {
  return { phase, commit, words: { text }, startedAt: CHANGED, finishedAt: CHANGED + 1 };
};
const health = (status: string) => ({ health: { status, since: CHANGED } });
const condition = (type: string, text: string) => ({ conditions: [{ type, words: { text }, since: CHANGED }] });
const withOne = (
  fields: Partial<ApplicationFacts>,
  ...workloads: Parameters<typeof clusterOf>[0]["workloads"] & object
) => clusterOf({ applications: [application(fields)], workloads });
const rolling = deployment({ replicas: { wanted: 2, total: 3, updated: 1, available: 2 } });

type Row = readonly [
  what: string,
  facts: ClusterFacts,
  phase: string,
  running: string | undefined,
  reason: string | undefined,
  since: number | undefined,
];

const rows: readonly Row[] = [
  ["all is as wanted", withOne({}, deployment()), "running", WANTED, undefined, CHANGED],
  [
    "a later commit has overtaken it",
    withOne({ compared: NEWER, operation: operation("Succeeded", NEWER) }, deployment()),
    "running",
    WANTED,
    undefined,
    CHANGED + 1,
  ],
  [
    "the commit changed nothing that is rendered, so that nothing was synced for it",
    withOne({ operation: operation("Succeeded", OLDER) }, deployment({ digest: undefined })),
    "running",
    WANTED,
    undefined,
    CHANGED + 1,
  ],
  [
    "somebody changed an object since",
    withOne({ sync: "OutOfSync" }, deployment()),
    "running",
    WANTED,
    undefined,
    CHANGED,
  ],
  [
    "it has not seen the commit",
    withOne({ ...behind, operation: operation("Succeeded", OLDER) }, old),
    "pending",
    BEFORE,
    "Application production.acme.triage is at 1111111, which is older",
    MERGED,
  ],
  [
    "it has not synced the commit",
    withOne({ sync: "OutOfSync", operation: operation("Succeeded", OLDER) }, old),
    "pending",
    BEFORE,
    "Application production.acme.triage knows the commit and has not synced it yet",
    MERGED,
  ],
  [
    "nothing was ever synced",
    withOne({ sync: "OutOfSync", compared: undefined, operation: undefined }),
    "pending",
    undefined,
    "Application production.acme.triage has not been synced yet",
    MERGED,
  ],
  [
    "it is not synced automatically",
    withOne({ sync: "OutOfSync", isAutomated: false, operation: operation("Succeeded", OLDER) }, old),
    "held-up",
    BEFORE,
    "Application production.acme.triage is out of sync, and it is not synced automatically",
    MERGED,
  ],
  [
    "its project is not there",
    withOne({ ...behind, operation: undefined, ...condition("InvalidSpecError", "project acme does not exist") }),
    "held-up",
    undefined,
    "Application production.acme.triage: project acme does not exist",
    MERGED,
  ],
  [
    "it is syncing",
    withOne({ sync: "OutOfSync", operation: operation("Running", COMMIT, "waiting for healthy state") }, old),
    "rolling",
    BEFORE,
    "Application production.acme.triage is syncing: waiting for healthy state",
    CHANGED,
  ],
  [
    "its sync failed",
    withOne({ sync: "OutOfSync", operation: operation("Failed", COMMIT, "one or more objects failed to apply") }, old),
    "failed",
    BEFORE,
    "Application production.acme.triage: one or more objects failed to apply",
    CHANGED + 1,
  ],
  [
    "the sync of an older commit failed",
    withOne({ sync: "OutOfSync", operation: operation("Failed", OLDER, "failed") }, old),
    "pending",
    BEFORE,
    "Application production.acme.triage knows the commit and has not synced it yet",
    MERGED,
  ],
  [
    "its pods are on their way",
    withOne(health("Progressing"), rolling),
    "rolling",
    undefined,
    "Deployment triage: 1 of 2 pods are new",
    CHANGED,
  ],
  [
    "its pods do not start",
    withOne(health("Degraded"), {
      ...rolling,
      conditions: [
        {
          type: "Progressing",
          status: "False",
          reason: "ProgressDeadlineExceeded",
          words: { text: "ReplicaSet has timed out progressing." },
          since: CHANGED,
        },
      ],
      trouble: { text: "ImagePullBackOff" },
    }),
    "failed",
    undefined,
    "Deployment triage: ProgressDeadlineExceeded: ReplicaSet has timed out progressing.: ImagePullBackOff",
    CHANGED,
  ],
  [
    "another object of it waits",
    withOne(health("Progressing"), deployment()),
    "running",
    WANTED,
    "Application production.acme.triage is Progressing",
    CHANGED,
  ],
  [
    "another object of it is degraded",
    withOne(health("Degraded"), deployment()),
    "running",
    WANTED,
    "Application production.acme.triage is Degraded",
    CHANGED,
  ],
  [
    "it is degraded, and workloads cannot be read",
    { ...withOne(health("Degraded")), workloads: { kind: "unreadable", words: "forbidden" } },
    "failed",
    undefined,
    "Application production.acme.triage is Degraded",
    CHANGED,
  ],
  [
    "it is progressing, and workloads cannot be read",
    { ...withOne(health("Progressing")), workloads: { kind: "unreadable", words: "forbidden" } },
    "rolling",
    undefined,
    "Application production.acme.triage is Progressing",
    CHANGED,
  ],
  [
    "it is at a commit that the repository does not have",
    withOne({ ...behind, compared: FOREIGN, operation: operation("Succeeded", FOREIGN) }, old),
    "unknown",
    BEFORE,
    "Application production.acme.triage is at 4444444, a commit that the repository does not have",
    undefined,
  ],
  [
    "the Application is in another cluster",
    clusterOf({ workloads: [deployment()] }),
    "running",
    WANTED,
    undefined,
    CHANGED,
  ],
  [
    "the Application is in another cluster, and the values are others",
    clusterOf({ workloads: [old] }),
    "unknown",
    BEFORE,
    "neither the Application production.acme.triage nor raos-production, which makes it, is in a cluster that was read",
    undefined,
  ],
  [
    "Applications cannot be read",
    { ...clusterOf({ workloads: [old] }), applications: { kind: "unreadable", words: "forbidden" } },
    "unknown",
    BEFORE,
    "forbidden",
    undefined,
  ],
  [
    "its Application is not made yet",
    clusterOf({ applications: [application({ name: "raos-production" })] }),
    "pending",
    undefined,
    "Application raos-production has not made production.acme.triage yet",
    MERGED,
  ],
  [
    "what makes its Application is held up",
    clusterOf({
      applications: [
        application({ name: "raos-production", ...condition("ComparisonError", "failed to load target state") }),
      ],
    }),
    "held-up",
    undefined,
    "held up by Application raos-production: failed to load target state",
    MERGED,
  ],
];

test.each(rows)("%s", (_what, facts, phase, running, reason, since) => {
  const { agent, environment, wanted } = argocdQuestion;
  expect(judgeRollout(argocdQuestion, { kind: "read", facts })).toEqual({
    ...{ agent, environment, wanted, phase, reason, since },
    running: running === undefined ? undefined : { digest: running },
  });
});
