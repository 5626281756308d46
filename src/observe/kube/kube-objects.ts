import type { AppsV1Api, AutoscalingV2Api, BatchV1Api, CoreV1Api, CoreV1Event } from "@kubernetes/client-node";
import type { ObjectsRequest } from "../evidence-reader.ts";
import { type AgentObjects, MOST, readWorkload } from "./workload.ts";

/** Most pages of events, and events of a page. The API lists events by name, not by time. */
const PAGES = 6;
const PAGE = 500;

export interface Apis {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly scaling: AutoscalingV2Api;
}

/** Reads objects of one agent, not redacted yet. Throws what the client throws. */
export async function readAgentObjects(
  { what, namespace, agent }: ObjectsRequest,
  { core, apps, batch, scaling }: Apis,
): Promise<AgentObjects> {
  const labelSelector = `app.kubernetes.io/instance=${agent}`;
  switch (what) {
    case "pods": {
      const { items, metadata } = await core.listNamespacedPod({ namespace, labelSelector, limit: MOST });
      const pods = items.map(({ metadata: own, spec, status }) => ({
        name: own?.name ?? "",
        phase: status?.phase ?? "",
        node: spec?.nodeName ?? "",
        containers: (status?.containerStatuses ?? []).map((one) => ({
          name: one.name,
          ready: one.ready,
          restarts: one.restartCount,
          waiting: one.state?.waiting?.reason ?? "",
          lastReason: one.lastState?.terminated?.reason ?? "",
          exitCode: one.lastState?.terminated?.exitCode ?? 0,
          image: one.image,
        })),
      }));
      const lines = pods.map(
        (pod) =>
          `${pod.name}: ${pod.phase}${pod.containers.map((one) => `; ${one.name} ${one.ready ? "ready" : "not ready"}, ${one.restarts} restarts${one.waiting === "" ? "" : `, waiting: ${one.waiting}`}${one.lastReason === "" ? "" : `, last ended: ${one.lastReason} (${one.exitCode})`}`).join("")}`,
      );
      return { lines, value: { pods }, isCut: hasMore(metadata) };
    }
    case "events": {
      const { read, isCut } = await readEvents(namespace, core);
      const events = read
        .filter(({ involvedObject: { kind = "", name = "" } }) => isOf(agent, kind, name))
        .map(({ involvedObject, reason, message, type, count, series, lastTimestamp, eventTime }) => ({
          object: `${involvedObject.kind ?? ""}/${involvedObject.name ?? ""}`,
          reason: reason ?? "",
          message: (message ?? "").slice(0, 4096),
          type: type ?? "",
          count: series?.count ?? count ?? 1,
          at: new Date(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? 0).toISOString(),
        }))
        .sort((a, b) => (a.at < b.at ? 1 : -1))
        .slice(0, MOST);
      const lines = events.map(
        (one) => `${one.at} ${one.type} ${one.object}: ${one.reason} (${one.count}): ${one.message}`,
      );
      return { lines, value: { events }, isCut };
    }
    case "workload":
      return readWorkload({ namespace, agent }, { apps, batch });
    case "quota": {
      const { items } = await core.listNamespacedResourceQuota({ namespace, limit: MOST });
      const quotas = items.map(({ metadata, status }) => ({
        name: metadata?.name ?? "",
        hard: { ...status?.hard },
        used: { ...status?.used },
      }));
      const lines = quotas.flatMap((one) =>
        Object.entries(one.hard).map(([key, most]) => `${one.name}: ${key} ${one.used[key] ?? "0"} of ${most}`),
      );
      return { lines, value: { quotas } };
    }
    case "autoscaler": {
      const { items } = await scaling.listNamespacedHorizontalPodAutoscaler({ namespace, limit: MOST });
      const scalers = items
        .filter(({ metadata }) => metadata?.name === agent || metadata?.name === `keda-hpa-${agent}`)
        .map(({ metadata, spec, status }) => ({
          name: metadata?.name ?? "",
          min: spec?.minReplicas ?? 1,
          max: spec?.maxReplicas ?? 0,
          current: status?.currentReplicas ?? 0,
          wanted: status?.desiredReplicas ?? 0,
        }));
      const lines = scalers.map(
        (one) => `${one.name}: ${one.current} replicas, wants ${one.wanted}, ${one.min} to ${one.max}`,
      );
      return { lines, value: { scalers } };
    }
    default:
      return what satisfies never;
  }
}

/** Whether an object is the agent's workload, or its ReplicaSet, pod or volume claim; not that of an agent with a longer name. */
function isOf(agent: string, kind: string, name: string): boolean {
  const owner = kind === "PersistentVolumeClaim" ? name.replace(/^[^-]+-/, "") : name.replace(/^keda-hpa-/, "");
  if (!owner.startsWith(agent)) return false;
  return /^(-[0-9a-z]{1,10}(-[0-9a-z]{5})?)?$/.test(owner.slice(agent.length));
}

/** Whether a list of the API has another page. */
function hasMore(metadata: { readonly _continue?: string | undefined } | undefined): boolean {
  return (metadata?._continue ?? "") !== "";
}

async function readEvents(
  namespace: string,
  core: CoreV1Api,
): Promise<{ readonly read: readonly CoreV1Event[]; readonly isCut: boolean }> {
  const events: CoreV1Event[] = [];
  let next: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const { items, metadata } = await core.listNamespacedEvent({
      ...{ namespace, limit: PAGE },
      ...(next === undefined ? {} : { _continue: next }),
    });
    events.push(...items);
    next = metadata?._continue;
    if (!hasMore(metadata)) return { read: events, isCut: false };
  }
  return { read: events, isCut: true };
}
