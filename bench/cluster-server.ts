import { createServer } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/** A thread with an API server that lists the same HelmReleases and Deployments to everybody, in pages of the asked size. */

const { agents }: { readonly agents: number } = workerData;
const AT = "2026-05-04T10:00:00Z";
const condition = (type: string, reason: string) => ({
  ...{ type, reason, status: "True", message: `${reason} for the agent`, lastTransitionTime: AT, lastUpdateTime: AT },
});
/** As large as what an API server really sends of an object with its managed fields. */
const managedFields = [{ manager: "helm-controller", operation: "Apply", fieldsV1: { "f:spec": "x".repeat(2500) } }];

function helmRelease(index: number): object {
  return {
    metadata: { name: `acme.agent-${index}`, namespace: "flux-system", generation: 3, managedFields },
    spec: { interval: "10m", valuesFrom: [{ kind: "ConfigMap", name: `acme.agent-${index}.0123456789` }] },
    status: {
      observedGeneration: 3,
      conditions: [condition("Ready", "UpgradeSucceeded"), condition("Released", "UpgradeSucceeded")],
      history: [{ status: "deployed", version: 3, lastDeployed: AT }],
    },
  };
}

function deployment(index: number): object {
  const labels = { "app.kubernetes.io/instance": `agent-${index}`, "raos.dev/tenant": "acme" };
  const env = Array.from({ length: 20 }, (_, at) => ({ name: `VARIABLE_${at}`, value: "a value of some length" }));
  return {
    metadata: {
      ...{ name: `agent-${index}`, namespace: "acme", generation: 4, labels, managedFields },
      annotations: { "raos.dev/values-digest": "0123456789" },
    },
    spec: { replicas: 2, template: { spec: { containers: [{ name: "agent", image: "example.com/agent:1", env }] } } },
    status: {
      ...{ observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
      conditions: [
        condition("Available", "MinimumReplicasAvailable"),
        condition("Progressing", "NewReplicaSetAvailable"),
      ],
    },
  };
}

const LISTS: Readonly<Record<string, readonly string[]>> = {
  helmreleases: Array.from({ length: agents }, (_, index) => JSON.stringify(helmRelease(index))),
  deployments: Array.from({ length: agents }, (_, index) => JSON.stringify(deployment(index))),
};

let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  const url = new URL(request.url ?? "/", "http://localhost");
  const all = LISTS[url.pathname.split("/").at(-1) ?? ""] ?? [];
  const start = Number(url.searchParams.get("continue") ?? 0);
  const end = start + Number(url.searchParams.get("limit") ?? all.length);
  const metadata = end < all.length ? `{"continue": "${end}"}` : "{}";
  response.writeHead(200, { "content-type": "application/json" });
  response.end(`{"metadata": ${metadata}, "items": [${all.slice(start, end).join(",")}]}`);
});
server.listen(0, "127.0.0.1", () => parentPort?.postMessage({ address: server.address() }));
parentPort?.on("message", () => {
  parentPort?.postMessage({ requests });
  requests = 0;
});
