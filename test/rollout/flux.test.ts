import { expect, test } from "vitest";
import type { ClusterFacts } from "../../src/domain/rollout/facts.ts";
import { judgeRollout } from "../../src/rollout/judge-rollout.ts";
import {
  BEFORE,
  CHANGED,
  clusterOf,
  condition,
  deployment,
  FOREIGN,
  fluxQuestion,
  kustomization,
  MERGED,
  NEWER,
  OLDER,
  release,
  source,
  WANTED,
} from "./facts.ts";

const unreadable = { kind: "unreadable", words: "it is forbidden" } as const;
const absent = { kind: "absent" } as const;
const old = deployment({ digest: BEFORE });
/** The cluster before the commit has come: the HelmRelease names the values before. */
const before = { releases: [release({ digest: BEFORE })], workloads: [old] };
const failed = condition("Ready", "False", "UpgradeFailed", "timed out waiting");

type Row = readonly [
  what: string,
  facts: ClusterFacts,
  phase: string,
  running: string | undefined,
  reason: string | undefined,
  since: number | undefined,
];

const rows: readonly Row[] = [
  [
    "all is as wanted",
    clusterOf({ releases: [release()], workloads: [deployment()] }),
    "running",
    WANTED,
    undefined,
    CHANGED,
  ],
  [
    "a later commit has overtaken it",
    clusterOf({
      releases: [release()],
      workloads: [deployment()],
      kustomizations: [kustomization({ applied: NEWER })],
    }),
    ...(["running", WANTED, undefined, CHANGED] as const),
  ],
  [
    "a chart without the digest: the release names the values",
    clusterOf({ releases: [release({ deployedAt: 5000 })], workloads: [deployment({ digest: undefined })] }),
    ...(["running", WANTED, undefined, 5000] as const),
  ],
  [
    "workloads cannot be read: Helm waited for them",
    { ...clusterOf({ releases: [release()] }), workloads: unreadable },
    ...(["running", WANTED, undefined, CHANGED] as const),
  ],
  [
    "a pod ended since",
    clusterOf({
      releases: [release()],
      workloads: [
        deployment({
          replicas: { wanted: 2, total: 2, updated: 2, available: 1 },
          trouble: { text: "pod triage-1: container agent waits: CrashLoopBackOff" },
        }),
      ],
    }),
    ...(["running", WANTED] as const),
    "Deployment triage: 1 of 2 pods are available: pod triage-1: container agent waits: CrashLoopBackOff",
    CHANGED,
  ],
  [
    "Ready speaks of the generation before",
    clusterOf({ releases: [release({ isObserved: false })], workloads: [old] }),
    ...([
      "rolling",
      BEFORE,
      "HelmRelease flux-system/acme.triage: its controller has not seen the change yet",
      CHANGED,
    ] as const),
  ],
  [
    "Helm is at work",
    clusterOf({
      releases: [release({ conditions: [condition("Ready", "Unknown", "Progressing", "Running 'upgrade' action")] })],
      workloads: [old],
    }),
    ...([
      "rolling",
      BEFORE,
      "HelmRelease flux-system/acme.triage: Progressing: Running 'upgrade' action",
      CHANGED,
    ] as const),
  ],
  [
    "Helm waits for a pod",
    clusterOf({
      releases: [release({ conditions: [condition("Ready", "Unknown", "Progressing", "Running 'upgrade' action")] })],
      workloads: [
        deployment({
          replicas: { wanted: 2, total: 3, updated: 1, available: 2 },
          trouble: { text: "ImagePullBackOff" },
        }),
      ],
    }),
    ...(["rolling", undefined] as const),
    "HelmRelease flux-system/acme.triage: Progressing: Running 'upgrade' action (ImagePullBackOff)",
    CHANGED,
  ],
  [
    "the upgrade failed",
    clusterOf({ releases: [release({ conditions: [failed] })], workloads: [old] }),
    ...(["failed", BEFORE, "HelmRelease flux-system/acme.triage: UpgradeFailed: timed out waiting", CHANGED] as const),
  ],
  [
    "Helm went back, and then gave up",
    clusterOf({
      releases: [
        release({
          conditions: [
            condition("Ready", "False", "RetriesExceeded", "Failed to upgrade after 3 attempt(s)"),
            condition("Stalled", "True", "RetriesExceeded", "Failed to upgrade after 3 attempt(s)"),
            condition("Released", "False", "UpgradeFailed", "timed out waiting"),
            condition("Remediated", "True", "RollbackSucceeded", "rollback succeeded"),
          ],
        }),
      ],
      workloads: [old],
    }),
    ...([
      "rolled-back",
      BEFORE,
      "HelmRelease flux-system/acme.triage: UpgradeFailed: timed out waiting",
      CHANGED,
    ] as const),
  ],
  [
    "its chart is not there",
    clusterOf({
      releases: [release({ conditions: [condition("Ready", "False", "SourceNotReady", "HelmChart is not ready")] })],
      workloads: [old],
    }),
    ...([
      "held-up",
      BEFORE,
      "HelmRelease flux-system/acme.triage: SourceNotReady: HelmChart is not ready",
      CHANGED,
    ] as const),
  ],
  [
    "it is suspended",
    clusterOf({ releases: [release({ isSuspended: true })], workloads: [old] }),
    ...(["held-up", BEFORE, "HelmRelease flux-system/acme.triage is suspended", undefined] as const),
  ],
  [
    "it is suspended, and the workload has the values",
    clusterOf({ releases: [release({ isSuspended: true })], workloads: [deployment()] }),
    ...(["running", WANTED, undefined, CHANGED] as const),
  ],
  [
    "Flux has not fetched the commit",
    clusterOf({
      ...before,
      kustomizations: [kustomization({ applied: OLDER })],
      sources: [source({ fetched: OLDER })],
    }),
    ...(["pending", BEFORE, "GitRepository flux-system/fleet has fetched 1111111, which is older", MERGED] as const),
  ],
  [
    "Flux has not applied the commit",
    clusterOf({ ...before, kustomizations: [kustomization({ applied: OLDER })], sources: [source()] }),
    ...(["pending", BEFORE, "Kustomization flux-system/raos has applied 1111111, which is older", MERGED] as const),
  ],
  [
    "another object holds up the Kustomization",
    clusterOf({
      ...before,
      kustomizations: [
        kustomization({
          applied: OLDER,
          conditions: [condition("Ready", "False", "ReconciliationFailed", "dry-run failed")],
        }),
      ],
      sources: [source()],
    }),
    ...(["held-up", BEFORE] as const),
    "held up by Kustomization flux-system/raos: ReconciliationFailed: dry-run failed",
    CHANGED,
  ],
  [
    "the repository cannot be fetched",
    clusterOf({
      ...before,
      kustomizations: [kustomization({ applied: OLDER })],
      sources: [
        source({ fetched: OLDER, conditions: [condition("Ready", "False", "GitOperationFailed", "no such host")] }),
      ],
    }),
    ...([
      "held-up",
      BEFORE,
      "held up by GitRepository flux-system/fleet: GitOperationFailed: no such host",
      CHANGED,
    ] as const),
  ],
  [
    "somebody suspended the Kustomization",
    clusterOf({ ...before, kustomizations: [kustomization({ applied: OLDER, isSuspended: true })] }),
    ...(["held-up", BEFORE, "held up by Kustomization flux-system/raos: it is suspended", MERGED] as const),
  ],
  [
    "a Kustomization of its own folder counts, not the one above it",
    clusterOf({
      ...before,
      kustomizations: [
        kustomization({ name: "flux-system/all", path: "" }),
        kustomization({ applied: OLDER, path: "deploy/production/acme" }),
        kustomization({ name: "flux-system/other", path: "deploy/prod" }),
      ],
    }),
    ...(["pending", BEFORE, "Kustomization flux-system/raos has applied 1111111, which is older", MERGED] as const),
  ],
  [
    "the commit is applied and its HelmRelease is not there",
    clusterOf({ kustomizations: [kustomization()] }),
    ...(["unknown", undefined] as const),
    "Kustomization flux-system/raos has applied the commit, and the HelmRelease acme.triage in the cluster is missing or names other values",
    undefined,
  ],
  [
    "the cluster is at a commit that the repository does not have",
    clusterOf({ ...before, kustomizations: [kustomization({ applied: FOREIGN })] }),
    ...(["unknown", BEFORE] as const),
    "Kustomization flux-system/raos has applied 4444444, a commit that the repository does not have",
    undefined,
  ],
  [
    "the workload shows others' values than the release that is ready",
    clusterOf({ releases: [release()], workloads: [old] }),
    ...(["unknown", BEFORE] as const),
    `its values are applied, and Deployment triage shows the digest ${BEFORE}, which is that of others`,
    CHANGED,
  ],
  [
    "the workload is gone",
    clusterOf({ releases: [release()] }),
    ...([
      "unknown",
      undefined,
      "its values are applied, and there is no Deployment, StatefulSet or CronJob of it",
      CHANGED,
    ] as const),
  ],
  [
    "a workload in another namespace is not its own",
    clusterOf({ releases: [release()], workloads: [deployment({ namespace: "globex" })] }),
    ...([
      "unknown",
      undefined,
      "its values are applied, and there is no Deployment, StatefulSet or CronJob of it",
      CHANGED,
    ] as const),
  ],
  [
    "HelmReleases cannot be read, and the workload shows the values",
    { ...clusterOf({ workloads: [deployment()] }), releases: unreadable },
    ...(["running", WANTED, undefined, CHANGED] as const),
  ],
  [
    "HelmReleases cannot be read",
    { ...clusterOf({ workloads: [old] }), releases: unreadable },
    ...(["unknown", BEFORE, "it is forbidden", undefined] as const),
  ],
  [
    "Flux is not there",
    { ...clusterOf({}), releases: absent, kustomizations: absent },
    ...([
      "unknown",
      undefined,
      "the cluster knows no HelmReleases of Flux, which raos.yaml delivers with",
      undefined,
    ] as const),
  ],
  [
    "nothing applies the folder",
    clusterOf(before),
    "unknown",
    BEFORE,
    "the cluster has no Kustomization that applies deploy/production/acme/triage",
    undefined,
  ],
  [
    "nothing applies the folder, and the HelmRelease of this name is another environment's",
    clusterOf({ releases: [release({ digest: BEFORE })] }),
    "unknown",
    undefined,
    "the cluster has no Kustomization that applies deploy/production/acme/triage",
    undefined,
  ],
  [
    "the values before, with a chart that has no digest",
    clusterOf({
      releases: [release({ digest: BEFORE })],
      workloads: [deployment({ digest: undefined })],
      kustomizations: [kustomization({ applied: undefined })],
    }),
    ...(["pending", BEFORE, "Kustomization flux-system/raos has applied nothing yet", MERGED] as const),
  ],
];

test.each(rows)("%s", (_what, facts, phase, running, reason, since) => {
  const { agent, environment, wanted } = fluxQuestion;
  expect(judgeRollout(fluxQuestion, { kind: "read", facts })).toEqual({
    ...{ agent, environment, wanted, phase, reason, since },
    running: running === undefined ? undefined : { digest: running },
  });
});

test.each(["closed", "unreadable"] as const)("a cluster that is %s is unknown", (kind) => {
  const rollout = judgeRollout(fluxQuestion, { kind, words: "nobody answers" });
  expect(rollout).toMatchObject({ phase: "unknown", running: undefined, reason: "nobody answers", since: undefined });
});

test("a Job that has ended and was removed did run", () => {
  const facts = clusterOf({ releases: [release()] });
  expect(judgeRollout({ ...fluxQuestion, isJob: true }, { kind: "read", facts })).toMatchObject({ phase: "running" });
});
