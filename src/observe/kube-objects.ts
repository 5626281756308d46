import type { AppsV1Api, AutoscalingV2Api, CoreV1Api, CoreV1Event } from "@kubernetes/client-node";
import type { Json } from "../domain/scalars.ts";
import type { ObjectsAsk } from "./observatory.ts";

/** Most objects and events that are told. */
export const MOST = 50;
/** Events are listed by name, not by time: of a busy namespace so many pages of so many are read. */
const PAGES = 6;
const PAGE = 500;

export interface Apis {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly scaling: AutoscalingV2Api;
}

/** Sentences, and the same for expressions. */
export interface Found {
  readonly lines: readonly string[];
  readonly value: Json;
}

/** What is asked for of one agent, not redacted yet; throws what the client throws. */
export async function objectsOf({ what, namespace, agent }: ObjectsAsk, { core, apps, scaling }: Apis): Promise<Found> {
  const labelSelector = `app.kubernetes.io/instance=${agent}`;
  switch (what) {
    case "pods": {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector, limit: MOST });
      const pods = items.map(({ metadata, spec, status }) => ({
        name: metadata?.name ?? "",
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
      return { lines, value: { pods } };
    }
    case "events": {
      const events = (await eventsOf(namespace, core))
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
      return { lines, value: { events } };
    }
    case "workload": {
      const fieldSelector = `metadata.name=${agent}`;
      const [deployments, sets] = await Promise.all([
        apps.listNamespacedDeployment({ namespace, fieldSelector }),
        apps.listNamespacedStatefulSet({ namespace, fieldSelector }),
      ]);
      const workloads = [...deployments.items, ...sets.items].map(({ metadata, spec, status }) => ({
        name: metadata?.name ?? "",
        generation: metadata?.generation ?? 0,
        observed: status?.observedGeneration ?? 0,
        wanted: spec?.replicas ?? 0,
        ready: status?.readyReplicas ?? 0,
        updated: status?.updatedReplicas ?? 0,
      }));
      const lines = workloads.map(
        (one) => `${one.name}: ${one.ready} of ${one.wanted} replicas ready, ${one.updated} updated`,
      );
      return { lines, value: { workloads } };
    }
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

/** The agent's workload, its ReplicaSets, pods and volume claims, and not those of an agent whose name only begins like it. */
function isOf(agent: string, kind: string, name: string): boolean {
  const whole = kind === "PersistentVolumeClaim" ? name.replace(/^[^-]+-/, "") : name.replace(/^keda-hpa-/, "");
  if (!whole.startsWith(agent)) return false;
  return /^(-[0-9a-z]{1,10}(-[0-9a-z]{5})?)?$/.test(whole.slice(agent.length));
}

async function eventsOf(namespace: string, core: CoreV1Api): Promise<readonly CoreV1Event[]> {
  const events: CoreV1Event[] = [];
  let next: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const { items, metadata } = await core.listNamespacedEvent({
      ...{ namespace, limit: PAGE },
      ...(next === undefined ? {} : { _continue: next }),
    });
    events.push(...items);
    next = metadata?._continue;
    if (next === undefined || next === "") break;
  }
  return events;
}
