import { AppsV1Api, AutoscalingV2Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { Evidence, MissingReason } from "../domain/evidence.ts";
import type { Json } from "../domain/scalars.ts";
import type { ObjectsAsk } from "./observatory.ts";
import { redact, redactJson } from "./redact.ts";

/** Reads objects of one agent; never writes, and never reads Secrets or the values of variables. */
export interface KubeReader {
  look(ask: ObjectsAsk, id: string, deadlineMs: number): Promise<Evidence>;
}

/** Most objects and events that are told. */
const MOST = 50;

/**
 * A reader for the cluster that `KUBECONFIG` names, or the one this process runs in; undefined where there is neither.
 * Throws where the file that `KUBECONFIG` names cannot be read.
 */
export function createKubeReader({
  env,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
}): KubeReader | undefined {
  const config = new KubeConfig();
  if (env.KUBECONFIG !== undefined && env.KUBECONFIG !== "") config.loadFromFile(env.KUBECONFIG);
  else if (env.KUBERNETES_SERVICE_HOST !== undefined) config.loadFromCluster();
  else return undefined;
  return readerOf(config);
}

/** A reader by a loaded configuration. */
export function readerOf(config: KubeConfig): KubeReader {
  const apis = {
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    scaling: config.makeApiClient(AutoscalingV2Api),
  };
  return {
    async look(ask, id, deadlineMs) {
      const query = `${ask.what} of ${ask.namespace}/${ask.agent}`;
      const { name } = ask;
      try {
        const found = await within(deadlineMs, objectsOf(ask, apis));
        const lines = await Promise.all(found.lines.slice(0, MOST).map((line) => redact(line.slice(0, 600))));
        if (lines.length === 0)
          return { kind: "missing", id, name, query, reason: "empty", message: "there are no such objects" };
        return { kind: "objects", id, name, query, lines, value: await redactJson(found.value) };
      } catch (error) {
        return { kind: "missing", id, name, query, ...failure(error) };
      }
    },
  };
}

interface Apis {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly scaling: AutoscalingV2Api;
}

interface Found {
  readonly lines: readonly string[];
  readonly value: Json;
}

async function objectsOf({ what, namespace, agent }: ObjectsAsk, { core, apps, scaling }: Apis): Promise<Found> {
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
      const { items } = await core.listNamespacedEvent({ namespace, limit: 500 });
      const events = items
        .filter(({ involvedObject: { kind = "", name = "" } }) => isOf(agent, kind, name))
        .map(({ involvedObject, reason, message, type, count, lastTimestamp, eventTime }) => ({
          object: `${involvedObject.kind ?? ""}/${involvedObject.name ?? ""}`,
          reason: reason ?? "",
          message: (message ?? "").slice(0, 500),
          type: type ?? "",
          count: count ?? 1,
          at: new Date(lastTimestamp ?? eventTime ?? 0).toISOString(),
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

async function within<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("too slow", "TimeoutError")), deadlineMs);
  });
  work.catch(() => {});
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function failure(error: unknown): { readonly reason: MissingReason; readonly message: string } {
  if (error instanceof DOMException) return { reason: "timed-out", message: "the API server took too long" };
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (code === 401 || code === 403) return { reason: "refused", message: `the API server answered ${code}` };
  if (typeof code === "number") return { reason: "unreachable", message: `the API server answered ${code}` };
  return { reason: "unreachable", message: "there is no connection to the API server" };
}
