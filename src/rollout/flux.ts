import type { ClusterFacts, ReleaseFacts } from "../domain/rollout/facts.ts";
import { conditionOf, isFalse, isTrue, sentence } from "./conditions.ts";
import { judgeNotApplied } from "./flux-chain.ts";
import { type FoundWorkload, judgeApplied, judgePods, runningOf } from "./judge-workload.ts";
import type { FluxDelivery, FoundRollout, RolloutQuestion } from "./question.ts";
import { waitingWords } from "./waiting-words.ts";

/** Reasons of a HelmRelease's condition Ready that are about another object. */
const HELD_UP: ReadonlySet<string> = new Set(["DependencyNotReady", "SourceNotReady", "ArtifactFailed"]);

/**
 * The finding where Flux deploys. `Ready` of a HelmRelease proves nothing by itself: it counts only where the release names the
 * wanted values and its controller has seen that.
 */
export function judgeFlux(
  question: RolloutQuestion,
  delivery: FluxDelivery,
  facts: ClusterFacts,
  workload: FoundWorkload,
): FoundRollout {
  const { wanted } = question;
  const { releases } = facts;
  const release = releases.kind === "listed" ? releases.items.get(delivery.release) : undefined;
  if (release?.digest === wanted.digest) return judgeRelease(question, release, workload);
  const found = workload.kind === "listed" ? workload.items : undefined;
  // Who may not read HelmReleases still sees whose values the workload shows.
  if (releases.kind !== "listed" && found?.digest === wanted.digest) return judgePods(wanted.digest, found, undefined);
  if (releases.kind === "unreadable")
    return { phase: "unknown", running: runningOf(workload), reason: releases.words, since: undefined };
  if (releases.kind === "absent" && facts.kustomizations.kind === "absent")
    return {
      phase: "unknown",
      running: runningOf(workload),
      reason: "the cluster knows no HelmReleases of Flux, which raos.yaml delivers with",
      since: undefined,
    };
  const running = runningBefore(release, workload);
  return judgeNotApplied(question, delivery, facts, { running, shown: runningOf(workload) });
}

/** The finding from a HelmRelease that names the wanted values. */
function judgeRelease(question: RolloutQuestion, release: ReleaseFacts, workload: FoundWorkload): FoundRollout {
  const { name, conditions, deployedAt } = release;
  const what = `HelmRelease ${name}`;
  const running = runningOf(workload);
  const ready = conditionOf(conditions, "Ready");
  const since = ready?.since;
  const trouble = waitingWords(workload);
  const found = workload.kind === "listed" ? workload.items : undefined;
  if (release.isSuspended)
    return found?.digest === question.wanted.digest
      ? judgePods(question.wanted.digest, found, since)
      : { phase: "held-up", running, reason: `${what} is suspended`, since: undefined };
  if (ready === undefined || (!release.isObserved && ready.status !== "Unknown"))
    return { phase: "rolling", running, reason: `${what}: its controller has not seen the change yet`, since };
  if (isTrue(ready)) return judgeApplied(question, workload, deployedAt ?? since);
  const remediated = conditionOf(conditions, "Remediated");
  const isTrying = !isFalse(ready) && !isTrue(conditionOf(conditions, "Stalled"));
  if (isTrying) return { phase: "rolling", running, reason: `${what}: ${sentence(ready)}${trouble}`, since };
  if (isTrue(remediated) && remediated.reason === "RollbackSucceeded") {
    const released = conditionOf(conditions, "Released");
    const cause = isFalse(released) ? released : ready;
    return {
      phase: "rolled-back",
      running: running?.digest === question.wanted.digest ? undefined : running,
      reason: `${what}: ${sentence(cause)}${trouble}`,
      since: remediated.since,
    };
  }
  const phase = HELD_UP.has(ready.reason) ? "held-up" : "failed";
  const stalled = conditionOf(conditions, "Stalled");
  const cause = isTrue(stalled) && ready.words.text === "" ? stalled : ready;
  return { phase, running, reason: `${what}: ${sentence(cause)}${trouble}`, since };
}

/** What runs before the wanted values come: by the workload, else by a HelmRelease that is ready with its own. */
function runningBefore(release: ReleaseFacts | undefined, workload: FoundWorkload): FoundRollout["running"] {
  const shown = runningOf(workload);
  if (shown !== undefined || release?.digest === undefined || !release.isObserved) return shown;
  const isShowing = workload.kind === "listed" && workload.items?.digest !== undefined;
  return isTrue(conditionOf(release.conditions, "Ready")) && !isShowing ? { digest: release.digest } : undefined;
}
