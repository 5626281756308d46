import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ALERTMANAGER, boundToken, LOKI, OPENAI, PROMETHEUS } from "../../src/cli/bound-token.ts";
import { outsideOf } from "../../src/cli/outside.ts";
import { type Shell, UsageError } from "../../src/cli/shell.ts";
import { Config } from "../../src/domain/config.ts";
import { json, type Loopback, startLoopback } from "../observe/loopback.ts";

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
  const look = async (env: Shell["env"]) => {
    const url = open.server?.url ?? "";
    const observatory = outsideOf(shell(env), { wait: true }).observe(config({ prometheus: { url }, loki: { url } }));
    const span = { name: "x", query: '{namespace="a"}', start: 1_777_888_000_000, end: 1_777_888_800_000 };
    return [
      await observatory.look({ kind: "promql", unit: "count", threshold: undefined, ...span }, "e1"),
      await observatory.look({ kind: "logql", lines: 10, deployedAt: undefined, ...span }, "e2"),
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

  test("is no model that gets the key, but for OpenAI itself and what OPENAI_BASE_URL names", () => {
    const model = (endpoint: string | undefined, env: Shell["env"]) =>
      outsideOf(shell(env), { wait: true }).investigations(config({ model: { name: "gpt-5-mini", endpoint } }));
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
    expect(() => outsideOf(shell({ LOKI_URL: "loki:3100" }), { wait: true })).toThrow(UsageError);
  });
});
