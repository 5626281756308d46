import type { KubeConfig } from "@kubernetes/client-node";
import type { ClusterFacts, ClusterReading, Listed } from "../../../domain/rollout/facts.ts";
import type { ClusterChoice } from "../../kube-reader.ts";
import { loadCluster } from "../load-cluster.ts";
import { createWordCollector, type WordCollector } from "./collect-words.ts";
import { listObjects, type ObjectKind } from "./list-objects.ts";
import { readApplication } from "./read-application.ts";
import { readKustomization, readRelease, readSource } from "./read-flux.ts";
import { withTrouble } from "./read-trouble.ts";
import { type LabelledWorkload, readLabelled, type WorkloadKind } from "./read-workload.ts";

/** What is read of a cluster: the agents of one environment, and what delivers them. */
export interface ClusterScope {
  readonly environment: string;
  readonly delivery: "flux" | "argocd";
  /** Where the objects of Flux or Argo CD are. */
  readonly namespace: string;
}

const WORKLOADS: readonly (readonly [kind: WorkloadKind, group: string, plural: string])[] = [
  ["Deployment", "apps", "deployments"],
  ["StatefulSet", "apps", "statefulsets"],
  ["CronJob", "batch", "cronjobs"],
  ["Job", "batch", "jobs"],
];
const NOT_LISTED = { kind: "absent" } as const;

/**
 * Reads how far what is deployed has come, by one list for each kind of objects, whatever the number of agents. Writes nothing.
 * What comes first on the way to a cluster is read first: else an object would seem to lack what came between two lists.
 */
export async function readCluster(
  choice: ClusterChoice,
  scope: ClusterScope,
  signal: AbortSignal | undefined,
): Promise<ClusterReading> {
  const config = loadCluster(choice);
  if ("problem" in config) return { kind: "unreadable", words: config.problem };
  const words = createWordCollector();
  const delivered = scope.delivery === "flux" ? await readFlux(config, scope, words, signal) : noFlux;
  const applications = scope.delivery === "argocd" ? await readApplications(config, scope, words, signal) : NOT_LISTED;
  const workloads = await readWorkloads(config, scope, words, signal);
  const facts = { ...delivered, applications, workloads };
  await words.clean();
  // A server that answers nothing is said once, and not of each kind.
  const lists = Object.values(facts).filter((list) => list.kind !== "absent");
  const [first] = lists;
  return lists.every((list) => list.kind === "unreadable") && first?.kind === "unreadable"
    ? { kind: "unreadable", words: first.words }
    : { kind: "read", facts };
}

type FluxFacts = Pick<ClusterFacts, "sources" | "kustomizations" | "releases">;
const noFlux: FluxFacts = { sources: NOT_LISTED, kustomizations: NOT_LISTED, releases: NOT_LISTED };

async function readFlux(
  config: KubeConfig,
  { namespace }: ClusterScope,
  words: WordCollector,
  signal: AbortSignal | undefined,
): Promise<FluxFacts> {
  const kind = (group: string, version: string, plural: string): ObjectKind => ({
    ...{ group: `${group}.toolkit.fluxcd.io`, version, plural, namespace },
  });
  const sources = await listObjects(
    config,
    kind("source", "v1", "gitrepositories"),
    (object) => readSource(object, words),
    signal,
  );
  const kustomizations = await listObjects(
    config,
    kind("kustomize", "v1", "kustomizations"),
    (object) => readKustomization(object, words),
    signal,
  );
  const releases = await listObjects(
    config,
    kind("helm", "v2", "helmreleases"),
    (object) => readRelease(object, words),
    signal,
  );
  const byName = <T extends { readonly name: string }>(list: Listed<readonly T[]>, cut: number) =>
    mapped(list, (items) => new Map(items.map((one) => [one.name.slice(cut), one])));
  return { sources: byName(sources, 0), kustomizations, releases: byName(releases, namespace.length + 1) };
}

async function readApplications(
  config: KubeConfig,
  { namespace }: ClusterScope,
  words: WordCollector,
  signal: AbortSignal | undefined,
): Promise<ClusterFacts["applications"]> {
  const kind = { group: "argoproj.io", version: "v1alpha1", plural: "applications", namespace };
  const list = await listObjects(config, kind, (object) => readApplication(object, words), signal);
  return mapped(list, (items) => new Map(items.map((one) => [one.name, one])));
}

async function readWorkloads(
  config: KubeConfig,
  { environment }: ClusterScope,
  words: WordCollector,
  signal: AbortSignal | undefined,
): Promise<ClusterFacts["workloads"]> {
  const labelSelector = `app.kubernetes.io/part-of=raos,raos.dev/environment=${environment}`;
  const lists = await Promise.all(
    WORKLOADS.map(([kind, group, plural]) => {
      const wanted = { group, version: "v1", plural, labelSelector };
      return listObjects(config, wanted, (object) => readLabelled(kind, object, words), signal);
    }),
  );
  const found: LabelledWorkload[] = [];
  for (const list of lists) {
    if (list.kind === "unreadable") return list;
    if (list.kind === "listed") for (const one of list.items) found.push(one);
  }
  const grouped = Map.groupBy(await withTrouble(config, found, words, signal), ({ agent }) => agent);
  return {
    kind: "listed",
    items: new Map([...grouped].map(([agent, own]) => [agent, own.map(({ workload }) => workload)])),
  };
}

function mapped<T, U>(list: Listed<T>, change: (items: T) => U): Listed<U> {
  return list.kind === "listed" ? { kind: "listed", items: change(list.items) } : list;
}
