import type { AppsV1Api, BatchV1Api, V1Container, V1Job } from "@kubernetes/client-node";
import type { Json } from "../../domain/values/scalars.ts";

/** Most objects and events that are returned. */
export const MOST = 50;

/** Objects as sentences for people, and as data for expressions. */
export interface AgentObjects {
  readonly lines: readonly string[];
  readonly value: Json;
  /** Whether there are more than were read. */
  readonly isCut?: boolean;
}

/** The agent's Deployment or StatefulSet; else its CronJob and Jobs. Throws what the client throws. */
export async function readWorkload(
  { namespace, agent }: { readonly namespace: string; readonly agent: string },
  { apps, batch }: { readonly apps: AppsV1Api; readonly batch: BatchV1Api },
): Promise<AgentObjects> {
  const fieldSelector = `metadata.name=${agent}`;
  const [deployments, sets] = await Promise.all([
    apps.listNamespacedDeployment({ namespace, fieldSelector }),
    apps.listNamespacedStatefulSet({ namespace, fieldSelector }),
  ]);
  // Who may not read Jobs is asked for them only where there is nothing else.
  if (deployments.items.length + sets.items.length === 0) return readJobs({ namespace, agent }, batch);
  const workloads = [...deployments.items, ...sets.items].map(({ metadata, spec, status }) => ({
    name: metadata?.name ?? "",
    generation: metadata?.generation ?? 0,
    observed: status?.observedGeneration ?? 0,
    wanted: spec?.replicas ?? 0,
    ready: status?.readyReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    containers: containersOf(spec?.template.spec?.containers),
  }));
  const lines = workloads.map(
    (one) => `${one.name}: ${one.ready} of ${one.wanted} replicas ready, ${one.updated} updated`,
  );
  return { lines, value: { workloads } };
}

/**
 * The CronJob and the Jobs of an agent that ends by itself, the newest first; `workloads` holds what the next run would be, or
 * the last one is. Throws what the client throws.
 */
async function readJobs(
  { namespace, agent }: { readonly namespace: string; readonly agent: string },
  batch: BatchV1Api,
): Promise<AgentObjects> {
  const [crons, runs] = await Promise.all([
    batch.listNamespacedCronJob({ namespace, fieldSelector: `metadata.name=${agent}` }),
    batch.listNamespacedJob({ namespace, labelSelector: `app.kubernetes.io/instance=${agent}`, limit: MOST }),
  ]);
  const schedules = crons.items.map(({ metadata, spec, status }) => ({
    name: metadata?.name ?? "",
    schedule: spec?.schedule ?? "",
    suspended: spec?.suspend ?? false,
    active: status?.active?.length ?? 0,
    lastScheduled: timeOf(status?.lastScheduleTime),
    lastSuccessful: timeOf(status?.lastSuccessfulTime),
  }));
  const jobs = runs.items.map(jobOf).sort((a, b) => (a.started < b.started ? 1 : -1));
  const [template] = [
    ...crons.items.map(({ spec }) => spec?.jobTemplate.spec?.template),
    ...runs.items.map(({ spec }) => spec?.template),
  ];
  const containers = containersOf(template?.spec?.containers);
  const lines = [
    ...schedules.map(
      (one) =>
        `${one.name}: ${one.schedule}${one.suspended ? ", suspended" : ""}, ${one.active} running, last begun ${one.lastScheduled || "never"}, last succeeded ${one.lastSuccessful || "never"}`,
    ),
    ...jobs.map(
      (one) =>
        `${one.name}: ${one.succeeded} succeeded, ${one.failed} failed, ${one.active} running${one.reason === "" ? "" : `; failed: ${one.reason}`}`,
    ),
  ];
  const workloads = template === undefined ? [] : [{ name: agent, containers }];
  return { lines, value: { workloads, schedules, jobs }, isCut: (runs.metadata?._continue ?? "") !== "" };
}

function jobOf({ metadata, status }: V1Job) {
  const failure = (status?.conditions ?? []).find(({ type, status: holds }) => type === "Failed" && holds === "True");
  return {
    name: metadata?.name ?? "",
    started: timeOf(status?.startTime),
    ended: timeOf(status?.completionTime ?? failure?.lastTransitionTime),
    active: status?.active ?? 0,
    succeeded: status?.succeeded ?? 0,
    failed: status?.failed ?? 0,
    reason: failure?.reason ?? "",
  };
}

function timeOf(date: Date | undefined): string {
  return date === undefined ? "" : new Date(date).toISOString();
}

/** Containers of a pod template, with what they may use. */
function containersOf(containers: readonly V1Container[] = []) {
  return containers.map(({ name, image, resources }) => ({
    name,
    image: image ?? "",
    limits: { ...resources?.limits },
    requests: { ...resources?.requests },
  }));
}
