import { renameSync, writeFileSync } from "node:fs";
import { createServer as createProxy, type IncomingMessage } from "node:http";
import { createServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { UsageError } from "../../../src/app/shell.ts";
import { assertTokenAddresses, namesFor, PROMETHEUS } from "../../../src/app/world/bound-token.ts";
import { createRemoteServices } from "../../../src/app/world/remote-services.ts";
import { Config } from "../../../src/domain/kinds/config.ts";
import { createAuthority } from "../../servers/certificates.ts";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";
import { listen } from "../../servers/loopback.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const NOW = 1_777_888_800_000;
const ANSWER = JSON.stringify({
  status: "success",
  data: { resultType: "matrix", result: [{ metric: {}, values: [[NOW / 1000, "1"]] }] },
});

/** What a Prometheus at an address answers RAOS in this environment of variables. */
async function read(url: string, env: Readonly<Record<string, string>>, environment = "staging") {
  const services = createRemoteServices(
    shellFor("/", () => NOW, env),
    { wait: true },
  );
  const spec = { environments: [{ name: "staging" }, { name: "prod-eu" }], prometheus: { url } };
  const config = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec });
  const ask = { kind: "promql", name: "x", query: "up", unit: "count", threshold: undefined } as const;
  return () => services.evidenceReader(config, environment).read({ ...ask, start: NOW - 60_000, end: NOW }, "e1");
}

/** A server that wants this header; it records what it was sent. */
async function wanting(name: string, value: () => string) {
  const asked: IncomingMessage["headers"][] = [];
  const url = await listen((request, response) => {
    asked.push(request.headers);
    if (request.headers[name] === value()) response.end(ANSWER);
    else response.writeHead(401).end(`no ${request.headers[name]} here`);
  });
  return { url, asked };
}

describe("a token in a file", () => {
  test("is read again once it has changed, and is shown nowhere", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "token");
    writeFileSync(file, "first\n");
    let wanted = "Bearer first";
    const { url } = await wanting("authorization", () => wanted);
    const look = await read(url, { PROMETHEUS_TOKEN_FILE: file, PROMETHEUS_URL: url });
    expect(await look()).toMatchObject({ kind: "series" });
    wanted = "Bearer second-token";
    expect(JSON.stringify(await look())).not.toContain("first");
    // As a kubelet does: another file takes the name.
    writeFileSync(`${file}.next`, "second-token\n");
    renameSync(`${file}.next`, file);
    expect(await look()).toMatchObject({ kind: "series" });
  });

  test("that is not there is said, with the variable's name and nothing else", async () => {
    const { url, asked } = await wanting("authorization", () => "");
    const look = await read(url, { PROMETHEUS_TOKEN_FILE: "/nowhere/at/all", PROMETHEUS_URL: url });
    const message = "the file that PROMETHEUS_TOKEN_FILE names cannot be read (ENOENT)";
    expect(await look()).toMatchObject({ kind: "missing", reason: "refused", message });
    expect(asked).toEqual([]);
  });

  test("goes to no other address", async () => {
    const { url, asked } = await wanting("authorization", () => "");
    const look = await read(url, { PROMETHEUS_TOKEN_FILE: "/etc/hostname", PROMETHEUS_URL: "https://other.example" });
    expect(await look()).toMatchObject({ message: expect.stringContaining("PROMETHEUS_TOKEN_FILE is sent only to") });
    expect(asked).toEqual([]);
  });

  test("may be the password of a username", async () => {
    const file = join(temporaryFolder(), "password");
    writeFileSync(file, "1\n");
    const { url } = await wanting("authorization", () => `Basic ${Buffer.from("u:1").toString("base64")}`);
    const env = { PROMETHEUS_USERNAME: "u", PROMETHEUS_PASSWORD_FILE: file, PROMETHEUS_URL: url };
    expect(await (await read(url, env))()).toMatchObject({ kind: "series" });
  });
});

describe("further headers of a file", () => {
  test("are sent where the address is bound, and masked in what the server repeats", async () => {
    const file = join(temporaryFolder(), "headers");
    writeFileSync(file, "# ours\nX-Api-Key: k3y-of-the-gateway\n\n");
    let wanted = "k3y-of-the-gateway";
    const { url, asked } = await wanting("x-api-key", () => wanted);
    expect(await (await read(url, { PROMETHEUS_HEADERS_FILE: file }))()).toMatchObject({
      message: expect.stringContaining("PROMETHEUS_HEADERS_FILE is sent only where the environment says so"),
    });
    expect(asked).toEqual([]);
    const look = await read(url, { PROMETHEUS_HEADERS_FILE: file, PROMETHEUS_URL: url });
    expect(await look()).toMatchObject({ kind: "series" });
    wanted = "another";
    expect(JSON.stringify(await look())).not.toContain("k3y");
  });

  test.each(["no header", "Host: evil.example", "a b: c", ": x", "x: \u0001"])("refuses %j", async (line) => {
    const file = join(temporaryFolder(), "headers");
    writeFileSync(file, line);
    const { url, asked } = await wanting("x", () => "");
    const found = await (await read(url, { PROMETHEUS_HEADERS_FILE: file, PROMETHEUS_URL: url }))();
    expect(found).toMatchObject({ message: expect.stringContaining("line 1") });
    expect(asked).toEqual([]);
  });
});

describe("a credential of one environment", () => {
  test("is sent for it alone", async () => {
    const { url, asked } = await wanting("authorization", () => "");
    const env = {
      PROMETHEUS_TOKEN: "all",
      PROMETHEUS_URL: url,
      PROMETHEUS_TOKEN__PROD_EU: "prod",
      PROMETHEUS_URL__PROD_EU: url,
    };
    for (const environment of ["staging", "prod-eu"]) await (await read(url, env, environment))();
    expect(asked.map(({ authorization }) => authorization)).toEqual(["Bearer all", "Bearer prod"]);
  });

  test("is not bound by the address of another", async () => {
    const { url, asked } = await wanting("authorization", () => "");
    const look = await read(url, { PROMETHEUS_URL: url, PROMETHEUS_TOKEN__PROD_EU: "prod" }, "prod-eu");
    expect(await look()).toMatchObject({ message: expect.stringContaining("set PROMETHEUS_URL__PROD_EU") });
    expect(asked).toEqual([]);
  });

  test("is checked at the start as all are", () => {
    expect(() => assertTokenAddresses({ LOKI_TOKEN__PROD_EU: "x", LOKI_TOKEN_FILE__PROD_EU: "/x" })).toThrow(
      new UsageError("LOKI_TOKEN__PROD_EU and LOKI_TOKEN_FILE__PROD_EU are set; remove one of them"),
    );
    expect(() => assertTokenAddresses({ PROMETHEUS_CERT_FILE: "/x" })).toThrow(UsageError);
    expect(namesFor({ PROMETHEUS_TOKEN: "x" }, "PROMETHEUS", "staging")).toEqual(PROMETHEUS);
  });
});

describe("TLS with an own authority", () => {
  const authority = createAuthority("acme");
  const files = (what: Readonly<Record<string, string>>) => {
    const folder = temporaryFolder();
    return Object.fromEntries(
      Object.entries(what).map(([name, text]) => {
        writeFileSync(join(folder, name), text);
        return [`PROMETHEUS_${name}_FILE`, join(folder, name)];
      }),
    );
  };
  const start = async (requestCert: boolean) => {
    const { cert, key } = authority.issue("prometheus");
    const options = { cert, key, ca: authority.ca, requestCert, rejectUnauthorized: requestCert };
    const server = createServer(options, (_, response) => void response.end(ANSWER));
    const url = (await listenOnLoopback(server)).replace("http:", "https:");
    onTestFinished(() => closeServer(server));
    return url;
  };

  test("is accepted by the file of the authority, and refused without it, with what to set", async () => {
    const url = await start(false);
    expect(await (await read(url, files({ CA: authority.ca })))()).toMatchObject({ kind: "series" });
    expect(await (await read(url, {}))()).toMatchObject({
      reason: "unreachable",
      message: expect.stringMatching(/TLS certificate is not accepted \([A-Z_]+\)/),
    });
    const other = createAuthority("other").ca;
    expect(await (await read(url, files({ CA: other })))()).toMatchObject({ reason: "unreachable" });
  });

  test("a client certificate is shown only to the address that is bound", async () => {
    const url = await start(true);
    const { cert: CERT, key: KEY } = authority.issue("raos");
    const env = files({ CA: authority.ca, CERT, KEY });
    expect(await (await read(url, { ...env, PROMETHEUS_URL: url }))()).toMatchObject({ kind: "series" });
    expect(await (await read(url, env))()).toMatchObject({ message: expect.stringContaining("PROMETHEUS_CERT_FILE") });
  });
});

describe("a proxy of the environment", () => {
  /** A proxy that tunnels everything to one port of loopback, and records which hosts were asked for. */
  const startProxy = async (to: string) => {
    const hosts: string[] = [];
    const proxy = createProxy((request, response) => {
      hosts.push(request.url ?? "");
      response.end(ANSWER);
    });
    proxy.on("connect", (request, socket) => {
      hosts.push(request.url ?? "");
      const target = connect(Number(new URL(to).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        target.pipe(socket).pipe(target);
      });
      target.on("error", () => socket.destroy());
      socket.on("error", () => target.destroy());
    });
    const url = await listenOnLoopback(proxy);
    onTestFinished(() => closeServer(proxy));
    return { url, hosts };
  };

  test("is used, but for NO_PROXY and for loopback", async () => {
    const { url } = await wanting("x", () => "");
    const proxy = await startProxy(url);
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: "internal.example" };
    expect(await (await read("http://prometheus.example", env))()).toMatchObject({ kind: "series" });
    expect(await (await read("https://thanos.example", env))()).toMatchObject({ reason: "unreachable" });
    await (await read("http://a.internal.example", env))();
    await (await read(url, env))();
    expect(proxy.hosts).toEqual(["http://prometheus.example/api/v1/query_range", "thanos.example:443"]);
  });

  test("that is no address is said at the start, without its value", () => {
    const start = () =>
      createRemoteServices(
        shellFor("/", () => NOW, { HTTPS_PROXY: "hunter2:3128" }),
        { wait: true },
      );
    expect(start).toThrow(UsageError);
    expect(start).not.toThrow("hunter2");
  });
});
