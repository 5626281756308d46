import type { ApiServer } from "../kubernetes/apiserver.ts";

const NAMESPACE = "support";
const OBJECTS = `/namespaces/${NAMESPACE}`;

/** What the controllers of a cluster would say of an object; the API server of the tests has none. */
async function say(server: ApiServer, path: string, status: object): Promise<void> {
  const text = JSON.stringify({ status });
  const body = { type: "application/merge-patch+json", text };
  const answer = await server.client.send("PATCH", `${path}/status`, body);
  if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
}

async function make(server: ApiServer, object: Parameters<ApiServer["apply"]>[0] & { readonly spec: object }) {
  const objections = await server.apply(object);
  if (objections.length > 0) throw new Error(objections.join("\n"));
}

const ready = (is: boolean) => [{ type: "Ready", status: is ? "True" : "False" }];
const status = (name: string, restarts: number, states: object = { state: { running: {} } }) => ({
  name,
  image: "i",
  imageID: "i",
  ready: false,
  restartCount: restarts,
  ...states,
});
const killed = { state: { running: {} }, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } };
const waiting = (reason: string) => ({ state: { waiting: { reason } } });

/** Pods by name, each with what its kubelet would say of it. */
const pods = {
  "triage-6c7d9f4b8d-x2k9p": {
    phase: "Running",
    conditions: ready(true),
    containerStatuses: [status("agent", 3, killed), status("daprd", 5)],
  },
  "triage-6c7d9f4b8d-b4c5d": {
    phase: "Pending",
    conditions: ready(false),
    containerStatuses: [status("agent", 0, waiting("ImagePullBackOff")), status("daprd", 0)],
  },
  "triage-6c7d9f4b8d-f6g7h": {
    phase: "Pending",
    conditions: ready(false),
    containerStatuses: [status("agent", 0, waiting("CreateContainerConfigError")), status("daprd", 0)],
  },
  "triage-6c7d9f4b8d-z8w9v": { phase: "Failed", reason: "Evicted", conditions: ready(false) },
};

/** An agent of which everything is amiss that kube-state-metrics can tell, and one that has no pod at all. */
export async function furnish(server: ApiServer): Promise<void> {
  const metadata = (name: string) => ({ name, namespace: NAMESPACE });
  const container = (name: string) => ({
    name,
    image: "i",
    resources: { limits: { memory: "512Mi" }, requests: { cpu: "100m" } },
  });
  for (const [name, told] of Object.entries(pods)) {
    const spec = { nodeName: "node-3", containers: [container("agent"), container("daprd")] };
    await make(server, { apiVersion: "v1", kind: "Pod", metadata: metadata(name), spec });
    await say(server, `/api/v1${OBJECTS}/pods/${name}`, told);
  }
  for (const name of ["triage", "absent"]) {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers: [container("agent")] } };
    const spec = { replicas: 2, selector: { matchLabels: labels }, template };
    await make(server, { apiVersion: "apps/v1", kind: "Deployment", metadata: metadata(name), spec });
  }
  const counted = { replicas: 4, readyReplicas: 1, availableReplicas: 1 };
  await say(server, `/apis/apps/v1${OBJECTS}/deployments/triage`, counted);
  const average = (value: string) => ({ type: "AverageValue", averageValue: value });
  const metric = { name: "s0-kafka-tickets" };
  await make(server, {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: metadata("keda-hpa-triage"),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "triage" },
      minReplicas: 2,
      maxReplicas: 20,
      metrics: [{ type: "External", external: { metric, target: average("100") } }],
    },
  });
  await say(server, `/apis/autoscaling/v2${OBJECTS}/horizontalpodautoscalers/keda-hpa-triage`, {
    currentReplicas: 6,
    desiredReplicas: 6,
    currentMetrics: [{ type: "External", external: { metric, current: { averageValue: "300" } } }],
    conditions: [],
  });
  const hard = { pods: "10" };
  await make(server, { apiVersion: "v1", kind: "ResourceQuota", metadata: metadata("agents"), spec: { hard } });
  await say(server, `/api/v1${OBJECTS}/resourcequotas/agents`, { hard, used: { pods: "10" } });
}
