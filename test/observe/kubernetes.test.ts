import { createServer } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ObjectsRequest } from "../../src/observe/evidence-reader.ts";
import type { KubeReader } from "../../src/observe/kube-reader.ts";
import { readerOf } from "../../src/observe/kubernetes.ts";
import { describeReal } from "../real/component.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../real/kubernetes/apiserver.ts";

const NAMESPACE = "acme-agents";
const SECRET = ["ghp", "0123456789abcdefghijABCDEFGHIJ012345"].join("_");

function reader(url: string, token: string, certificate: string): KubeReader {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "c", server: url, caData: Buffer.from(certificate).toString("base64"), skipTLSVerify: false }],
    users: [{ name: "u", token }],
    contexts: [{ name: "x", cluster: "c", user: "u" }],
    currentContext: "x",
  });
  return readerOf(config);
}

const ask = (what: ObjectsRequest["what"], agent = "triage"): ObjectsRequest => {
  return { kind: "kubernetes", name: what, what, namespace: NAMESPACE, agent };
};

const FAILED = {
  ...{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too many" },
  ...{ lastTransitionTime: "2026-06-01T06:10:00Z", lastProbeTime: "2026-06-01T06:10:00Z" },
};

describeReal(apiServerTools, "objects of an agent, read from a real API server", () => {
  let server: ApiServer;
  let kube: KubeReader;

  async function send(method: string, path: string, body: object): Promise<unknown> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const answer = await server.client.send(method, path, { type, text: JSON.stringify(body) });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const inNamespace = (path: string) => `/api/v1/namespaces/${NAMESPACE}/${path}`;

  async function pod(name: string, instance: string, status: object): Promise<void> {
    const env = [{ name: "TOKEN", value: SECRET }];
    const containers = [{ name: "agent", image: "ghcr.io/acme/triage:1.2.0", env }];
    const metadata = { name, namespace: NAMESPACE, labels: { "app.kubernetes.io/instance": instance } };
    await send("POST", inNamespace("pods"), { metadata, spec: { containers, automountServiceAccountToken: false } });
    await send("PATCH", inNamespace(`pods/${name}/status`), { status });
  }

  async function event(name: string, about: string, message: string, at: string): Promise<void> {
    await send("POST", inNamespace("events"), {
      metadata: { name },
      involvedObject: { kind: "Pod", name: about, namespace: NAMESPACE },
      reason: "BackOff",
      message,
      type: "Warning",
      count: 3,
      lastTimestamp: at,
    });
  }

  beforeAll(async () => {
    server = await startApiServer();
    kube = reader(server.url, server.token, server.certificate);
    await send("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    for (const name of ["default", "reader"])
      await send("POST", inNamespace("serviceaccounts"), { metadata: { name } });
    const killed = { terminated: { reason: "OOMKilled", exitCode: 137 } };
    const status = { name: "agent", image: "ghcr.io/acme/triage:1.2.0", imageID: "", ready: false, restartCount: 4 };
    const waiting = { waiting: { reason: "CrashLoopBackOff" } };
    await pod("triage-6c7d9f4b8d-x2k9p", "triage", {
      phase: "Running",
      containerStatuses: [{ ...status, state: waiting, lastState: killed }],
    });
    await pod("triage-b-6c7d9f4b8d-aaaaa", "triage-b", { phase: "Pending" });
    await event("one", "triage-6c7d9f4b8d-x2k9p", `Back-off restarting, token=${SECRET}`, "2026-06-01T12:00:00Z");
    await event("two", "triage-6c7d9f4b8d-x2k9p", "Pulled image", "2026-06-01T11:00:00Z");
    await event("alike", "triage-b-6c7d9f4b8d-aaaaa", "Another agent's", "2026-06-01T12:00:00Z");
    await event("other", "billing-6c7d9f4b8d-x2k9p", "Somebody else's", "2026-06-01T12:00:00Z");
    const labels = { app: "triage" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "agent", image: "x" }] } };
    const deployment = { replicas: 3, selector: { matchLabels: labels }, template };
    const apps = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
    await send("POST", apps, { metadata: { name: "triage" }, spec: deployment });
    await send("PATCH", `${apps}/triage/status`, { status: { replicas: 3, readyReplicas: 1, updatedReplicas: 2 } });
    const batch = `/apis/batch/v1/namespaces/${NAMESPACE}`;
    const once = { ...template, spec: { ...template.spec, restartPolicy: "Never" } };
    const cron = { schedule: "0 6 * * *", jobTemplate: { spec: { template: once } } };
    await send("POST", `${batch}/cronjobs`, { metadata: { name: "digest" }, spec: cron });
    for (const name of ["digest-29391040", "digest-29391100"]) {
      const own = { name, labels: { "app.kubernetes.io/instance": "digest" } };
      await send("POST", `${batch}/jobs`, { metadata: own, spec: { template: once } });
    }
    // Kubernetes says first that a Job is to fail.
    const conditions = [{ ...FAILED, type: "FailureTarget" }, FAILED];
    const failed = { failed: 3, startTime: "2026-06-01T06:00:00Z", conditions };
    await send("PATCH", `${batch}/jobs/digest-29391040/status`, { status: failed });
    const hard = { "requests.cpu": "8", pods: "20" };
    await send("POST", inNamespace("resourcequotas"), { metadata: { name: "acme" }, spec: { hard } });
    await send("PATCH", inNamespace("resourcequotas/acme/status"), {
      status: { hard, used: { "requests.cpu": "7500m", pods: "19" } },
    });
    const scalers = `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers`;
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "triage" };
    for (const name of ["keda-hpa-triage", "keda-hpa-triage-b"])
      await send("POST", scalers, { metadata: { name }, spec: { minReplicas: 2, maxReplicas: 6, scaleTargetRef } });
    await send("PATCH", `${scalers}/keda-hpa-triage/status`, { status: { currentReplicas: 6, desiredReplicas: 6 } });
  }, 120_000);
  afterAll(() => server.stop());

  test("pods tell how their containers are, and nothing of their variables", async () => {
    const found = await kube.read(ask("pods"), "e1", 5000);
    expect(found).toMatchObject({
      kind: "objects",
      id: "e1",
      query: "pods of acme-agents/triage",
      lines: [
        "triage-6c7d9f4b8d-x2k9p: Running; agent not ready, 4 restarts, waiting: CrashLoopBackOff, last ended: OOMKilled (137)",
      ],
      value: { pods: [{ name: "triage-6c7d9f4b8d-x2k9p", containers: [{ restarts: 4, lastReason: "OOMKilled" }] }] },
    });
    expect(JSON.stringify(found)).not.toContain(SECRET.slice(4, 12));
  });

  test("events are the agent's own, the newest first, without secrets", async () => {
    const found = await kube.read(ask("events"), "e1", 5000);
    expect(found).toMatchObject({
      kind: "objects",
      lines: [
        expect.stringMatching(
          /^2026-06-01T12:00:00\.000Z Warning Pod\/triage-.*: BackOff \(3\): Back-off restarting, token=\[redacted\]$/,
        ),
        expect.stringContaining("Pulled image"),
      ],
    });
    expect(JSON.stringify(found)).not.toContain(SECRET.slice(4, 12));
  });

  test.each([
    ["workload", "triage: 1 of 3 replicas ready, 2 updated"],
    ["autoscaler", "keda-hpa-triage: 6 replicas, wants 6, 2 to 6"],
  ] as const)("%s", async (what, line) => {
    expect(await kube.read(ask(what), "e1", 5000)).toMatchObject({ kind: "objects", lines: [line] });
  });

  test("an agent that ends by itself has its CronJob and its Jobs", async () => {
    expect(await kube.read(ask("workload", "digest"), "e1", 5000)).toMatchObject({
      kind: "objects",
      lines: [
        "digest: 0 6 * * *, 0 running, last begun never, last succeeded never",
        "digest-29391040: 0 succeeded, 3 failed, 0 running; failed: BackoffLimitExceeded",
        "digest-29391100: 0 succeeded, 0 failed, 0 running",
      ],
      value: {
        workloads: [{ name: "digest", containers: [{ name: "agent", image: "x" }] }],
        schedules: [{ schedule: "0 6 * * *", suspended: false }],
        jobs: [
          { name: "digest-29391040", failed: 3, started: "2026-06-01T06:00:00.000Z" },
          { name: "digest-29391100" },
        ],
      },
    });
  });

  test("quota tells what is used of what there is", async () => {
    expect(await kube.read(ask("quota"), "e1", 5000)).toMatchObject({
      lines: expect.arrayContaining(["acme: requests.cpu 7500m of 8", "acme: pods 19 of 20"]),
      value: { quotas: [{ name: "acme", hard: { pods: "20" }, used: { pods: "19" } }] },
    });
  });

  test("what is not there is empty, and no error", async () => {
    expect(await kube.read(ask("pods", "nobody"), "e1", 5000)).toMatchObject({ kind: "missing", reason: "empty" });
  });

  test("what may not be read is refused, by its status alone", async () => {
    const asked = { spec: { audiences: ["https://kubernetes.default.svc"], expirationSeconds: 600 } };
    const answer = await send("POST", inNamespace("serviceaccounts/reader/token"), asked);
    const token = JSON.stringify(answer).match(/"token":"([^"]+)"/)?.[1] ?? "";
    const stranger = reader(server.url, token, server.certificate);
    expect(await stranger.read(ask("pods"), "e1", 5000)).toEqual({
      kind: "missing",
      id: "e1",
      name: "pods",
      query: "pods of acme-agents/triage",
      reason: "refused",
      message: "the API server answered 403",
    });
    const nobody = reader(server.url, "wrong", server.certificate);
    expect(await nobody.read(ask("pods"), "e1", 5000)).toMatchObject({ reason: "refused" });
  });
});

describe("an API server that is not there", () => {
  test("or never answers is missing within the deadline", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await reader(`https://127.0.0.1:${port}`, "t", "").read(ask("pods"), "e1", 100)).toMatchObject({
      kind: "missing",
      reason: "timed-out",
    });
    expect(await reader("https://127.0.0.1:1", "t", "").read(ask("pods"), "e1", 5000)).toMatchObject({
      kind: "missing",
      reason: "unreachable",
      message: "there is no connection to the API server",
    });
  });
});
