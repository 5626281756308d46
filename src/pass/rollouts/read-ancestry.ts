import type { ClusterReading } from "../../domain/rollout/facts.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import type { CommitView } from "../../survey/source/commit-view.ts";

/** Whether `commit` has `wanted` among its ancestors, or is it; undefined where that is not known. */
export type Ancestry = (commit: Sha, wanted: Sha) => boolean | undefined;

/** Most commits of clusters that are looked up: as many Git processes run. */
const MOST = 200;

/** Looks up every commit that the clusters name. Throws GitError. */
export async function readAncestry(commit: CommitView, clusters: readonly ClusterReading[]): Promise<Ancestry> {
  const named = new Set(clusters.flatMap(commitsIn));
  const lacked = new Map<Sha, ReadonlySet<Sha> | undefined>();
  for (const one of [...named].slice(0, MOST)) lacked.set(one, await commit.lackedBy(one));
  return (other, wanted) => {
    const missing = lacked.get(other);
    return missing === undefined ? undefined : !missing.has(wanted);
  };
}

function commitsIn(cluster: ClusterReading): readonly Sha[] {
  if (cluster.kind !== "read") return [];
  const { sources, kustomizations, applications } = cluster.facts;
  const found = [
    ...(sources.kind === "listed" ? [...sources.items.values()].map(({ fetched }) => fetched) : []),
    ...(kustomizations.kind === "listed" ? kustomizations.items.map(({ applied }) => applied) : []),
    ...(applications.kind === "listed"
      ? [...applications.items.values()].flatMap(({ compared, operation }) => [compared, operation?.commit])
      : []),
  ];
  return found.filter((one) => one !== undefined);
}
