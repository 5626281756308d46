import type { BatchV1Api, V1Container, V1Job } from "@kubernetes/client-node";
import type { Json } from "../domain/values/scalars.ts";

/** Most objects and events that are returned. */
export const MOST = 50;

/** Objects as sentences for people, and as data for expressions. */
export interface AgentObjects {
  readonly lines: readonly string[];
  readonly value: Json;
  /** Whether there are more than were read. */
  readonly isCut?: boolean;
}

/**
 * The CronJob and the Jobs of an agent that ends by itself, the newest first; `workloads` holds what the next run would be, or
 * the last one is. Throws what the client throws.
 */
export async function readJobs(
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
export function containersOf(containers: readonly V1Container[] = []) {
  return containers.map(({ name, image, resources }) => ({
    name,
    image: image ?? "",
    limits: { ...resources?.limits },
    requests: { ...resources?.requests },
  }));
}
