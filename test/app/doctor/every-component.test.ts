import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Finding } from "../../../src/app/doctor/finding.ts";
import { freePorts } from "../../real/process/loopback.ts";
import { createAuthority } from "../../servers/certificates.ts";
import { APP_PERMISSIONS } from "../../servers/github/model/world.ts";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";
import { json, listen } from "../../servers/loopback.ts";
import { KEY, startOpenAI } from "../../servers/openai/server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait.ts";
import { appFleet, configOf, doctor, FILES } from "./doctor.ts";

/** Where each component is. */
interface Addresses {
  readonly webhook: string;
  readonly registry: string;
  readonly prometheus: string;
  readonly loki: string;
  readonly alertmanager: string;
  readonly kubernetes: string;
  readonly model: string;
}

type Answers = Readonly<Record<string, unknown>>;

/** Answers by the path; whatever else is asked is not there. */
const answering =
  (answers: Answers): RequestListener =>
  (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const found = answers[path] ?? answers["*"];
    request.resume().on("end", () => json(response, found ?? {}, found === undefined ? 404 : 200));
  };

const VECTOR = { status: "success", data: { resultType: "vector", result: [{ metric: {}, value: [1, "3"] }] } };

const AUTHORITY = createAuthority("cluster");

/** As `listen`, with a certificate: an API server has one. */
async function secured(listener: RequestListener): Promise<string> {
  const server = createServer(AUTHORITY.issue("kubernetes"), listener);
  onTestFinished(() => closeServer(server));
  return (await listenOnLoopback(server)).replace("http:", "https:");
}

async function allUp(): Promise<Addresses> {
  const model = await startOpenAI([]);
  onTestFinished(() => model.stop());
  return {
    webhook: await listen(answering({ "*": {} })),
    registry: await listen(answering({ "/v2/acme/agent/manifests/0.1.0": {} })),
    prometheus: await listen(answering({ "/api/v1/status/buildinfo": { data: { version: "3.15.0" } }, "*": VECTOR })),
    loki: await listen(
      answering({
        "/loki/api/v1/labels": { status: "success", data: ["app"] },
        "/loki/api/v1/status/buildinfo": { version: "3.7.8" },
      }),
    ),
    alertmanager: await listen(
      answering({ "/api/v2/status": { uptime: "2026-01-01T00:00:00Z", versionInfo: { version: "0.30.0" } } }),
    ),
    kubernetes: await secured(answering({ "*": { kind: "List", apiVersion: "v1", metadata: {}, items: [] } })),
    model: model.url,
  };
}

/** Nobody listens there. */
async function allDown(): Promise<Addresses> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  return {
    ...{ webhook: url, registry: url, prometheus: url, loki: url, alertmanager: url, kubernetes: url },
    model: `${url}/v1`,
  };
}

/** What listens there is something else. */
async function allWrong(): Promise<Addresses> {
  const url = await listen(answering({}));
  return { webhook: url, registry: url, prometheus: url, loki: url, alertmanager: url, kubernetes: url, model: url };
}

/** What the doctor says of an App's one repository, which names these addresses. */
async function examineAll(at: Addresses, change: (fleet: Awaited<ReturnType<typeof appFleet>>) => void = () => {}) {
  const spec = {
    environments: [{ name: "staging" }],
    chart: { oci: `oci://${at.registry.replace("http://", "")}/acme/agent`, version: "0.1.0" },
    prometheus: { url: at.prometheus },
    loki: { url: at.loki },
    alertmanager: { url: at.alertmanager },
    model: { name: "gpt-5-mini", endpoint: at.model },
  };
  const files = { "raos.yaml": configOf(spec), "tenants/support.yaml": FILES["tenants/support.yaml"] };
  const fleet = await appFleet(files, { hookUrl: `${at.webhook}/api/github/webhooks` });
  await waitUntil(() => fleet.github.webhooks.deliveries.length > 0);
  change(fleet);
  const kubeconfig = join(temporaryFolder(), "kubeconfig");
  const named = { name: "a" };
  const kube = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "a" },
    clusters: [
      {
        ...named,
        cluster: { server: at.kubernetes, "certificate-authority-data": Buffer.from(AUTHORITY.ca).toString("base64") },
      },
    ],
    users: [{ ...named, user: { token: "token-0123456789" } }],
    contexts: [{ ...named, context: { cluster: "a", user: "a" } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(kube));
  const env = { ...fleet.env, KUBECONFIG: kubeconfig, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: at.model };
  return doctor(temporaryFolder(), [], env);
}

const COMPONENTS = [
  ...["github", "installation acme", "webhook", "repository acme/fleet", "chart"],
  ...["prometheus", "loki", "alertmanager", "kubernetes", "model"],
] as const;

/** The status of each component; the checks of an environment are told by their first word. */
function statuses(findings: readonly Finding[]): Readonly<Record<string, string>> {
  const first = (name: string) => findings.find(({ check }) => check === name || check.startsWith(`${name} `));
  return Object.fromEntries(COMPONENTS.map((name) => [name, first(name)?.status ?? "not looked at"]));
}

const UP = Object.fromEntries(COMPONENTS.map((name) => [name, "ok"]));

test("every component is up", async () => {
  const found = await examineAll(await allUp());
  expect(statuses(found)).toEqual(UP);
  expect(found.filter(({ status }) => status === "failed" || status === "warning")).toEqual([]);
});

test("every component but GitHub is down: each is said, with what to do", async () => {
  const found = await examineAll(await allDown());
  const down = ["webhook", "prometheus", "loki", "alertmanager", "kubernetes", "model"];
  const failed = Object.fromEntries(down.map((name) => [name, "failed"]));
  expect(statuses(found)).toEqual({ ...UP, ...failed, chart: "warning" });
  expect(found.filter(({ status, fix }) => status === "failed" && fix === undefined)).toEqual([]);
});

test("every component is another one, and permissions wait to be accepted: each is said, with what to do", async () => {
  const found = await examineAll(await allWrong(), ({ installation }) => {
    const { checks: _, ...rest } = APP_PERMISSIONS;
    installation.permissions = rest;
  });
  expect(statuses(found)).toEqual({
    ...{ github: "ok", "installation acme": "warning", webhook: "failed", "repository acme/fleet": "ok" },
    ...{ chart: "failed", prometheus: "failed", loki: "failed", alertmanager: "failed", kubernetes: "failed" },
    model: "warning",
  });
  expect(found.filter(({ status, fix }) => status === "failed" && fix === undefined)).toEqual([]);
  expect(found.find(({ check }) => check === "installation acme")?.fix).toContain("/permissions/update");
});
