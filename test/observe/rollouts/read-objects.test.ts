import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../../src/domain/values/scalars.ts";
import { createWordCollector } from "../../../src/observe/kube/rollouts/collect-words.ts";
import { commitIn } from "../../../src/observe/kube/rollouts/fields.ts";
import { readApplication } from "../../../src/observe/kube/rollouts/read-application.ts";
import { readKustomization, readRelease, readSource } from "../../../src/observe/kube/rollouts/read-flux.ts";
import { readLabelled } from "../../../src/observe/kube/rollouts/read-workload.ts";
import {
  argocdApplication,
  COMMIT,
  deployment,
  gitRepository,
  helmRelease,
  job,
  kustomization,
  statefulSet,
} from "./objects.ts";

const AT = Date.parse("2026-05-04T10:00:00Z");

type Read = (object: Json, words: ReturnType<typeof createWordCollector>) => unknown;
const READERS: Readonly<Record<string, Read>> = {
  readSource,
  readKustomization,
  readRelease,
  readApplication,
  Deployment: (object, words) => readLabelled("Deployment", object, words),
  StatefulSet: (object, words) => readLabelled("StatefulSet", object, words),
  CronJob: (object, words) => readLabelled("CronJob", object, words),
  Job: (object, words) => readLabelled("Job", object, words),
};

async function look(reader: string, object: object): Promise<unknown> {
  const words = createWordCollector();
  const found = READERS[reader]?.(JSON.parse(JSON.stringify(object)), words);
  await words.clean();
  return found;
}

const said = (text: string) => expect.objectContaining({ text });

test.each<[string, string, object, object]>([
  [
    "a GitRepository",
    "readSource",
    gitRepository,
    { name: "flux-system/fleet", fetched: COMMIT, isObserved: true, isSuspended: false },
  ],
  [
    "a Kustomization that fails: its status stays at the generation before, its conditions do not",
    "readKustomization",
    kustomization,
    {
      ...{ path: "deploy/production", source: "flux-system/fleet", applied: COMMIT, isObserved: true },
      conditions: [
        { type: "Reconciling", status: "True", reason: "ProgressingWithRetry", words: said(""), since: AT },
        { type: "Ready", reason: "ReconciliationFailed", words: said("Deployment/acme/x dry-run failed (Invalid)") },
      ],
    },
  ],
  [
    "a HelmRelease that was rolled back",
    "readRelease",
    helmRelease,
    {
      ...{ name: "flux-system/acme.triage", digest: "0123456789", deployedAt: AT, isObserved: true },
      conditions: [
        { type: "Ready" },
        { type: "Released", words: said("Helm upgrade failed: context deadline exceeded") },
        { type: "Remediated", status: "True" },
      ],
    },
  ],
  [
    "a HelmRelease whose controller has not seen it",
    "readRelease",
    { ...helmRelease, metadata: { ...helmRelease.metadata, generation: 4 } },
    { isObserved: false },
  ],
  [
    "an Application: the revision of the source with the values",
    "readApplication",
    argocdApplication,
    {
      ...{ name: "production.acme.triage", isAutomated: true, sync: "OutOfSync", compared: COMMIT },
      health: { status: "Degraded", since: AT },
      operation: {
        phase: "Failed",
        commit: COMMIT,
        words: said("one or more objects failed to apply"),
        finishedAt: AT,
      },
      conditions: [{ type: "SyncError", words: said("Failed sync attempt") }],
    },
  ],
  [
    "an Application with one source, that is not synced automatically",
    "readApplication",
    {
      ...argocdApplication,
      spec: { source: {}, syncPolicy: { automated: { enabled: false } } },
      status: { sync: { status: "Synced", revision: COMMIT } },
    },
    { isAutomated: false, sync: "Synced", compared: COMMIT, operation: undefined },
  ],
  [
    "a Deployment",
    "Deployment",
    deployment(),
    {
      agent: "acme/triage",
      workload: {
        ...{ kind: "Deployment", namespace: "acme", digest: "0123456789", isObserved: true },
        replicas: { wanted: 2, total: 2, updated: 2, available: 2 },
        conditions: [{ type: "Available" }, { type: "Progressing", reason: "NewReplicaSetAvailable", since: AT }],
      },
    },
  ],
  [
    "a StatefulSet between two revisions",
    "StatefulSet",
    statefulSet,
    { workload: { replicas: { wanted: 2, updated: 1 }, digest: undefined } },
  ],
  [
    "a Job",
    "Job",
    job(),
    { workload: { kind: "Job", startedAt: AT, conditions: [{ type: "Failed", words: said("too often") }] } },
  ],
])("%s", async (_what, reader, object, expected) => {
  expect(await look(reader, object)).toMatchObject(expected);
});

test("a Job of a CronJob is not what the agent runs as", async () => {
  expect(await look("Job", job([{ kind: "CronJob" }]))).toBeUndefined();
});

test.each([
  [`main@sha1:${COMMIT}`, COMMIT],
  [`refs/tags/v1@sha1:${COMMIT}`, COMMIT],
  [COMMIT, COMMIT],
  [`main/${COMMIT}`, COMMIT],
  ["6.1.0@sha256:0a", undefined],
  [`${COMMIT}x`, undefined],
  ["", undefined],
])("the commit in %s", (revision, commit) => {
  expect(commitIn(revision)).toBe(commit);
});

test("what a controller says is short, on one line, without secrets and addresses", async () => {
  const key = ["sk-proj", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"].join("-");
  const message = `Get "https://10.0.0.1:6443/x": token ${key}\n\u001b[31m${"long ".repeat(5000)}`;
  const conditions = [{ type: "Ready", status: "False", reason: "Failed", message }];
  const found = JSON.stringify(await look("readSource", { ...gitRepository, status: { conditions } }));
  const { text } = JSON.parse(found).conditions[0].words;
  expect(text.length).toBeLessThanOrEqual(200);
  expect(text).toMatch(/^Get "\[address\]": token \[redacted\]\S* long/);
  expect(text).not.toMatch(/\p{Cc}/u);
});

test.each(Object.keys(READERS))("whatever an object holds, %s reads it or leaves it out", async (reader) => {
  const shapes = [gitRepository, kustomization, helmRelease, argocdApplication, deployment(), statefulSet, job()];
  const places = shapes.flatMap((shape) => pathsOf(shape).map((path) => [shape, path] as const));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.jsonValue(), async ([shape, path], value) => {
      await look(reader, replaced(shape, path, value));
    }),
    { numRuns: 300 },
  );
});

function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  const below =
    value instanceof Object ? Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key])) : [];
  return [path, ...below];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): object {
  if (key === undefined || !(value instanceof Object)) return { by };
  const own = Object.fromEntries(Object.entries(value));
  return { ...own, [key]: rest.length === 0 ? by : replaced(own[key], rest, by) };
}
