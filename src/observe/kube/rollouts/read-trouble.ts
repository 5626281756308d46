import { CoreV1Api, type KubeConfig, type V1ContainerStatus, type V1Pod } from "@kubernetes/client-node";
import type { Words } from "../../../domain/rollout/facts.ts";
import { clientsUntil, rejectOnAbort } from "../load-cluster.ts";
import type { WordCollector } from "./collect-words.ts";
import type { LabelledWorkload } from "./read-workload.ts";

/** Most workloads whose pods are looked at, at the same time and at all: the cost stays that of the lists. */
const AT_A_TIME = 8;
const MOST = 40;
const PODS = 20;
const DEADLINE = 10_000;

/** What a container waits for that is no trouble. */
const USUAL: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing", ""]);

/**
 * The workloads, of which the first that are not available as a whole know why a pod of theirs does not start. Pods that cannot be
 * read give no words.
 */
export async function withTrouble(
  config: KubeConfig,
  found: readonly LabelledWorkload[],
  words: WordCollector,
  signal: AbortSignal | undefined,
): Promise<readonly LabelledWorkload[]> {
  const open = found.filter(isIncomplete).slice(0, MOST);
  const known = new Map<LabelledWorkload, Words>();
  for (let start = 0; start < open.length; start += AT_A_TIME)
    await Promise.all(
      open.slice(start, start + AT_A_TIME).map(async (one) => {
        const text = await readTrouble(config, one, signal).catch(() => undefined);
        if (text !== undefined) known.set(one, words.collect(text));
      }),
    );
  return found.map((one) => {
    const trouble = known.get(one);
    return trouble === undefined ? one : { ...one, workload: { ...one.workload, trouble } };
  });
}

function isIncomplete({ workload }: LabelledWorkload): boolean {
  if (workload.kind !== "Deployment" && workload.kind !== "StatefulSet") return false;
  const { wanted, total, updated, available } = workload.replicas;
  return updated < wanted || total > updated || available < wanted;
}

async function readTrouble(
  config: KubeConfig,
  { agent, workload }: LabelledWorkload,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const deadline = AbortSignal.timeout(DEADLINE);
  const until = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const labelSelector = `app.kubernetes.io/instance=${agent.slice(agent.indexOf("/") + 1)}`;
  const { namespace } = workload;
  const core = new CoreV1Api(clientsUntil(config, until));
  const { items } = await rejectOnAbort(until, core.listNamespacedPod({ namespace, labelSelector, limit: PODS }));
  return newestFirst(items)
    .map(troubleOf)
    .find((text) => text !== undefined);
}

/** The pods of the change before are not what keeps the new ones from starting. */
function newestFirst(pods: readonly V1Pod[]): readonly V1Pod[] {
  const born = (pod: V1Pod) => new Date(pod.metadata?.creationTimestamp ?? 0).getTime();
  return pods.toSorted((a, b) => born(b) - born(a));
}

function troubleOf({ metadata, status }: V1Pod): string | undefined {
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  const name = metadata?.name ?? "";
  if (scheduled?.status === "False") return `pod ${name}: ${scheduled.reason ?? ""}: ${scheduled.message ?? ""}`;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const container of containers) {
    const text = waitingOf(container);
    if (text !== undefined) return `pod ${name}: ${text}`;
  }
  // What a probe was answered is an event only; the container's name says which probe to look at.
  const unready = status?.containerStatuses?.find(({ ready, state }) => !ready && state?.running !== undefined);
  return unready === undefined ? undefined : `pod ${name}: container ${unready.name} runs, and is not ready`;
}

function waitingOf({ name, state, lastState }: V1ContainerStatus): string | undefined {
  const { reason = "", message = "" } = state?.waiting ?? {};
  if (USUAL.has(reason)) return undefined;
  const last = lastState?.terminated;
  const ended = last === undefined ? "" : `, ended before by ${last.reason ?? "itself"} (exit code ${last.exitCode})`;
  return `container ${name} waits: ${reason}${message === "" ? "" : `: ${message}`}${ended}`;
}
