import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { PullRequest } from "../../src/domain/pull-request.ts";
import type { Forge } from "../../src/forge/forge.ts";
import { createLocalForge } from "../../src/forge/local/forge.ts";
import { openRepository } from "../../src/git/repository.ts";
import { push } from "../servers/github/model/people.ts";
import { fleetOnGitHub } from "../servers/github/setup.ts";
import { fleetClone } from "../support/cli/fleet-clone.ts";
import { serve } from "../support/cli/serve.ts";
import { fixtureFiles } from "../support/specs/fixture-fleet.ts";
import { limitIn, logLines, NAMESPACE, POD, rulesOf, startCluster, startExporter } from "./alert-stage.ts";
import { describeReal } from "./component.ts";
import { apiServerTools } from "./kubernetes/apiserver.ts";
import { freePorts } from "./process/loopback.ts";
import { pushLines, startAlertmanager, startLoki, startPrometheus } from "./prometheus/prometheus.ts";

const MI = 2 ** 20;
const VALUES = "deploy/production/support/triage/values.yaml";
// The limit is the agent's own, not production's: both environments follow.
/** The values of both environments, and their name in the release. */
const TOUCHED = [
  "agents/support/triage.yaml",
  ...["production", "staging"].flatMap((environment) =>
    ["kustomization", "release", "values"].map((file) => `deploy/${environment}/support/triage/${file}.yaml`),
  ),
];

describeReal(["prometheus", "alertmanager", "loki", "helm", ...apiServerTools], "from a rule to a merged fix", () => {
  test.each([
    ["the local forge", onDisk],
    ["GitHub", onGitHub],
  ] as const)(
    "on %s: a rule RAOS generated fires, a pull request comes, it is merged, and the alert ends",
    {
      timeout: 240_000,
    },
    async (_, open) => {
      const [prometheusPort = 0, alertmanagerPort = 0, lokiPort = 0, lokiGrpc = 0] = await freePorts(4);
      const place = await open((config) => withAddresses(config, prometheusPort, alertmanagerPort, lokiPort));
      const loki = await startLoki({ ports: [lokiPort, lokiGrpc] });
      onTestFinished(loki.stop);
      await pushLines(loki.url, { ...CLUSTER, namespace: NAMESPACE, pod: POD, container: "agent" }, logLines());
      const cluster = await startCluster();
      onTestFinished(cluster.stop);
      const secrets = { ALERTS_TOKEN: "t0ken", KUBECONFIG: cluster.kubeconfig };
      const service = await serve([...place.serve, "--interval", "5s"], { ...place.env, ...secrets });
      const told = () => service.log.map((line) => JSON.stringify(line)).join("\n");
      const open12 = await until(async () => {
        const { pulls } = await place.forge.pullRequests([]);
        return pulls.length === 12 ? pulls : undefined;
      }, told);
      for (const pull of open12) await place.forge.merge(pull);
      const limitOn = async (branch: string) => limitIn(await place.git("show", `${branch}:${VALUES}`)) / MI;
      expect(await limitOn("main")).toBe(768);

      const exporter = await startExporter(POD, async () => (await limitOn("main")) * MI);
      onTestFinished(exporter.stop);
      const webhook = `${service.url}/api/alerts`;
      const alertmanager = await startAlertmanager({ port: alertmanagerPort, webhook, token: "t0ken" });
      onTestFinished(alertmanager.stop);
      const prometheus = await startPrometheus({
        port: prometheusPort,
        targets: [exporter.address],
        labels: CLUSTER,
        rules: await rulesOf("triage", await place.git("show", `main:${VALUES}`)),
        alertmanager: `127.0.0.1:${alertmanagerPort}`,
      });
      onTestFinished(prometheus.stop);
      // What rose before the first scrape never rose.
      await until(() => hasSamples(prometheus.url), prometheus.log);
      await exporter.kill();

      let asked: readonly string[] = [];
      const pull = await until(
        async () => {
          asked = (await place.forge.issues()).issues.map(({ body }) => body);
          expect(asked, "an issue came in place of the pull request").toEqual([]);
          return (await place.forge.pullRequests([])).pulls.find(isOfAlert);
        },
        () => `${told()}\n${prometheus.log()}`,
      );
      expect(pull.branch).toBe("raos/alert/support/triage/production/out-of-memory");
      expect(pull.title).toContain("support/triage: memory limit 768Mi → 960Mi");
      const parts = [
        "```mermaid",
        "xychart-beta",
        "OutOfMemoryError",
        "OOMKilled",
        "How it is verified",
        "/graph?g0.expr=",
      ];
      for (const part of parts) expect(pull.body).toContain(part);
      const diff = (...args: readonly string[]) => place.git("diff", ...args, `main...${pull.head}`);
      expect((await diff("--name-only")).trim().split("\n")).toEqual(TOUCHED);
      const lines = (await place.git("diff", "--unified=0", `main...${pull.head}`, "--", "agents")).split("\n");
      const changed = lines.filter((line) => /^[-+] /.test(line));
      expect(changed).toContain("-      limits: {memory: 768Mi}");
      expect(changed).toContain("+      limits: {memory: 960Mi}");
      // Its request may follow; nothing else does.
      expect(changed.filter((line) => !/^[-+] {6}(limits|requests): /.test(line))).toEqual([]);

      await place.forge.merge(pull);
      expect(await limitOn("main")).toBe(960);
      const firing = async () => {
        const list: unknown = await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json();
        return Array.isArray(list) && list.some((one) => one.labels?.alertname === "AgentOutOfMemory");
      };
      await until(async () => ((await firing()) ? undefined : "ended"), prometheus.log);
      await sleep(2000);
      const { pulls } = await place.forge.pullRequests([pull.branch]);
      expect(pulls.map(({ number, state }) => ({ number, state }))).toEqual([{ number: pull.number, state: "merged" }]);
    },
  );
});

/** Where the fleet is, and the arguments and environment with which `serve` finds it. */
interface Place {
  readonly forge: Forge;
  readonly serve: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  git(...args: readonly string[]): Promise<string>;
}

type Configured = (config: string) => string;

async function onDisk(configured: Configured): Promise<Place> {
  const fleet = fleetClone();
  fleet.commit({ "raos.yaml": configured(fleet.read("raos.yaml")) });
  const repository = await openRepository(fleet.bare, { env: process.env, cache: `${fleet.clone}.cache` });
  const forge = createLocalForge(repository, { clock: Date.now });
  onTestFinished(async () => {
    await forge.dispose();
    await repository.close();
  });
  const git = async (...args: readonly string[]) => fleet.git("--git-dir", fleet.bare, ...args);
  return { forge, serve: ["--repo", fleet.bare], env: {}, git };
}

async function onGitHub(configured: Configured): Promise<Place> {
  const files = fixtureFiles();
  const fleet = await fleetOnGitHub(files);
  onTestFinished(() => fleet.github.close());
  const { github, repository, person } = fleet;
  const config = { "raos.yaml": configured(files["raos.yaml"] ?? "") };
  await push(github.world, repository, person, "main", config, "Where to look");
  const { id, privateKey, webhookSecret } = github.world.app;
  const env = {
    APP_ID: String(id),
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: webhookSecret,
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: github.url,
  };
  return { forge: fleet.forge(), serve: [], env, git: (...args) => repository.git.git(...args) };
}

function isOfAlert({ branch }: PullRequest): boolean {
  return branch.startsWith("raos/alert/");
}

async function hasSamples(prometheus: string): Promise<true | undefined> {
  const query = encodeURIComponent("count_over_time(kube_pod_container_status_restarts_total[1m]) > 7");
  const answer: unknown = await (await fetch(`${prometheus}/api/v1/query?query=${query}`)).json();
  return JSON.stringify(answer).includes('"metric"') ? true : undefined;
}

/** The label of production's series: its Prometheus and Loki hold those of staging, too. */
const CLUSTER = { cluster: "prod-eu" };

/** The fixture's raos.yaml with the addresses of this test. */
function withAddresses(text: string, prometheus: number, alertmanager: number, loki: number): string {
  return text
    .replace("alerts: {cluster: prod-eu}", "alerts: {cluster: prod-eu}, kubernetes: {context: test}")
    .replace(/prometheus: \{url: .*\}/, `prometheus: {url: "http://127.0.0.1:${prometheus}"}`)
    .replace(/alertmanager: \{url: .*\}/, `alertmanager: {url: "http://127.0.0.1:${alertmanager}"}`)
    .replace(/loki: \{url: .*\}/, `loki: {url: "http://127.0.0.1:${loki}", tenant: meridian}`);
}

async function until<T>(look: () => Promise<T | undefined>, told: () => string): Promise<T> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(250);
  }
  throw new Error(`it did not come: ${told().slice(-6000)}`);
}
