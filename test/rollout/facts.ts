import type {
  ApplicationFacts,
  ClusterFacts,
  Condition,
  KustomizationFacts,
  ReleaseFacts,
  SourceFacts,
  WorkloadFacts,
} from "../../src/domain/rollout/facts.ts";
import type { RolloutQuestion } from "../../src/rollout/question.ts";

export const WANTED = "aaaaaaaaaa";
export const BEFORE = "bbbbbbbbbb";
/** Commits in the order of history: the wanted one is in the middle. */
export const OLDER = "1".repeat(40);
export const COMMIT = "2".repeat(40);
export const NEWER = "3".repeat(40);
export const FOREIGN = "4".repeat(40);
/** When the wanted commit was merged, and when the objects last changed. */
export const [MERGED, CHANGED] = [1000, 2000] as const;
const ORDER: readonly string[] = [OLDER, COMMIT, NEWER];

const question = {
  agent: "acme/triage",
  environment: "production",
  wanted: { digest: WANTED, commit: COMMIT, at: MERGED },
  namespace: "acme",
  isJob: false,
  contains: (commit: string) => (ORDER.includes(commit) ? ORDER.indexOf(commit) >= 1 : undefined),
};

/** What is asked of an agent that Flux deploys. */
export const fluxQuestion: RolloutQuestion = {
  ...question,
  delivery: { kind: "flux", release: "acme.triage", folder: "deploy/production/acme/triage" },
};

/** What is asked of an agent that Argo CD deploys. */
export const argocdQuestion: RolloutQuestion = {
  ...question,
  delivery: { kind: "argocd", application: "production.acme.triage", root: "raos-production" },
};

export function condition(type: string, status: Condition["status"], reason = "", text = ""): Condition {
  return { type, status, reason, words: { text }, since: CHANGED };
}

/** A HelmRelease that is ready with the wanted values. */
export function release(fields: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    ...{ name: "flux-system/acme.triage", isObserved: true, isSuspended: false, digest: WANTED, deployedAt: undefined },
    conditions: [condition("Ready", "True", "UpgradeSucceeded")],
    ...fields,
  };
}

/** A Kustomization that has applied the wanted commit. */
export function kustomization(fields: Partial<KustomizationFacts> = {}): KustomizationFacts {
  return {
    ...{ name: "flux-system/raos", isObserved: true, isSuspended: false, path: "deploy/production" },
    ...{ source: "flux-system/fleet", applied: COMMIT },
    conditions: [condition("Ready", "True", "ReconciliationSucceeded")],
    ...fields,
  };
}

/** A GitRepository that has fetched the wanted commit. */
export function source(fields: Partial<SourceFacts> = {}): SourceFacts {
  return {
    ...{ name: "flux-system/fleet", isObserved: true, isSuspended: false, fetched: COMMIT },
    conditions: [condition("Ready", "True", "Succeeded")],
    ...fields,
  };
}

type Deployment = Extract<WorkloadFacts, { readonly kind: "Deployment" | "StatefulSet" }>;

/** A Deployment of two pods, all of which have the wanted values. */
export function deployment(fields: Partial<Deployment> = {}): Deployment {
  return {
    ...{ kind: "Deployment", name: "triage", namespace: "acme", digest: WANTED, isObserved: true, trouble: undefined },
    conditions: [condition("Progressing", "True", "NewReplicaSetAvailable")],
    replicas: { wanted: 2, total: 2, updated: 2, available: 2 },
    ...fields,
  };
}

/** An Application that is synced to the wanted commit, and healthy. */
export function application(fields: Partial<ApplicationFacts> = {}): ApplicationFacts {
  return {
    ...{ name: "production.acme.triage", isAutomated: true, sync: "Synced", compared: COMMIT },
    health: { status: "Healthy", since: CHANGED },
    operation: { phase: "Succeeded", commit: COMMIT, words: { text: "" }, startedAt: CHANGED, finishedAt: CHANGED },
    conditions: [],
    ...fields,
  };
}

/** A cluster with these objects, and no others. */
export function clusterOf({
  releases = [],
  kustomizations = [],
  sources = [],
  applications = [],
  workloads = [],
}: {
  readonly releases?: readonly ReleaseFacts[];
  readonly kustomizations?: readonly KustomizationFacts[];
  readonly sources?: readonly SourceFacts[];
  readonly applications?: readonly ApplicationFacts[];
  readonly workloads?: readonly WorkloadFacts[];
}): ClusterFacts {
  return {
    releases: { kind: "listed", items: new Map(releases.map((one) => [one.name.split("/")[1] ?? "", one])) },
    kustomizations: { kind: "listed", items: kustomizations },
    sources: { kind: "listed", items: new Map(sources.map((one) => [one.name, one])) },
    applications: { kind: "listed", items: new Map(applications.map((one) => [one.name, one])) },
    workloads: { kind: "listed", items: new Map([["acme/triage", workloads]]) },
  };
}
