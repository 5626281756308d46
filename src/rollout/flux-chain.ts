import type { ClusterFacts, KustomizationFacts, SourceFacts } from "../domain/rollout/facts.ts";
import type { Instant, Path, Sha } from "../domain/values/scalars.ts";
import { conditionOf, isFalse, sentence } from "./conditions.ts";
import type { FluxDelivery, FoundRollout, RolloutQuestion } from "./question.ts";

/** What runs before the wanted values come; `shown`: by the workload alone. */
export interface RunningBefore {
  readonly running: FoundRollout["running"];
  readonly shown: FoundRollout["running"];
}

/**
 * The finding where the cluster's HelmRelease is not the wanted one yet: how far the commit has come on its way, from the Git
 * repository to the Kustomization that applies the agent's folder. A Kustomization is one transaction, so that any object in it may
 * hold up all others.
 */
export function judgeNotApplied(
  question: RolloutQuestion,
  { folder, release }: FluxDelivery,
  { kustomizations, sources }: ClusterFacts,
  { running, shown }: RunningBefore,
): FoundRollout {
  const unknown = (reason: string): FoundRollout => ({ phase: "unknown", running, reason, since: undefined });
  if (kustomizations.kind === "unreadable") return unknown(kustomizations.words);
  const root = kustomizations.kind === "listed" ? deepest(kustomizations.items, folder) : undefined;
  // A HelmRelease of this name is another environment's then.
  if (root === undefined)
    return {
      ...{ phase: "unknown", running: shown, since: undefined },
      reason: `the cluster has no Kustomization that applies ${folder}`,
    };
  const isApplied = root.applied === undefined ? false : question.contains(root.applied);
  const source = root.source === undefined || sources.kind !== "listed" ? undefined : sources.items.get(root.source);
  const what = `Kustomization ${root.name} has applied`;
  if (isApplied === undefined)
    return unknown(`${what} ${short(root.applied)}, a commit that the repository does not have`);
  return isApplied
    ? unknown(`${what} the commit, and the HelmRelease ${release} in the cluster is missing or names other values`)
    : judgeWay(question, root, source, running);
}

/** The finding where the Kustomization has not applied the commit. */
function judgeWay(
  { wanted, contains }: RolloutQuestion,
  root: KustomizationFacts,
  source: SourceFacts | undefined,
  running: FoundRollout["running"],
): FoundRollout {
  const what = `Kustomization ${root.name}`;
  const blocked = (source && heldUpBy(`GitRepository ${source.name}`, source)) ?? heldUpBy(what, root);
  if (blocked !== undefined)
    return { phase: "held-up", running, reason: blocked.reason, since: blocked.since ?? wanted.at };
  const isFetched = source?.fetched === undefined ? undefined : contains(source.fetched);
  const last = root.applied === undefined ? "nothing yet" : `${short(root.applied)}, which is older`;
  const reason =
    isFetched === false
      ? `GitRepository ${source?.name} has fetched ${short(source?.fetched)}, which is older`
      : `${what} has applied ${last}`;
  return { phase: "pending", running, reason, since: wanted.at };
}

/** The Kustomization with the deepest path that holds a folder. */
function deepest(all: readonly KustomizationFacts[], folder: Path): KustomizationFacts | undefined {
  return all
    .filter(({ path }) => path === "" || `${folder}/`.startsWith(`${path}/`))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

interface Blocked {
  readonly reason: string;
  readonly since: Instant | undefined;
}

function heldUpBy(what: string, { conditions, isSuspended }: SourceFacts | KustomizationFacts): Blocked | undefined {
  if (isSuspended) return { reason: `held up by ${what}: it is suspended`, since: undefined };
  const ready = conditionOf(conditions, "Ready");
  return isFalse(ready) ? { reason: `held up by ${what}: ${sentence(ready)}`, since: ready.since } : undefined;
}

function short(commit: Sha | undefined): string {
  return (commit ?? "").slice(0, 7);
}
