import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ClusterManifest } from "../support/cli/deployed-fleet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { json, startLoopback } from "./loopback.ts";

/** What a cluster runs of one agent of acme in production. */
export interface AppliedAgent {
  readonly commit: string;
  readonly release: ClusterManifest;
  readonly digest: string;
  /** Why it does not start; undefined: it runs. */
  readonly trouble?: string;
}

/** An API server that answers lists of what Flux has applied, and its kubeconfig. Nothing is applied at first. */
export async function startFluxCluster() {
  let applied: AppliedAgent | undefined;
  const server = await startLoopback((response, { url = "" }) => {
    const plural = /\/([a-z]+)\?/.exec(url)?.[1] ?? "";
    const items = applied === undefined ? [] : (objectsOf(applied)[plural] ?? []);
    json(response, { metadata: {}, items });
  });
  onTestFinished(() => server.stop());
  const kubeconfig = join(temporaryFolder(), "config");
  const config = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "x" },
    clusters: [{ name: "c", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return {
    kubeconfig,
    apply(agent: AppliedAgent) {
      applied = agent;
    },
  };
}

function objectsOf({ commit, release, digest, trouble }: AppliedAgent): Readonly<Record<string, readonly object[]>> {
  const isWell = trouble === undefined;
  const revision = `main@sha1:${commit}`;
  const ready = [condition("Ready", "True", "Succeeded", "")];
  const failed = [
    condition("Ready", "False", "UpgradeFailed", "Helm upgrade failed: timed out waiting for the condition"),
    condition("Stalled", "True", "RetriesExceeded", "Failed to upgrade after 4 attempts"),
  ];
  const flux = { name: "flux-system", namespace: "flux-system", generation: 1 };
  const { name } = release.metadata;
  const labels = {
    "app.kubernetes.io/instance": "triage",
    "app.kubernetes.io/part-of": "raos",
    ...{ "raos.dev/tenant": "acme", "raos.dev/environment": "production" },
  };
  const deadline = condition("Progressing", "False", "ProgressDeadlineExceeded", "deadline exceeded");
  return {
    gitrepositories: [
      {
        ...{ metadata: flux, spec: {} },
        status: { observedGeneration: 1, conditions: ready, artifact: { revision } },
      },
    ],
    kustomizations: [
      {
        metadata: { ...flux, name: "raos" },
        spec: { path: "./deploy/production", sourceRef: { kind: "GitRepository", name: "flux-system" } },
        status: { observedGeneration: 1, conditions: ready, lastAppliedRevision: revision },
      },
    ],
    helmreleases: [
      {
        ...release,
        metadata: { ...release.metadata, name, generation: 1 },
        status: { observedGeneration: 1, conditions: isWell ? ready : failed },
      },
    ],
    deployments: [
      {
        metadata: {
          ...{ name: "triage", namespace: "acme", generation: 1, labels },
          annotations: { "raos.dev/values-digest": digest },
        },
        spec: { replicas: 2 },
        status: {
          ...{ observedGeneration: 1, replicas: 2, updatedReplicas: isWell ? 2 : 1 },
          ...{ availableReplicas: isWell ? 2 : 1, readyReplicas: isWell ? 2 : 1 },
          conditions: isWell ? [condition("Available", "True", "MinimumReplicasAvailable", "")] : [deadline],
        },
      },
    ],
    pods: isWell
      ? []
      : [
          {
            metadata: { name: "triage-1", namespace: "acme", labels },
            status: {
              containerStatuses: [
                {
                  ...{ name: "agent", ready: false },
                  state: { waiting: { reason: "ImagePullBackOff", message: trouble } },
                },
              ],
            },
          },
        ],
  };
}

function condition(type: string, status: string, reason: string, message: string): object {
  return { type, status, reason, message, observedGeneration: 1, lastTransitionTime: new Date().toISOString() };
}
