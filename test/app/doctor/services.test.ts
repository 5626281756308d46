import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePorts } from "../../real/process/loopback.ts";
import { createAuthority } from "../../servers/certificates.ts";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";
import { json, listen } from "../../servers/loopback.ts";
import { KEY, startOpenAI } from "../../servers/openai/server.ts";
import { openWorkshop } from "../../support/git/repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { configOf, doctor, examined, FILES, of } from "./doctor.ts";

const vector = (count: number) => ({
  status: "success",
  data: { resultType: "vector", result: count === 0 ? [] : [{ metric: {}, value: [1, String(count)] }] },
});

/** A Prometheus that has these targets, and lets in who sends this header. */
function prometheus(count: number, wants: Readonly<Record<string, string>> = {}): Promise<string> {
  return listen((request, response) => {
    const isIn = Object.entries(wants).every(([name, value]) => request.headers[name] === value);
    if (!isIn) return json(response, { status: "error", error: "who are you, hush-hush-hush?" }, 401);
    if (request.url?.startsWith("/api/v1/status/buildinfo")) return json(response, { data: { version: "3.15.0" } });
    return json(response, vector(count));
  });
}

describe("Prometheus", () => {
  test("up, with its version, its tenant and its credential", async () => {
    const url = await prometheus(3, { authorization: "Bearer hush-hush-hush", "x-scope-orgid": "acme" });
    const env = { PROMETHEUS_TOKEN: "hush-hush-hush", PROMETHEUS_URL: url };
    const source = { prometheus: { url, tenant: "acme" } };
    expect(of(await examined(source, env), "prometheus")).toEqual([
      { status: "ok", message: "3.15.0, has targets of this environment" },
    ]);
    const others = [
      await examined(source),
      await examined(source, { ...env, PROMETHEUS_TOKEN: "another-token-0" }),
      await examined({ prometheus: { url } }, env),
    ];
    for (const found of others)
      expect(of(found, "prometheus")).toEqual([
        {
          status: "failed",
          message: expect.stringMatching(/^it answered 401: who are you/),
          fix: "set PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME with PROMETHEUS_PASSWORD; of several tenants, prometheus.tenant in raos.yaml",
        },
      ]);
    // A server that repeats the credential does not get it printed.
    expect(JSON.stringify(others.at(-1))).not.toContain("hush-hush-hush");
  });

  test("a credential for another address is not sent", async () => {
    const url = await prometheus(3);
    const env = { PROMETHEUS_TOKEN: "hush-hush-hush", PROMETHEUS_URL: "https://prometheus.acme.example" };
    expect(of(await examined({ prometheus: { url } }, env), "prometheus")).toEqual([
      {
        status: "failed",
        message:
          "PROMETHEUS_TOKEN is sent only to the host of PROMETHEUS_URL, and prometheus.url in raos.yaml names another",
      },
    ]);
  });

  test("asks for the environment's own targets, and says that there are none", async () => {
    let query = "";
    const url = await listen((request, response) => {
      query = new URL(request.url ?? "", "http://x").searchParams.get("query") ?? query;
      json(response, vector(0));
    });
    const environments = [{ name: "production", alerts: { cluster: 'prod-"eu"' } }];
    const found = await examined({ environments, prometheus: { url } });
    expect(of(found, "prometheus production")).toMatchObject([
      { status: "warning", message: 'it answers, and has no target (up) with cluster="prod-\\"eu\\""' },
    ]);
    expect(query).toBe('count(up{cluster="prod-\\"eu\\""})');
    const other = [{ ...environments[0], prometheus: { url, externalLabels: { cluster: "staging" } } }];
    expect(of(await examined({ environments: other }), "prometheus")).toMatchObject([
      { status: "failed", message: expect.stringContaining('its externalLabels have "cluster: staging"') },
    ]);
  });

  test.each<[string, RequestListener, string, RegExp]>([
    [
      "a page of sign-in",
      (_, response) => void response.end("<html>Sign in"),
      "the answer is not JSON",
      /page of sign-in/,
    ],
    [
      "a redirect to one",
      (_, response) => void response.writeHead(302, { location: "https://login.acme.example/?next=hush" }).end(),
      "it answered 302, a redirect to another address, which is not followed",
      /page of sign-in/,
    ],
    [
      "another server",
      (_, response) => json(response, { hello: "world" }),
      "it does not answer as a Prometheus",
      /base/,
    ],
    ["a wrong path", (_, response) => json(response, {}, 404), "it answered 404", /is the base/],
    ["an error of its own", (_, response) => json(response, {}, 500), "it answered 500", /see whether it runs/],
    ["silence", () => {}, "no answer within 5000 ms", /see whether it runs/],
    [
      "an end in the middle",
      (request) => void request.socket.destroy(),
      "the connection was closed before the answer came (UND_ERR_SOCKET)",
      /see whether it runs/,
    ],
  ])("%s", { timeout: 20_000 }, async (_, answer, message, fix) => {
    const url = await listen(answer);
    expect(of(await examined({ prometheus: { url } }), "prometheus")).toEqual([
      { status: "failed", message, fix: expect.stringMatching(fix) },
    ]);
  });

  test("nobody listens, or the name is the cluster's own", async () => {
    const [port = 0] = await freePorts(1);
    expect(of(await examined({ prometheus: { url: `http://127.0.0.1:${port}` } }), "prometheus")).toEqual([
      {
        status: "failed",
        message: `127.0.0.1 refuses the connection to port ${port} (ECONNREFUSED)`,
        fix: "see whether it runs, and whether this machine may reach prometheus.url of raos.yaml",
      },
    ]);
    const inside = await examined({ prometheus: { url: "http://prometheus.monitoring.svc.cluster.local:9090" } });
    expect(of(inside, "prometheus")).toMatchObject([
      {
        status: "failed",
        fix: "its name is good inside the cluster alone: run raos doctor there, where raos serve runs",
      },
    ]);
  });

  test("TLS: its authority is not known, known, of a file that is not there", async () => {
    const authority = createAuthority("acme");
    const server = createServer(authority.issue("prometheus"), (_, response) => json(response, vector(1)));
    const url = (await listenOnLoopback(server)).replace("http:", "https:");
    onTestFinished(() => closeServer(server));
    expect(of(await examined({ prometheus: { url } }), "prometheus")).toEqual([
      {
        status: "failed",
        message: expect.stringMatching(/^its TLS certificate is not accepted/),
        fix: "set PROMETHEUS_CA_FILE to the file of its CA",
      },
    ]);
    const file = join(temporaryFolder(), "ca.pem");
    writeFileSync(file, authority.ca);
    const env = { PROMETHEUS_CA_FILE: file };
    expect(of(await examined({ prometheus: { url } }, env), "prometheus")).toMatchObject([{ status: "ok" }]);
    const gone = { PROMETHEUS_CA_FILE: `${file}.gone` };
    expect(of(await examined({ prometheus: { url } }, gone), "prometheus")).toEqual([
      { status: "failed", message: "the file that PROMETHEUS_CA_FILE names cannot be read (ENOENT)" },
    ]);
    const plain = url.replace("https:", "http:");
    expect(of(await examined({ prometheus: { url: plain } }), "prometheus")).toMatchObject([{ status: "failed" }]);
  });
});

describe("Loki and Alertmanager", () => {
  test("up, empty, of another kind, or of another tenant", async () => {
    const answers: Readonly<Record<string, unknown>> = {
      "/full/loki/api/v1/labels": { status: "success", data: ["app"] },
      "/full/loki/api/v1/status/buildinfo": { version: "3.7.8" },
      "/empty/loki/api/v1/labels": { status: "success" },
      "/am/api/v2/status": { uptime: "2026-01-01T00:00:00Z", versionInfo: { version: "0.30.0" } },
    };
    const base = await listen((request, response) => {
      const found = answers[request.url ?? ""];
      json(response, found ?? {}, found === undefined ? 404 : 200);
    });
    const sources = (loki: string, alertmanager: string) => ({
      ...{ loki: { url: `${base}/${loki}` }, alertmanager: { url: `${base}/${alertmanager}` } },
    });
    const good = await examined(sources("full", "am"));
    expect(of(good, "loki")).toEqual([{ status: "ok", message: "3.7.8, has logs" }]);
    expect(of(good, "alertmanager")).toEqual([{ status: "ok", message: "0.30.0, answers" }]);
    const bad = await examined(sources("empty", "full"));
    expect(of(bad, "loki")).toMatchObject([
      { status: "warning", message: "it answers, and has no line of the last hours" },
    ]);
    expect(of(bad, "alertmanager")).toEqual([
      {
        status: "failed",
        message: "it answered 404",
        fix: "alertmanager.url in raos.yaml is the base: what comes before /api",
      },
    ]);
    const multi = await listen((_, response) => void response.writeHead(401).end("no org id"));
    expect(of(await examined({ loki: { url: multi } }), "loki")).toMatchObject([
      {
        status: "failed",
        message: "it answered 401: no org id",
        fix: expect.stringContaining("loki.tenant in raos.yaml"),
      },
    ]);
  });

  test("each environment has its own; what is not configured is off", async () => {
    const found = await examined({ environments: [{ name: "a" }, { name: "b" }] });
    expect(found.filter(({ status }) => status === "off").map(({ check }) => check)).toEqual([
      ...["proxies", "github", "api", "prometheus a", "loki a", "alertmanager a", "kubernetes a"],
      ...["prometheus b", "loki b", "alertmanager b", "kubernetes b", "model"],
    ]);
    expect(found.filter((one) => one.status === "off" && one.fix === undefined)).toEqual([]);
  });
});

describe("the model", () => {
  const model = (url: string, name = "gpt-5-mini") => ({ model: { name, endpoint: url } });
  async function openai() {
    const server = await startOpenAI([]);
    onTestFinished(() => server.stop());
    return server.url;
  }

  test("there, not there, and a wrong key", async () => {
    const url = await openai();
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: url };
    expect(of(await examined(model(url), env), "model")).toEqual([
      { status: "ok", message: "gpt-5-mini is there, and the key is accepted" },
    ]);
    expect(of(await examined(model(url, "gpt-9"), env), "model")).toEqual([
      {
        ...{ status: "failed", message: 'the key is accepted, and there is no model "gpt-9"' },
        fix: "set model.name in raos.yaml to one of: gpt-5-mini",
      },
    ]);
    const wrong = await examined(model(url), { ...env, OPENAI_API_KEY: "sk-wrong-0123456789" });
    expect(of(wrong, "model")).toMatchObject([
      {
        status: "failed",
        message: expect.stringMatching(/^it answered 401/),
        fix: "OPENAI_API_KEY is not accepted there; set another one",
      },
    ]);
    expect(JSON.stringify(wrong)).not.toContain("sk-wrong");
  });

  test("no key, a key for another address, nobody there, no list", async () => {
    const url = await openai();
    expect(of(await examined(model(url)), "model")).toMatchObject([
      { status: "off", message: expect.stringMatching(/^OPENAI_API_KEY is not set/), fix: "set OPENAI_API_KEY" },
    ]);
    expect(of(await examined(model(url), { OPENAI_API_KEY: KEY }), "model")).toMatchObject([
      {
        status: "failed",
        message: expect.stringContaining("set OPENAI_BASE_URL to the address that model.endpoint in raos.yaml names"),
      },
    ]);
    const [port = 0] = await freePorts(1);
    const dead = `http://127.0.0.1:${port}/v1`;
    expect(of(await examined(model(dead), { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: dead }), "model")).toMatchObject([
      { status: "failed", message: `127.0.0.1 refuses the connection to port ${port} (ECONNREFUSED)` },
    ]);
    const other = await listen((_, response) => json(response, {}, 404));
    expect(of(await examined(model(other), { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: other }), "model")).toMatchObject([
      { status: "warning", message: "it answers, and has no list of models, so neither key nor model can be checked" },
    ]);
  });
});

describe("the chart in a registry", () => {
  /** A registry that gives anybody a token for `open/agent`, and has its version 0.1.0. */
  async function registry() {
    const url: string = await listen((request, response) => {
      const at = new URL(request.url ?? "", "http://x");
      if (at.pathname === "/token")
        return json(
          response,
          at.searchParams.get("scope") === "repository:open/agent:pull" ? { token: "anybody" } : {},
        );
      const [, name = "", version = ""] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(at.pathname) ?? [];
      if (request.headers.authorization !== "Bearer anybody")
        return void response
          .writeHead(401, {
            "www-authenticate": `Bearer realm="${url}/token",service="test",scope="repository:${name}:pull"`,
          })
          .end();
      return void response.writeHead(version === "0.1.0_1" ? 200 : 404).end();
    });
    return url.replace("http://", "");
  }
  const chart = (oci: string, version = "0.1.0+1") => ({ chart: { oci: `oci://${oci}`, version } });

  test("is there, has no such version, is private, cannot be reached", async () => {
    const host = await registry();
    expect(of(await examined(chart(`${host}/open/agent`)), "chart")).toEqual([
      { status: "ok", message: `${host} has version 0.1.0+1` },
    ]);
    expect(of(await examined(chart(`${host}/open/agent`, "9.9.9")), "chart")).toMatchObject([
      { status: "failed", message: `${host} has no version 9.9.9 of it` },
    ]);
    expect(of(await examined(chart(`${host}/private/agent`)), "chart")).toMatchObject([
      {
        status: "warning",
        message: `${host} shows it to nobody without a credential, so it cannot be checked from here`,
      },
    ]);
    const [port = 0] = await freePorts(1);
    expect(of(await examined(chart(`127.0.0.1:${port}/open/agent`)), "chart")).toMatchObject([
      {
        status: "warning",
        message: `127.0.0.1:${port}: 127.0.0.1 refuses the connection to port ${port} (ECONNREFUSED)`,
      },
    ]);
  });
});

describe("the machine", () => {
  test("a cache that is a file, a proxy that is none, and one with a password", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const found = await doctor(folder, [], { RAOS_CACHE: join(folder, "file"), HTTPS_PROXY: "socks5://proxy" });
    expect(of(found, "cache")).toEqual([
      {
        ...{ status: "failed", message: `${join(folder, "file")} cannot be written (EEXIST)` },
        fix: expect.stringMatching(/^set RAOS_CACHE/),
      },
    ]);
    expect(of(found, "proxies")).toMatchObject([
      { status: "failed", message: expect.stringContaining("HTTPS_PROXY is not an http(s) address") },
    ]);
    const env = {
      HTTPS_PROXY: "http://raos:s3cret-of-the-proxy@proxy.acme.example:3128",
      NO_PROXY: "10.0.0.0/8,acme.example",
    };
    const through = await doctor(folder, [], env);
    expect(of(through, "proxies")).toEqual([
      { status: "ok", message: "https through proxy.acme.example:3128; without one: 10.0.0.0/8, acme.example" },
    ]);
    expect(JSON.stringify(through)).not.toContain("s3cret");
  });

  test("no Git", async () => {
    const found = await doctor(temporaryFolder(), [], { PATH: "/nowhere" });
    expect(of(found, "git")).toMatchObject([
      { status: "failed", fix: "install Git 2.38 or newer, and have it on PATH" },
    ]);
    expect(of(found, "node")).toMatchObject([{ status: "ok" }]);
  });

  test("no repository is known", async () => {
    expect(of(await doctor(temporaryFolder()), "repositories")).toMatchObject([{ status: "off" }]);
  });
});

test("a kubeconfig that is not there, is no YAML, or lacks the context", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "kubeconfig");
  const environments = [{ name: "staging", kubernetes: { context: "staging" } }];
  const kube = async (env: Readonly<Record<string, string>>) => of(await examined({ environments }, env), "kubernetes");
  const unreadable = [
    {
      ...{ status: "failed", message: "the file that KUBECONFIG names cannot be read as a kubeconfig" },
      fix: "set KUBECONFIG to a file that kubectl takes, too",
    },
  ];
  expect(await kube({ KUBECONFIG: file })).toEqual(unreadable);
  writeFileSync(file, "a: [");
  expect(await kube({ KUBECONFIG: file })).toEqual(unreadable);
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [], users: [], contexts: [] }));
  expect(await kube({ KUBECONFIG: file })).toMatchObject([
    {
      status: "failed",
      message: expect.stringContaining("context"),
      fix: expect.stringContaining("kubernetes.context"),
    },
  ]);
  expect(await kube({})).toMatchObject([
    { status: "failed", message: expect.stringContaining("KUBECONFIG is not set") },
  ]);
});

test("raos.yaml in a folder of a monorepo", async () => {
  const workshop = await openWorkshop("bare");
  onTestFinished(() => workshop.remove());
  const own = { ...FILES, "raos.yaml": configOf({ path: "platform", environments: [{ name: "staging" }] }) };
  const files = Object.entries(own).map(([path, text]) => [`platform/${path}`, text]);
  await workshop.commit("main", Object.fromEntries(files));
  const at = ["--repo", workshop.dir];
  expect(of(await doctor(temporaryFolder(), at), "repository")).toMatchObject([{ status: "off" }]);
  const below = await doctor(temporaryFolder(), [...at, "--path", "platform"]);
  expect(of(below, "repository")).toMatchObject([{ status: "ok" }]);
  expect(of(below, "chart")).toMatchObject([{ status: "ok" }]);
  expect(of(below, "prometheus staging")).toMatchObject([{ status: "off" }]);
});
