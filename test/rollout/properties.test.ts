import fc from "fast-check";
import { expect, test } from "vitest";
import type { ClusterReading, Condition, Listed } from "../../src/domain/rollout/facts.ts";
import { judgeRollout } from "../../src/rollout/judge-rollout.ts";
import {
  application,
  argocdQuestion,
  BEFORE,
  COMMIT,
  clusterOf,
  deployment,
  FOREIGN,
  fluxQuestion,
  kustomization,
  NEWER,
  OLDER,
  release,
  source,
  WANTED,
} from "./facts.ts";

const commit = fc.constantFrom(undefined, OLDER, COMMIT, NEWER, FOREIGN);
const digest = fc.constantFrom(undefined, WANTED, BEFORE);
const words = fc.string({ maxLength: 20 }).map((text) => ({ text }));
const when = fc.option(fc.nat(), { nil: undefined });
const condition: fc.Arbitrary<Condition> = fc.record({
  type: fc.constantFrom("Ready", "Released", "Remediated", "Stalled", "Progressing", "Failed"),
  status: fc.constantFrom("True", "False", "Unknown"),
  reason: fc.constantFrom("", "UpgradeFailed", "RollbackSucceeded", "SourceNotReady", "NewReplicaSetAvailable"),
  words,
  since: when,
});
const controlled = {
  isObserved: fc.boolean(),
  isSuspended: fc.boolean(),
  conditions: fc.array(condition, { maxLength: 4 }),
};
const count = fc.nat({ max: 3 });
const workload = fc
  .record({
    kind: fc.constantFrom("Deployment", "StatefulSet", "CronJob", "Job"),
    namespace: fc.constantFrom("acme", "globex"),
    digest,
    isObserved: fc.boolean(),
    conditions: controlled.conditions,
    replicas: fc.record({ wanted: count, total: count, updated: count, available: count }),
    trouble: fc.option(words, { nil: undefined }),
    startedAt: when,
  })
  .map((fields) => ({ ...deployment(), ...fields }));
const operation = fc.option(
  fc.record({
    phase: fc.constantFrom("Running", "Succeeded", "Failed", "Error", "Terminating"),
    ...{ commit, words, startedAt: when, finishedAt: when },
  }),
  { nil: undefined },
);
const app = fc
  .record({
    name: fc.constantFrom("production.acme.triage", "raos-production"),
    isAutomated: fc.boolean(),
    sync: fc.constantFrom("Synced", "OutOfSync", "Unknown"),
    compared: commit,
    operation,
    health: fc.record({
      status: fc.constantFrom("Healthy", "Progressing", "Degraded", "Suspended", "Missing"),
      since: when,
    }),
    conditions: fc.array(
      fc.record({ type: fc.constantFrom("SyncError", "OrphanedResourceWarning"), words, since: when }),
      { maxLength: 2 },
    ),
  })
  .map((fields) => application(fields));
const objects = fc
  .record({
    releases: fc.array(fc.record({ ...controlled, digest, deployedAt: when }).map(release), { maxLength: 1 }),
    kustomizations: fc.array(fc.record({ ...controlled, applied: commit }).map(kustomization), { maxLength: 1 }),
    sources: fc.array(fc.record({ ...controlled, fetched: commit }).map(source), { maxLength: 1 }),
    applications: fc.array(app, { maxLength: 2 }),
    workloads: fc.array(workload, { maxLength: 2 }),
  })
  .map(clusterOf);
const unlisted = fc.constantFrom<Listed<never>>({ kind: "absent" }, { kind: "unreadable", words: "forbidden" });
const lacking = fc.dictionary(
  fc.constantFrom("releases", "kustomizations", "sources", "applications", "workloads"),
  unlisted,
);
const cluster: fc.Arbitrary<ClusterReading> = fc.oneof(
  {
    arbitrary: fc
      .tuple(objects, lacking)
      .map(([facts, without]) => ({ kind: "read" as const, facts: { ...facts, ...without } })),
    weight: 20,
  },
  fc.record({ kind: fc.constantFrom("closed", "unreadable"), words: fc.constant("nobody answers") }),
);

test.each([["Flux", fluxQuestion] as const, ["Argo CD", argocdQuestion] as const])(
  "with %s, running says that the wanted values run, and everything else says why not",
  (_name, question) => {
    const phases = new Set<string>();
    fc.assert(
      fc.property(cluster, fc.boolean(), (reading, isJob) => {
        const rollout = judgeRollout({ ...question, isJob }, reading);
        phases.add(rollout.phase);
        if (rollout.phase === "running") expect(rollout.running.digest).toBe(rollout.wanted.digest);
        else expect(rollout.reason).not.toBe("");
        if (reading.kind !== "read") expect(rollout.phase).toBe("unknown");
        if (rollout.phase === "rolled-back") expect(rollout.running?.digest).not.toBe(WANTED);
      }),
      { numRuns: 3000 },
    );
    expect(phases.size).toBeGreaterThan(4);
  },
);

test.each([["Flux", fluxQuestion] as const, ["Argo CD", argocdQuestion] as const])(
  "with %s, a workload that shows others' values is never said to run the wanted ones",
  (_name, question) => {
    fc.assert(
      fc.property(objects, (facts) => {
        const old = deployment({ digest: BEFORE });
        const reading = { ...facts, workloads: { kind: "listed", items: new Map([["acme/triage", [old]]]) } } as const;
        expect(judgeRollout(question, { kind: "read", facts: reading }).phase).not.toBe("running");
      }),
      { numRuns: 2000 },
    );
  },
);
