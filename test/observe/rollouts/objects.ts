/** Objects as Flux, Argo CD and Kubernetes write them, less what nobody reads. */

export const COMMIT = "1a2b3c4d".repeat(5);
const AT = "2026-05-04T10:00:00Z";

export const condition = (type: string, status: string, reason: string, message: string, observedGeneration = 2) => ({
  ...{ type, status, reason, message, observedGeneration, lastTransitionTime: AT },
});

export const gitRepository = {
  apiVersion: "source.toolkit.fluxcd.io/v1",
  kind: "GitRepository",
  metadata: { name: "fleet", namespace: "flux-system", generation: 1 },
  spec: { interval: "1m0s", ref: { branch: "main" }, url: "https://git.example.com/fleet" },
  status: {
    artifact: { digest: "sha256:0", path: "gitrepository/flux-system/fleet/x.tar.gz", revision: `main@sha1:${COMMIT}` },
    conditions: [condition("Ready", "True", "Succeeded", "stored artifact for revision", 1)],
    observedGeneration: 1,
  },
};

export const kustomization = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  metadata: { name: "raos", namespace: "flux-system", generation: 2 },
  spec: {
    ...{ interval: "10m", path: "./deploy/production/", prune: true },
    sourceRef: { kind: "GitRepository", name: "fleet" },
  },
  status: {
    conditions: [
      condition("Reconciling", "True", "ProgressingWithRetry", "Reconciling"),
      condition("Ready", "False", "ReconciliationFailed", "Deployment/acme/x dry-run failed (Invalid)"),
    ],
    lastAppliedRevision: `main@sha1:${COMMIT}`,
    lastAttemptedRevision: `main@sha1:${"f".repeat(40)}`,
    observedGeneration: -1,
  },
};

export const helmRelease = {
  apiVersion: "helm.toolkit.fluxcd.io/v2",
  kind: "HelmRelease",
  metadata: { name: "acme.triage", namespace: "flux-system", generation: 3 },
  spec: {
    interval: "10m",
    valuesFrom: [{ kind: "ConfigMap", name: "acme.triage.0123456789", valuesKey: "values.yaml" }],
  },
  status: {
    conditions: [
      condition("Ready", "False", "RollbackSucceeded", "Helm rollback to previous release acme/triage.v1 succeeded", 3),
      condition("Released", "False", "UpgradeFailed", "Helm upgrade failed: context deadline exceeded", 3),
      condition(
        "Remediated",
        "True",
        "RollbackSucceeded",
        "Helm rollback to previous release acme/triage.v1 succeeded",
        3,
      ),
    ],
    history: [
      { status: "deployed", version: 3, configDigest: "sha256:1", lastDeployed: AT, firstDeployed: AT },
      { status: "failed", version: 2, configDigest: "sha256:2", lastDeployed: AT, firstDeployed: AT },
    ],
    observedGeneration: 2,
  },
};

const other = "9".repeat(40);
export const argocdApplication = {
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name: "production.acme.triage", namespace: "argocd", generation: 90 },
  spec: {
    sources: [
      { repoURL: "https://git.example.com/fleet", path: "deploy/_charts/production/acme" },
      { repoURL: "https://git.example.com/fleet", ref: "values" },
    ],
    syncPolicy: { automated: { prune: true, selfHeal: true } },
  },
  status: {
    sync: { status: "OutOfSync", revision: "", revisions: [other, COMMIT] },
    health: { status: "Degraded", lastTransitionTime: AT },
    operationState: {
      phase: "Failed",
      message: "one or more objects failed to apply",
      startedAt: AT,
      finishedAt: AT,
      retryCount: 5,
      syncResult: { revision: "", revisions: [other, COMMIT] },
    },
    conditions: [{ type: "SyncError", message: "Failed sync attempt", lastTransitionTime: AT }],
  },
};

const labels = {
  "app.kubernetes.io/instance": "triage",
  "app.kubernetes.io/part-of": "raos",
  "raos.dev/tenant": "acme",
  "raos.dev/environment": "production",
};

export const deployment = (name = "triage", available = 2) => ({
  metadata: {
    ...{ name, namespace: "acme", generation: 4, annotations: { "raos.dev/values-digest": "0123456789" } },
    labels: { ...labels, "app.kubernetes.io/instance": name },
  },
  spec: { replicas: 2 },
  status: {
    ...{
      observedGeneration: 4,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: available,
      availableReplicas: available,
    },
    conditions: [
      { ...condition("Available", "True", "MinimumReplicasAvailable", "x"), lastUpdateTime: AT },
      {
        ...condition("Progressing", "True", "NewReplicaSetAvailable", "x"),
        ...{ lastTransitionTime: "2026-01-01T00:00:00Z", lastUpdateTime: AT },
      },
    ],
  },
});

export const statefulSet = {
  metadata: { name: "triage", namespace: "acme", generation: 1, labels },
  spec: { replicas: 2 },
  status: {
    ...{ observedGeneration: 1, replicas: 2, readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2 },
    ...{ currentRevision: "triage-1", updateRevision: "triage-2" },
  },
};

export const job = (ownerReferences: readonly object[] = []) => ({
  metadata: { name: "triage-0a1b2c3d", namespace: "acme", generation: 1, labels, ownerReferences },
  spec: { backoffLimit: 1 },
  status: { startTime: AT, conditions: [{ ...condition("Failed", "True", "BackoffLimitExceeded", "too often") }] },
});
