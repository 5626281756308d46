import { createServer } from "node:http";
import { resolve } from "node:path";
import { loadAll } from "js-yaml";
import { stringify } from "yaml";
import { baseUnits } from "../../src/domain/values/quantity.ts";
import { closeServer, listenOnLoopback } from "../servers/listen.ts";
import { helmTemplate } from "./helm/helm.ts";
import { startApiServer } from "./kubernetes/apiserver.ts";
import { writeKubeconfig } from "./kubernetes/kubeconfig.ts";
import { temporaryFolder } from "./process/loopback.ts";

const CHART = resolve(import.meta.dirname, "../../charts/agent");
const MI = 2 ** 20;

/** The pod whose numbers and log the tests make up. */
export const POD = "triage-0";
/** The namespace of its tenant. */
export const NAMESPACE = "support-agents";

/** The groups of the PrometheusRule that the chart renders from an agent's generated values, as a file of Prometheus. */
export async function rulesOf(release: string, values: string): Promise<string> {
  const manifests = await helmTemplate({ chart: CHART, release, namespace: NAMESPACE, values });
  const documents: unknown[] = loadAll(manifests);
  const rule = documents.find(
    (one) => typeof one === "object" && one !== null && Reflect.get(one, "kind") === "PrometheusRule",
  );
  if (typeof rule !== "object" || rule === null) throw new Error("the chart renders no PrometheusRule");
  return stringify(Reflect.get(rule, "spec"));
}

/** The memory limit in a generated values.yaml, in bytes. */
export function limitIn(values: string): number {
  const limit = /limits:\s*\{?\s*memory: "?(\w+)/.exec(values)?.[1] ?? "";
  return baseUnits(limit) ?? Number.NaN;
}

/**
 * kube-state-metrics and cAdvisor of one pod, whose limit is given in bytes: from the moment `kill` is called, or `POST /kill`
 * comes, it is killed until its limit is raised. On `port`, or a free one.
 */
export async function startExporter(pod: string, limit: () => Promise<number>, port?: number) {
  let killedAt: number | undefined;
  let restarts = 0;
  const labels = `namespace="${NAMESPACE}",pod="${pod}",container="agent"`;
  const server = createServer(async (request, response) => {
    const most = await limit();
    if (request.method === "POST" && request.url === "/kill") {
      killedAt = most;
      response.end(`${pod} is killed for want of memory until its limit is above ${most / MI}Mi\n`);
      return;
    }
    const isKilled = killedAt !== undefined && most <= killedAt;
    if (isKilled) restarts = 3;
    const numbers = [
      `container_memory_working_set_bytes{${labels}} ${most * (isKilled ? 0.99 : 0.9)}`,
      `kube_pod_container_resource_limits{${labels},resource="memory"} ${most}`,
      `kube_pod_container_status_restarts_total{${labels}} ${restarts}`,
      `kube_pod_container_status_last_terminated_reason{${labels},reason="OOMKilled"} ${isKilled ? 1 : 0}`,
    ];
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(`${numbers.join("\n")}\n`);
  });
  const url = await listenOnLoopback(server, port);
  return {
    address: url.slice("http://".length),
    kill: () => fetch(`${url}/kill`, { method: "POST" }),
    stop: () => closeServer(server),
  };
}

/** What the pod logged in the last half minute: every tenth line is an error. */
export function logLines(): readonly (readonly [number, string])[] {
  const now = Date.now() - 30_000;
  return Array.from({ length: 40 }, (_, index) => [
    now + index * 100,
    index % 10 === 9
      ? `ERROR OutOfMemoryError: cannot allocate ${index * 1024} bytes for ticket ${index}`
      : `INFO error budget of ticket ${index} is fine`,
  ]);
}

/** A real API server that holds the pod, killed; with a kubeconfig's path. */
export async function startCluster(): Promise<{ readonly kubeconfig: string; stop(): Promise<void> }> {
  const server = await startApiServer();
  const folder = await temporaryFolder();
  const post = (path: string, body: object) =>
    server.client.send("POST", path, { type: "application/json", text: JSON.stringify(body) });
  await post("/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  await post(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: "default" } });
  const image = "ghcr.io/acme/triage:1";
  await post(`/api/v1/namespaces/${NAMESPACE}/pods`, {
    metadata: { name: POD, namespace: NAMESPACE, labels: { "app.kubernetes.io/instance": "triage" } },
    spec: { containers: [{ name: "agent", image }], automountServiceAccountToken: false },
  });
  const lastState = { terminated: { exitCode: 137, reason: "OOMKilled" } };
  const status = {
    phase: "Running",
    containerStatuses: [{ name: "agent", image, imageID: "", ready: false, restartCount: 3, lastState }],
  };
  await server.client.send("PATCH", `/api/v1/namespaces/${NAMESPACE}/pods/${POD}/status`, {
    type: "application/merge-patch+json",
    text: JSON.stringify({ status }),
  });
  const file = await writeKubeconfig(folder.path, server);
  return { kubeconfig: file, stop: () => server.stop().then(folder.remove) };
}
