import type { ApplicationFacts, ClusterFacts } from "../domain/rollout/facts.ts";
import type { RunningRelease } from "../domain/rollout/rollout.ts";
import type { Instant, Sha } from "../domain/values/scalars.ts";
import { type FoundWorkload, judgeApplied, judgePods, runningOf } from "./judge-workload.ts";
import type { ArgocdDelivery, FoundRollout, RolloutQuestion } from "./question.ts";
import { waitingWords } from "./waiting-words.ts";

/**
 * The finding where Argo CD deploys. An Application's `sync.revision` moves with every commit of the repository; what counts is
 * whether the commit of its source with the values has the wanted one among its ancestors.
 */
export function judgeArgocd(
  question: RolloutQuestion,
  { application, root }: ArgocdDelivery,
  { applications }: ClusterFacts,
  workload: FoundWorkload,
): FoundRollout {
  const { wanted } = question;
  const running = runningOf(workload);
  const found = workload.kind === "listed" ? workload.items : undefined;
  const own = applications.kind === "listed" ? applications.items.get(application) : undefined;
  if (own !== undefined) return judgeApplication(question, own, workload, running);
  // The Application may be in another cluster, and the workload shows whose values it has.
  if (found?.digest === wanted.digest) return judgePods(wanted.digest, found, undefined);
  if (applications.kind === "unreadable")
    return { phase: "unknown", running, reason: applications.words, since: undefined };
  const parent = applications.kind === "listed" ? applications.items.get(root) : undefined;
  if (parent === undefined)
    return {
      phase: "unknown",
      running,
      reason: `neither the Application ${application} nor ${root}, which makes it, is in a cluster that was read`,
      since: undefined,
    };
  const blocked = heldUpBy(parent);
  return blocked === undefined
    ? {
        phase: "pending",
        running,
        reason: `Application ${parent.name} has not made ${application} yet`,
        since: wanted.at,
      }
    : { phase: "held-up", running, reason: `held up by Application ${parent.name}: ${blocked}`, since: wanted.at };
}

function judgeApplication(
  question: RolloutQuestion,
  application: ApplicationFacts,
  workload: FoundWorkload,
  running: RunningRelease | undefined,
): FoundRollout {
  const has = (commit: Sha | undefined) => (commit === undefined ? undefined : question.contains(commit));
  const position = { synced: has(application.operation?.commit), compared: has(application.compared) };
  const judged = judgeOperation(application, position, running, waitingWords(workload));
  if (judged !== undefined) return judged;
  return isApplied(application, position)
    ? judgeHealth(question, application, workload)
    : judgeNotSynced(question.wanted.at, application, position, running);
}

/** Whether the wanted commit is an ancestor of the commit that was synced last, and of the one that the cluster was compared with. */
interface Position {
  readonly synced: boolean | undefined;
  readonly compared: boolean | undefined;
}

function isApplied({ sync, operation }: ApplicationFacts, { synced, compared }: Position): boolean {
  return (sync === "Synced" && compared === true) || (operation?.phase === "Succeeded" && synced === true);
}

/** The finding from a sync of the wanted values that runs, or has failed; undefined where there is none. */
function judgeOperation(
  { name, operation, sync }: ApplicationFacts,
  { synced }: Position,
  running: RunningRelease | undefined,
  trouble: string,
): FoundRollout | undefined {
  const words = operation?.words.text ?? "";
  if (operation?.phase === "Running" && synced !== false) {
    const reason = `Application ${name} is syncing${words === "" ? "" : `: ${words}`}${trouble}`;
    return { phase: "rolling", running, reason, since: operation.startedAt };
  }
  const isFailed = operation?.phase === "Failed" || operation?.phase === "Error";
  if (!isFailed || synced !== true || sync === "Synced") return undefined;
  const reason = `Application ${name}: ${words === "" ? "its sync failed" : words}${trouble}`;
  return { phase: "failed", running, reason, since: operation.finishedAt };
}

/** The finding where the wanted values are not synced. */
function judgeNotSynced(
  since: Instant,
  application: ApplicationFacts,
  { synced, compared }: Position,
  running: RunningRelease | undefined,
): FoundRollout {
  const what = `Application ${application.name}`;
  const blocked = heldUpBy(application);
  if (blocked !== undefined) return { phase: "held-up", running, reason: `${what}: ${blocked}`, since };
  const last = application.operation?.commit ?? application.compared;
  if (last === undefined) return { phase: "pending", running, reason: `${what} has not been synced yet`, since };
  const at = last.slice(0, 7);
  if (synced === undefined && compared === undefined) {
    const reason = `${what} is at ${at}, a commit that the repository does not have`;
    return { phase: "unknown", running, reason, since: undefined };
  }
  if (compared === true && !application.isAutomated)
    return { phase: "held-up", running, reason: `${what} is out of sync, and it is not synced automatically`, since };
  const state = compared === true ? "knows the commit and has not synced it yet" : `is at ${at}, which is older`;
  return { phase: "pending", running, reason: `${what} ${state}`, since };
}

/** The finding once the wanted values are synced: what Argo CD says of the objects' health, and what the workload says. */
function judgeHealth(question: RolloutQuestion, application: ApplicationFacts, workload: FoundWorkload): FoundRollout {
  const { name, health, operation } = application;
  const at = operation?.phase === "Succeeded" ? operation.finishedAt : undefined;
  const applied = judgeApplied(question, workload, at);
  const running = runningOf(workload);
  const said = `Application ${name} is ${health.status}${waitingWords(workload)}`;
  switch (health.status) {
    case "Healthy":
      return applied;
    case "Progressing":
      return applied.phase === "running" && workload.kind === "listed"
        ? { ...applied, reason: applied.reason ?? said }
        : {
            phase: applied.phase === "failed" ? "failed" : "rolling",
            running: undefined,
            reason: reasonOf(applied, said),
            since: health.since,
          };
    case "Degraded":
      return applied.phase === "running" && workload.kind === "listed"
        ? { ...applied, reason: applied.reason ?? said }
        : { phase: "failed", running, reason: reasonOf(applied, said), since: health.since };
    case "Suspended":
      return applied.phase === "running" ? applied : { phase: "held-up", running, reason: said, since: health.since };
    default:
      return applied.phase === "running" && workload.kind === "listed"
        ? applied
        : { phase: "unknown", running, reason: said, since: health.since };
  }
}

function reasonOf(finding: FoundRollout, otherwise: string): string {
  return finding.phase === "running" ? otherwise : finding.reason;
}

/** What keeps an Application from being synced, in Argo CD's words. */
function heldUpBy({ conditions }: ApplicationFacts): string | undefined {
  const error = conditions.find(({ type }) => type.endsWith("Error"));
  if (error === undefined) return undefined;
  return error.words.text === "" ? error.type : error.words.text;
}
