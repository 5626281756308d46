import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRemoteServices } from "../../../src/app/world/remote-services.ts";
import { sourcesOf } from "../../../src/domain/kinds/environment-sources.ts";
import type { Config } from "../../../src/domain/kinds/kinds.ts";
import { bindLogql } from "../../../src/domain/query/bind-logql.ts";
import { bindPromql } from "../../../src/domain/query/bind-promql.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { createAuthority } from "../../servers/certificates.ts";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";
import { listen } from "../../servers/loopback.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { line, snapshotOf } from "../../support/specs/snapshot.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const NOW = 1_777_888_800_000;
const DOCUMENT = readFileSync(join(import.meta.dirname, "../../../docs/remedies.md"), "utf8");

/** The raos.yaml that the document gives for each way to connect, by its name in bold. */
function documented(): ReadonlyMap<string, string> {
  const [, section = ""] = /\n## How to connect\n(.*?)\n## /s.exec(DOCUMENT) ?? [];
  const parts = section.split(/\n(?=\*\*)/).slice(1);
  return new Map(
    parts.map((part) => [/^\*\*([^*]+)\*\*/.exec(part)?.[1] ?? "", /```yaml\n(.*?)```/s.exec(part)?.[1] ?? ""]),
  );
}

/** The configuration, as the reader of repositories reads it; `from` is replaced with `to`. */
function configOf(name: string, from = "", to = ""): Config {
  const text = documented().get(name) ?? "";
  expect(text).toContain(from);
  const { fleet, problems } = readFleet(snapshotOf({ "raos.yaml": text.replace(from, to) }));
  expect(problems.map(line)).toEqual([]);
  return fleet.config;
}

const SERIES = { resultType: "matrix", result: [{ metric: {}, values: [[NOW / 1000, "1"]] }] };
const LINES = { resultType: "streams", result: [{ stream: {}, values: [[`${NOW - 1000}000000`, "a line"]] }] };

/** A server of these rules: the path, and what it wants; it answers 401 and 404 as the real ones do. */
function serving(path: string, allows: (request: IncomingMessage) => boolean) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const [asked] = (request.url ?? "").split("?");
    if (asked !== path) response.writeHead(404).end("404 page not found");
    else if (!allows(request)) response.writeHead(401).end("no org id");
    else response.end(JSON.stringify({ status: "success", data: path.includes("/loki/") ? LINES : SERIES }));
  };
}

async function evidenceOf(config: Config, env: Readonly<Record<string, string>> = {}) {
  const [{ name: environment } = { name: "" }] = config.spec.environments;
  const reader = createRemoteServices(
    shellFor("/", () => NOW, env),
    { wait: true },
  ).evidenceReader(config, environment);
  const { prometheus, loki } = sourcesOf(config, environment);
  const promql = bindPromql('max(mem{namespace="acme"})', { labels: prometheus?.matchers ?? {} });
  const logql = bindLogql('{namespace="acme"} | pod=~"a-.*"', {
    ...{ labels: loki?.matchers ?? {}, names: loki?.labels ?? {} },
  });
  if (typeof promql !== "string" || typeof logql !== "string") throw new Error("a query cannot be bound");
  const span = { start: NOW - 60_000, end: NOW };
  const metrics = { kind: "promql", name: "m", query: promql, unit: "count", threshold: undefined } as const;
  const logs = { kind: "logql", name: "l", query: logql, lines: 10, deployedAt: undefined } as const;
  return [await reader.read({ ...metrics, ...span }, "e1"), await reader.read({ ...logs, ...span }, "e2")] as const;
}

test("every way has a raos.yaml without a Problem", () => {
  const names = [...documented().keys()];
  expect(names).toHaveLength(9);
  for (const name of names) expect(configOf(name).spec.prometheus?.url, name).toMatch(/^https?:/);
});

test("the environments of the document are read without a Problem", () => {
  const [, text = ""] = /\n## Which series are an environment's\n.*?```yaml\n(.*?)```/s.exec(DOCUMENT) ?? [];
  expect(readFleet(snapshotOf({ "raos.yaml": text })).problems.map(line)).toEqual([]);
});

describe("by the rules of the real ones", () => {
  test("Mimir and Loki answer below their paths, and only with a tenant", async () => {
    const tenant = (request: IncomingMessage) => request.headers["x-scope-orgid"] === "acme";
    const mimir = await listen(serving("/prometheus/api/v1/query_range", tenant));
    const config = configOf("Mimir", "http://mimir-gateway.mimir", mimir);
    const loki = await listen(serving("/loki/api/v1/query_range", tenant));
    const both: Config = { ...config, spec: { ...config.spec, loki: { url: loki, tenant: "acme" } } };
    expect(await evidenceOf(both)).toMatchObject([{ kind: "series" }, { kind: "logs" }]);
    const without: Config = { ...config, spec: { ...config.spec, prometheus: { url: `${mimir}/prometheus` } } };
    expect(await evidenceOf(without)).toMatchObject([{ refusal: { source: "Prometheus", status: 401 } }, {}]);
  });

  test.each([
    ["VictoriaMetrics", "http://vmselect.monitoring:8481", "/select/0/prometheus/api/v1/query_range"],
    ["Thanos", "http://thanos-query-frontend.monitoring:9090", "/api/v1/query_range"],
    ["Google Managed Service for Prometheus", "http://frontend.gmp-public:9090", "/api/v1/query_range"],
    [
      "Amazon Managed Service for Prometheus",
      "http://127.0.0.1:8005",
      "/workspaces/ws-12345678-90ab-cdef-1234-567890abcdef/api/v1/query_range",
    ],
  ])("%s answers below its path", async (name, address, path) => {
    const url = await listen(serving(path, () => true));
    expect((await evidenceOf(configOf(name, address, url)))[0]).toMatchObject({ kind: "series" });
  });

  test("Grafana Cloud wants a user and a password, and lines by OTLP have other labels", async () => {
    const basic = `Basic ${Buffer.from("123456:glc_x").toString("base64")}`;
    const url = await listen(serving("/api/prom/api/v1/query_range", ({ headers }) => headers.authorization === basic));
    const name = "Grafana Cloud";
    const config = configOf(name, "https://prometheus-prod-24-prod-eu-west-2.grafana.net", url);
    const user = { PROMETHEUS_USERNAME: "123456", PROMETHEUS_PASSWORD: "glc_x", PROMETHEUS_URL: url };
    const [metrics, logs] = await evidenceOf(config, { ...user, GRAFANA_URL: "https://acme.grafana.net" });
    expect(metrics).toMatchObject({ kind: "series", query: 'max(mem{cluster="prod-eu",namespace="acme"})' });
    expect(decodeURIComponent("link" in metrics ? (metrics.link ?? "") : "")).toContain('"uid":"grafanacloud-prom"');
    expect(logs.query).toBe('{k8s_cluster_name="prod-eu", k8s_namespace_name="acme"} | k8s_pod_name=~"a-.*"');
  });

  test("OpenShift has an own CA, and takes the token of a file", async () => {
    const authority = createAuthority("openshift-service-serving-signer");
    const allows = ({ headers }: IncomingMessage) => headers.authorization === "Bearer of-the-service-account";
    const server = createServer(authority.issue("thanos-querier"), serving("/api/v1/query_range", allows));
    const url = (await listenOnLoopback(server)).replace("http:", "https:");
    onTestFinished(() => closeServer(server));
    const folder = temporaryFolder();
    writeFileSync(join(folder, "token"), "of-the-service-account");
    writeFileSync(join(folder, "service-ca.crt"), authority.ca);
    const config = configOf("OpenShift", "https://thanos-querier.openshift-monitoring.svc:9091", url);
    const env = {
      PROMETHEUS_TOKEN_FILE: join(folder, "token"),
      PROMETHEUS_CA_FILE: join(folder, "service-ca.crt"),
      PROMETHEUS_URL: url,
    };
    expect((await evidenceOf(config, env))[0]).toMatchObject({ kind: "series" });
  });
});
