import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { loadAll } from "js-yaml";
import { onTestFinished } from "vitest";
import { stringify } from "yaml";
import { startApiServer } from "./apiserver.ts";
import { helmTemplate } from "./helm.ts";
import { freePorts, temporaryFolder } from "./loopback.ts";

const CHART = resolve(import.meta.dirname, "../../charts/agent");
const MI = 2 ** 20;

/** The pod whose numbers and log the tests make up. */
export const POD = "triage-0";
/** The namespace of its tenant. */
export const NAMESPACE = "support-agents";

/** The groups of the PrometheusRule that the chart renders from an agent's generated values, as a file of Prometheus. */
export async function rulesOf(values: string): Promise<string> {
  const manifests = await helmTemplate({ chart: CHART, release: "triage", namespace: NAMESPACE, values });
  const documents: unknown[] = loadAll(manifests);
  const rule = documents.find(
    (one) => typeof one === "object" && one !== null && Reflect.get(one, "kind") === "PrometheusRule",
  );
  if (typeof rule !== "object" || rule === null) throw new Error("the chart renders no PrometheusRule");
  return stringify(Reflect.get(rule, "spec"));
}

/** kube-state-metrics and cAdvisor of one pod, in Mi: once `kill` was called it is killed while its limit is below 900. */
export async function startExporter(limit: () => Promise<number>) {
  let killed = false;
  let restarts = 0;
  const labels = `namespace="${NAMESPACE}",pod="${POD}",container="agent"`;
  const server = createServer(async (_request, response) => {
    const most = await limit();
    const isKilled = killed && most < 900;
    if (isKilled) restarts = 3;
    const numbers = [
      `container_memory_working_set_bytes{${labels}} ${(isKilled ? 760 : 700) * MI}`,
      `kube_pod_container_resource_limits{${labels},resource="memory"} ${most * MI}`,
      `kube_pod_container_status_restarts_total{${labels}} ${restarts}`,
      `kube_pod_container_status_last_terminated_reason{${labels},reason="OOMKilled"} ${isKilled ? 1 : 0}`,
    ];
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(`${numbers.join("\n")}\n`);
  });
  const [port = 0] = await freePorts(1);
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return {
    address: `127.0.0.1:${port}`,
    kill: () => {
      killed = true;
    },
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

/** A real API server that holds the pod, killed; answers with a kubeconfig's path. */
export async function startCluster(): Promise<string> {
  const server = await startApiServer();
  onTestFinished(server.stop);
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
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
  const file = join(folder.path, "kubeconfig");
  const certificate = Buffer.from(server.certificate).toString("base64");
  await writeFile(
    file,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      clusters: [{ name: "test", cluster: { server: server.url, "certificate-authority-data": certificate } }],
      users: [{ name: "test", user: { token: server.token } }],
    }),
  );
  return file;
}
