import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadAll } from "js-yaml";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { serve } from "../cli/serving.ts";
import { raos } from "../cli/terminal.ts";
import { workshop } from "../cli/workshop.ts";
import { apiServerTools, startApiServer } from "./apiserver.ts";
import { describeReal } from "./component.ts";
import { helmTemplate } from "./helm.ts";
import { freePorts, temporaryFolder } from "./loopback.ts";
import { pushLines, startAlertmanager, startLoki, startPrometheus } from "./prometheus.ts";

const CHART = resolve(import.meta.dirname, "../../charts/agent");
const VALUES = "deploy/production/support/triage/values.yaml";
const POD = "triage-0";
const MI = 2 ** 20;

describeReal(["prometheus", "alertmanager", "loki", "helm", ...apiServerTools], "from a rule to a merged fix", () => {
  test("a rule RAOS generated fires, a pull request comes, it is merged, and the alert ends", {
    timeout: 240_000,
  }, async () => {
    const [prometheusPort = 0, alertmanagerPort = 0, lokiPort = 0, lokiGrpc = 0] = await freePorts(4);
    const fleet = workshop();
    fleet.commit({ "raos.yaml": configOf(fleet.read("raos.yaml"), prometheusPort, alertmanagerPort, lokiPort) });
    await raos(fleet.clone, ["reconcile", "--repo", fleet.bare]);
    const opened = JSON.parse((await raos(fleet.clone, ["pr", "list", "--repo", fleet.bare, "--output", "json"])).out);
    await raos(fleet.clone, [
      "pr",
      "merge",
      "--repo",
      fleet.bare,
      ...opened.map((pull: { number: number }) => String(pull.number)),
    ]);
    fleet.git("pull", "--quiet", "origin", "main");

    const limitNow = () =>
      /limits:\s*\n?\s*\{?\s*memory: "?(\d+)Mi/.exec(fleet.git("show", `origin/main:${VALUES}`))?.[1];
    expect(limitNow()).toBe("768");
    const exporter = await startExporter(() => Number(limitNow()));
    const loki = await startLoki({ ports: [lokiPort, lokiGrpc] });
    onTestFinished(loki.stop);
    await pushLines(loki.url, { namespace: "support", pod: POD, container: "agent" }, logLines());
    const kubeconfig = await cluster();
    const service = await serve(["--repo", fleet.bare, "--interval", "1h"], {
      ALERTS_TOKEN: "t0ken",
      KUBECONFIG: kubeconfig,
    });
    const alertmanager = await startAlertmanager({
      port: alertmanagerPort,
      webhook: `${service.url}/api/alerts`,
      token: "t0ken",
    });
    onTestFinished(alertmanager.stop);
    const prometheus = await startPrometheus({
      port: prometheusPort,
      targets: [exporter.address],
      rules: rulesOf(
        await helmTemplate({ chart: CHART, release: "triage", namespace: "support", values: fleet.read(VALUES) }),
      ),
      alertmanager: `127.0.0.1:${alertmanagerPort}`,
    });
    onTestFinished(prometheus.stop);
    await sleep(3000);
    exporter.kill();

    const pull = await until(
      async () => (await pulls(fleet)).find((one) => one.branch.startsWith("raos/alert/")),
      () => `${service.log.map((line) => JSON.stringify(line)).join("\n")}\n${prometheus.log()}`,
    );
    expect(pull.branch).toBe("raos/alert/support/triage/production/out-of-memory");
    expect(pull.title).toBe("support/triage: memory limit 768Mi → 960Mi in production");
    for (const part of [
      "```mermaid",
      "xychart-beta",
      "OutOfMemoryError",
      "OOMKilled",
      "How it is verified",
      "/graph?g0.expr=",
    ])
      expect(pull.body).toContain(part);
    fleet.git("fetch", "--quiet", "origin");
    const touched = fleet.git("diff", "--name-only", `origin/main...origin/${pull.branch}`).trim().split("\n");
    expect(touched).toEqual(["agents/support/triage.yaml", VALUES].sort());
    const spec = fleet.git("diff", "--unified=0", `origin/main...origin/${pull.branch}`, "--", "agents").split("\n");
    expect(spec.filter((line) => /^[-+] /.test(line))).toEqual([
      "-      limits: {memory: 768Mi}",
      "+      limits: {memory: 960Mi}",
    ]);

    await raos(fleet.clone, ["pr", "merge", "--repo", fleet.bare, String(pull.number)]);
    fleet.git("fetch", "--quiet", "origin");
    expect(limitNow()).toBe("960");
    const active = async () => {
      const list: unknown = await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json();
      return Array.isArray(list) ? list.filter((one) => one.labels?.alertname === "AgentOutOfMemory") : [];
    };
    await until(
      async () => ((await active()).length === 0 ? "ended" : undefined),
      () => prometheus.log(),
    );
    await sleep(2000);
    expect((await pulls(fleet)).filter((one) => one.state === "open")).toEqual([]);
  });
});

interface Pull {
  readonly number: number;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly state: string;
}

async function pulls(fleet: ReturnType<typeof workshop>): Promise<readonly Pull[]> {
  const { out } = await raos(fleet.clone, ["pr", "list", "--repo", fleet.bare, "--state", "all", "--output", "json"]);
  const listed: readonly Pull[] = JSON.parse(out);
  return Promise.all(
    listed
      .filter((one) => one.branch.startsWith("raos/alert/"))
      .map(async (one) => ({
        ...one,
        ...JSON.parse(
          (await raos(fleet.clone, ["pr", "show", "--repo", fleet.bare, String(one.number), "--output", "json"])).out,
        ),
      })),
  );
}

/** The fixture's raos.yaml with the addresses of this test. */
function configOf(text: string, prometheus: number, alertmanager: number, loki: number): string {
  return text
    .replace(/prometheus: \{url: .*\}/, `prometheus: {url: "http://127.0.0.1:${prometheus}"}`)
    .replace(/alertmanager: \{url: .*\}/, `alertmanager: {url: "http://127.0.0.1:${alertmanager}"}`)
    .replace(/loki: \{url: .*\}/, `loki: {url: "http://127.0.0.1:${loki}", tenant: meridian}`);
}

/** The groups of the PrometheusRule that the chart renders, as a file of Prometheus. */
function rulesOf(manifests: string): string {
  const documents: unknown[] = loadAll(manifests);
  const rule = documents.find(
    (one) => typeof one === "object" && one !== null && Reflect.get(one, "kind") === "PrometheusRule",
  );
  if (typeof rule !== "object" || rule === null) throw new Error("the chart renders no PrometheusRule");
  return stringify(Reflect.get(rule, "spec"));
}

/** kube-state-metrics and cAdvisor for one pod, whose numbers the test drives: it is killed while its limit is below 900Mi. */
async function startExporter(limit: () => number) {
  let killed = false;
  let restarts = 0;
  const labels = `namespace="support",pod="${POD}",container="agent"`;
  const server = createServer((_request, response) => {
    const isKilled = killed && limit() < 900;
    if (isKilled) restarts = 3;
    response.end(
      [
        `container_memory_working_set_bytes{${labels}} ${(isKilled ? 760 : 700) * MI}`,
        `kube_pod_container_resource_limits{${labels},resource="memory"} ${limit() * MI}`,
        `kube_pod_container_status_restarts_total{${labels}} ${restarts}`,
        `kube_pod_container_status_last_terminated_reason{${labels},reason="OOMKilled"} ${isKilled ? 1 : 0}`,
        "",
      ].join("\n"),
    );
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

function logLines(): readonly (readonly [number, string])[] {
  const now = Date.now() - 30_000;
  return Array.from({ length: 40 }, (_, index) => [
    now + index * 100,
    index % 10 === 9
      ? `ERROR OutOfMemoryError: cannot allocate ${index * 1024} bytes for ticket ${index}`
      : `INFO error budget of ticket ${index} is fine`,
  ]);
}

/** A real API server that holds an event of the agent's pod; answers with a kubeconfig's path. */
async function cluster(): Promise<string> {
  const server = await startApiServer();
  onTestFinished(server.stop);
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const post = (path: string, body: object) =>
    server.client.send("POST", path, { type: "application/json", text: JSON.stringify(body) });
  await post("/api/v1/namespaces", { metadata: { name: "support" } });
  const pod = {
    metadata: { name: POD, namespace: "support", labels: { "app.kubernetes.io/instance": "triage" } },
    spec: { containers: [{ name: "agent", image: "ghcr.io/acme/triage:1" }], automountServiceAccountToken: false },
  };
  await post("/api/v1/namespaces/support/serviceaccounts", { metadata: { name: "default" } });
  await post("/api/v1/namespaces/support/pods", pod);
  const status = {
    status: {
      phase: "Running",
      containerStatuses: [
        {
          name: "agent",
          image: "ghcr.io/acme/triage:1",
          imageID: "",
          ready: false,
          restartCount: 3,
          lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
        },
      ],
    },
  };
  await server.client.send("PATCH", `/api/v1/namespaces/support/pods/${POD}/status`, {
    type: "application/merge-patch+json",
    text: JSON.stringify(status),
  });
  const file = join(folder.path, "kubeconfig");
  await writeFile(
    file,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      clusters: [
        {
          name: "test",
          cluster: {
            server: server.url,
            "certificate-authority-data": Buffer.from(server.certificate).toString("base64"),
          },
        },
      ],
      users: [{ name: "test", user: { token: server.token } }],
    }),
  );
  return file;
}

async function until<T>(look: () => Promise<T | undefined>, told: () => string): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(500);
  }
  throw new Error(`it did not come: ${told().slice(-6000)}`);
}
