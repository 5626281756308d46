import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Shell, UsageError } from "../../../src/app/shell.ts";
import {
  ALERTMANAGER,
  assertTokenAddresses,
  boundToken,
  LOKI,
  OPENAI,
  PROMETHEUS,
} from "../../../src/app/world/bound-token.ts";
import { createRemoteServices } from "../../../src/app/world/remote-services.ts";
import { Config } from "../../../src/domain/kinds/config.ts";
import { redactKnownSecrets } from "../../../src/redaction/redact-secrets.ts";
import { json, type Loopback, startLoopback } from "../../servers/loopback.ts";

const NAMES = [PROMETHEUS, LOKI, ALERTMANAGER, OPENAI];

describe.each(NAMES)("$token", (name) => {
  const env = (value: string) => ({ [name.token]: "hunter2", [name.address]: value });

  test.each([
    ["https://metrics.acme.example", "https://metrics.acme.example/prometheus/"],
    ["https://metrics.acme.example:443/prometheus", "https://METRICS.acme.example"],
    ["http://prometheus.monitoring:9090", "http://prometheus.monitoring:9090"],
    ["https://a.example, https://b.example", "https://b.example/x"],
  ])("named %s, it is sent to %s", (named, address) => {
    expect(boundToken(env(named), name, address)).toEqual({ kind: "token", token: "hunter2" });
  });

  test.each([
    ["https://metrics.acme.example", "https://evil.example"],
    ["https://metrics.acme.example", "http://metrics.acme.example"],
    ["https://metrics.acme.example", "https://metrics.acme.example:8443"],
    ["https://metrics.acme.example", "https://metrics.acme.example."],
    ["https://metrics.acme.example", "https://metrics.acme.example.evil.example"],
    ["https://metrics.acme.example", "https://evil.example/https://metrics.acme.example"],
    ["https://metrics.acme.example", "https://metrics.acme.example@evil.example"],
    ["http://127.0.0.1:9090", "http://127.0.0.1:9091"],
    ["", "https://evil.example"],
    ["", "http://127.0.0.1:9090"],
  ])("named %j, it is not sent to %s", (named, address) => {
    const bound = boundToken(env(named), name, address);
    expect(bound).toEqual({ kind: "withheld", message: expect.stringContaining(name.address) });
    expect(JSON.stringify(bound)).not.toMatch(/hunter2|evil/);
  });

  test("nothing is withheld where there is no token", () => {
    expect(boundToken({ [name.token]: "" }, name, "https://evil.example")).toEqual({ kind: "none" });
  });

  test.each(["prometheus:9090", "metrics", "https://user:hunter2@metrics.example"])("%s is no address", (named) => {
    expect(() => boundToken(env(named), name, "https://x.example")).toThrow(UsageError);
    expect(() => boundToken(env(named), name, "https://x.example")).not.toThrow("hunter2");
  });
});

describe.each([PROMETHEUS, LOKI, ALERTMANAGER])("$basic.username", (name) => {
  const { username, password } = name.basic ?? { username: "", password: "" };
  const pair = { [username]: "123456", [password]: "hunter2" };

  test("is sent with its password to the addresses that a token would be sent to, and to no other", () => {
    const env = { ...pair, [name.address]: "https://metrics.acme.example" };
    const sent = { kind: "basic", username: "123456", password: "hunter2" };
    expect(boundToken(env, name, "https://metrics.acme.example/api/prom")).toEqual(sent);
    for (const address of [
      ...["https://evil.example", "http://metrics.acme.example", "https://metrics.acme.example:8443"],
      "https://metrics.acme.example@evil.example",
    ]) {
      const bound = boundToken(env, name, address);
      const message = `${password} is sent only to the host of ${name.address}, and ${name.field} in raos.yaml names another`;
      expect(bound).toEqual({ kind: "withheld", message });
    }
    expect(boundToken(pair, name, "https://metrics.acme.example")).toEqual({
      kind: "withheld",
      message: `${password} is sent only where the environment says so: set ${name.address} to the address that ${name.field} in raos.yaml names`,
    });
  });

  test("is sent where the token is set to the same text: Grafana Cloud calls the password a token", () => {
    const env = { ...pair, [name.token]: "hunter2", [name.address]: "https://metrics.acme.example" };
    expect(boundToken(env, name, "https://metrics.acme.example")).toMatchObject({ kind: "basic", username: "123456" });
  });

  test("is no credential where both are empty, and the token is sent", () => {
    const empty = { [username]: "", [password]: "" };
    const url = "https://x.example";
    expect(boundToken(empty, name, url)).toEqual({ kind: "none" });
    const env = { ...empty, [name.token]: "t", [name.address]: url };
    expect(boundToken(env, name, url)).toEqual({ kind: "token", token: "t" });
  });

  test.each<readonly [what: string, env: Readonly<Record<string, string>>, message: string]>([
    [
      "a token beside both",
      { ...pair, [name.token]: "hunter2x" },
      `${name.token} and ${username} and ${password} are set, and a request has one credential; remove ${name.token} to send username and password, or remove ${username} and ${password} to send the token`,
    ],
    [
      "a token beside a username",
      { [username]: "123456", [name.token]: "hunter2" },
      `${name.token} and ${username} are set, and a request has one credential; remove ${name.token} to send username and password, or remove ${username} to send the token`,
    ],
    [
      "no password",
      { [username]: "hunter2" },
      `${username} is set without ${password}; set both, or remove ${username}`,
    ],
    [
      "no username",
      { [password]: "hunter2" },
      `${password} is set without ${username}; set both, or remove ${password}`,
    ],
    [
      "a colon in the username",
      { ...pair, [username]: "hunter2:x" },
      `${username} holds a colon, which ends a username; remove it`,
    ],
    [
      "a line end in the password",
      { ...pair, [password]: "hunter2\n" },
      `${password} holds a control character, such as a line end; remove it`,
    ],
    [
      "a line end in the username",
      { ...pair, [username]: "hunter2\r" },
      `${username} holds a control character, such as a line end; remove it`,
    ],
  ])("%s is a mistake that is reported at the start, without the value", (_, env, message) => {
    expect(() => assertTokenAddresses(env)).toThrow(new UsageError(message));
    expect(() => boundToken(env, name, "https://x.example")).toThrow(new UsageError(message));
    expect(message).not.toContain("hunter2");
    expect(redactKnownSecrets(message)).toBe(message);
  });
});

describe("what raos.yaml names", () => {
  const open: { server?: Loopback } = {};
  beforeEach(async () => {
    open.server = await startLoopback((response) => json(response, {}));
  });
  afterEach(async () => open.server?.stop());

  const shell = (env: Shell["env"]): Shell => ({
    env,
    cwd: "/",
    terminal: false,
    input: () => Readable.from([]),
    out: () => {},
    err: () => {},
    now: () => 1_777_888_800_000,
    signal: new AbortController().signal,
    hold: () => {},
  });
  const config = (spec: object): Config => Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec });
  const look = async (env: Shell["env"], tenant?: string) => {
    const url = open.server?.url ?? "";
    const observatory = createRemoteServices(shell(env), { wait: true }).evidenceReader(
      config({ prometheus: { url, tenant }, loki: { url, tenant } }),
      "default",
    );
    const span = { name: "x", query: '{namespace="a"}', start: 1_777_888_000_000, end: 1_777_888_800_000 };
    return [
      await observatory.read({ kind: "promql", unit: "count", threshold: undefined, ...span }, "e1"),
      await observatory.read({ kind: "logql", lines: 10, deployedAt: undefined, ...span }, "e2"),
    ];
  };

  test("is asked nothing where the token is for another address, and the evidence says what to set", async () => {
    const [metrics, logs] = await look({ PROMETHEUS_TOKEN: "hunter2", LOKI_TOKEN: "hunter2" });
    expect(metrics).toMatchObject({ kind: "missing", message: expect.stringContaining("set PROMETHEUS_URL") });
    expect(logs).toMatchObject({ kind: "missing", message: expect.stringContaining("set LOKI_URL") });
    expect(open.server?.asked).toEqual([]);
  });

  test("is sent the token where the environment names it too, and is asked without one where there is none", async () => {
    const url = open.server?.url ?? "";
    await look({ PROMETHEUS_TOKEN: "p", LOKI_TOKEN: "l", PROMETHEUS_URL: url, LOKI_URL: `${url}/loki` });
    expect(open.server?.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer p", "Bearer l"]);
    await look({});
    expect(open.server?.asked.slice(2).map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  test("is sent the username and password, and nothing where they are for another address", async () => {
    const url = open.server?.url ?? "";
    const pairs = { PROMETHEUS_USERNAME: "p", PROMETHEUS_PASSWORD: "ä:1", LOKI_USERNAME: "l", LOKI_PASSWORD: "2" };
    const [metrics, logs] = await look(pairs);
    expect(metrics).toMatchObject({ kind: "missing", message: expect.stringContaining("set PROMETHEUS_URL") });
    expect(logs).toMatchObject({ kind: "missing", message: expect.stringContaining("set LOKI_URL") });
    expect(open.server?.asked).toEqual([]);
    await look({ ...pairs, PROMETHEUS_URL: url, LOKI_URL: url });
    // "p:ä:1" and "l:2" in base64, of UTF-8.
    expect(open.server?.asked.map(({ headers }) => headers.authorization)).toEqual(["Basic cDrDpDox", "Basic bDoy"]);
  });

  test("is sent the tenant beside the credential, and no tenant where there is none", async () => {
    const url = open.server?.url ?? "";
    await look({ PROMETHEUS_TOKEN: "p", PROMETHEUS_URL: url }, "acme|globex");
    await look({});
    const sent = open.server?.asked.map(({ headers }) => [headers.authorization, headers["x-scope-orgid"]]);
    const nothing = [undefined, undefined];
    expect(sent).toEqual([["Bearer p", "acme|globex"], [undefined, "acme|globex"], nothing, nothing]);
  });

  test("is another reader once the tenant is another", async () => {
    const url = open.server?.url ?? "";
    const { evidenceReader } = createRemoteServices(shell({}), { wait: true });
    const readerOf = (tenant: string) => evidenceReader(config({ prometheus: { url, tenant } }), "default");
    expect(readerOf("acme")).toBe(readerOf("acme"));
    const span = { name: "x", query: "up", start: 1_777_888_000_000, end: 1_777_888_800_000 };
    for (const tenant of ["acme", "globex"])
      await readerOf(tenant).read({ kind: "promql", unit: "count", threshold: undefined, ...span }, "e1");
    expect(open.server?.asked.map(({ headers }) => headers["x-scope-orgid"])).toEqual(["acme", "globex"]);
  });

  test("is no model that gets the key, but for OpenAI itself and what OPENAI_BASE_URL names", () => {
    const model = (endpoint: string | undefined, env: Shell["env"]) =>
      createRemoteServices(shell(env), { wait: true }).investigations(
        config({ model: { name: "gpt-5-mini", endpoint } }),
      );
    const url = open.server?.url ?? "";
    expect(model(url, { OPENAI_API_KEY: "k" })).toEqual({
      unavailable: expect.stringContaining("set OPENAI_BASE_URL to the address that model.endpoint"),
    });
    for (const asked of [
      model(undefined, { OPENAI_API_KEY: "k" }),
      model("https://api.openai.com/v1", { OPENAI_API_KEY: "k" }),
      model(url, { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "https://models.acme.example/v1" }),
    ])
      expect(asked).toHaveProperty("ask");
  });

  test("a variable that holds no address is said at the start", () => {
    expect(() => createRemoteServices(shell({ LOKI_URL: "loki:3100" }), { wait: true })).toThrow(UsageError);
  });
});
