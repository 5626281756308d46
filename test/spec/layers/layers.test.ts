import { describe, expect, test } from "vitest";
import type { Agent } from "../../../src/domain/fleet.ts";
import { pointerSteps } from "../../../src/domain/values/json-pointer.ts";
import { applyEdits } from "../../../src/spec/edit/edit.ts";
import { type EffectiveEdit, toFileEdit } from "../../../src/spec/edit/file-edit.ts";
import { placeOfEdit } from "../../../src/spec/edit/place-of-edit.ts";
import { explain } from "../../../src/spec/layers/explain.ts";
import { overlay, overlayAll } from "../../../src/spec/layers/merge.ts";
import { STAGES, stageLayer } from "../../../src/spec/layers/stages.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { valueAt } from "../../../src/spec/values.ts";
import { CONFIG, DEMO_TENANT, HELLO, snapshotOf } from "../../support/specs/snapshot.ts";

describe("a layer over another", () => {
  test.each<readonly [string, object, object, object]>([
    ["maps merge", { a: { x: 1, y: 2 } }, { a: { y: 3 }, b: 4 }, { a: { x: 1, y: 3 }, b: 4 }],
    ["lists replace", { a: [1, 2] }, { a: [3] }, { a: [3] }],
    [
      "a list replaces a map, and the other way round",
      { a: { x: 1 }, b: [1] },
      { a: [1], b: { x: 1 } },
      { a: [1], b: { x: 1 } },
    ],
    ["null takes away, and stays to hide what lies below", { a: { x: 1 } }, { a: null }, { a: null }],
    [
      "a choice takes the other away",
      { scaling: { min: 1, hpa: { cpu: 70 } } },
      { scaling: { keda: { query: "q" } } },
      { scaling: { min: 1, keda: { query: "q" } } },
    ],
    [
      "a choice of prompt",
      { instructions: { inline: "x" } },
      { instructions: { file: "p" } },
      { instructions: { file: "p" } },
    ],
    [
      "a choice within keda",
      { scaling: { keda: { kafkaLag: 5 } } },
      { scaling: { keda: { query: "q", threshold: 1 } } },
      { scaling: { keda: { query: "q", threshold: 1 } } },
    ],
    [
      "half of a choice keeps its own half",
      { scaling: { keda: { query: "q", threshold: 1 } } },
      { scaling: { keda: { threshold: 2 } } },
      { scaling: { keda: { query: "q", threshold: 2 } } },
    ],
    [
      "null is no choice",
      { scaling: { hpa: { cpu: 70 } } },
      { scaling: { keda: null } },
      { scaling: { hpa: { cpu: 70 }, keda: null } },
    ],
    [
      "names that mean a choice elsewhere mean none here",
      { labels: { inline: "x" } },
      { labels: { file: "y" } },
      { labels: { inline: "x", file: "y" } },
    ],
  ])("%s", (_name, lower, higher, merged) => {
    const [before, above] = [structuredClone(lower), structuredClone(higher)];
    expect(overlay({ ...lower }, { ...higher })).toEqual(merged);
    expect([lower, higher]).toEqual([before, above]);
  });

  test("what a middle layer takes away does not come back", () => {
    expect(overlayAll([{ a: { low: 1 } }, { a: null }, { a: { high: 2 } }])).toEqual({ a: { high: 2 } });
  });
});

const read = (spec: string, more: Readonly<Record<string, string>> = {}) => {
  const text = HELLO + spec.replace(/^(?=.)/gm, "  ");
  const reading = readFleet(
    snapshotOf({ "raos.yaml": CONFIG, "tenants/demo.yaml": DEMO_TENANT, ...more, "agents/demo/hello.yaml": text }),
  );
  expect(reading.problems).toEqual([]);
  return reading.agents.get("demo/hello");
};
const effective = (agent: Agent | undefined, environment = "production") => agent?.environments.get(environment)?.spec;

describe("stages", () => {
  const PROMETHEUS = { "raos.yaml": `${CONFIG}  prometheus: {url: "http://prometheus:9090"}\n` };

  test.each(STAGES)("hello is whole in %s, without anything it does not have", (stage) => {
    const spec = effective(read(`stage: ${stage}\n`));
    expect(spec?.stage).toBe(stage);
    expect(spec?.dapr.state).toBeUndefined();
    expect(spec?.dapr.pubsub).toBeUndefined();
    expect(effective(read(`stage: ${stage}\n`, PROMETHEUS))?.stage).toBe(stage);
  });

  test.each(STAGES)(
    "hello with an empty state store and broker is whole in %s, or says where they are missing",
    (stage) => {
      const redis = stage === "local" || stage === "prototype";
      const spec = effective(
        read(
          `stage: ${stage}\ndapr: {state: ${redis ? "{}" : "{secretRef: pg}"}, subscriptions: [{topic: t, route: /t}]}\n`,
        ),
      );
      expect(spec?.dapr.state?.type).toBe(redis ? "state.redis" : "state.postgresql");
      expect(spec?.dapr.pubsub?.type).toBe(stage === "planet" ? "pubsub.kafka" : "pubsub.redis");
      expect(spec?.dapr.pubsub?.host).toBe(stage === "planet" ? "kafka:9092" : "redis:6379");
    },
  );

  test("local is one process", () => {
    expect(effective(read("stage: local\n"))?.scaling).toEqual({ min: 1, max: 1 });
  });

  test("medium scales on requests where there is a Prometheus, else on CPU", () => {
    expect(effective(read("stage: medium\n"))?.scaling).toEqual({ min: 2, max: 10, hpa: { cpu: 70 } });
    const query = 'sum(rate(dapr_http_server_response_count{app_id="hello",namespace="demo-agents"}[2m]))';
    expect(effective(read("stage: medium\n", PROMETHEUS))?.scaling).toEqual({
      min: 2,
      max: 10,
      keda: { query, threshold: 10 },
    });
  });

  test("an environment's own Prometheus counts for that environment", () => {
    const own = '{name: production, prometheus: {url: "http://own:9090"}}';
    const config = `${CONFIG.replace(/ {2}environments:.*\n/, "")}  environments: [{name: staging}, ${own}]\n`;
    const agent = read("stage: medium\n", { "raos.yaml": config });
    expect(effective(agent, "staging")?.scaling.hpa).toEqual({ cpu: 70 });
    expect(effective(agent)?.scaling.keda?.threshold).toBe(10);
  });

  test("planet scales on Kafka's lag where the agent subscribes to topics", () => {
    const subscribing = "stage: planet\ndapr: {subscriptions: [{topic: t, route: /t}]}\n";
    expect(effective(read(subscribing))?.scaling).toEqual({ min: 3, max: 100, keda: { kafkaLag: 100 } });
    expect(effective(read(`${subscribing}scaling: {hpa: {cpu: 50}}\n`))?.scaling).toEqual({
      min: 3,
      max: 100,
      hpa: { cpu: 50 },
    });
    expect(effective(read(`${subscribing}scaling: {keda: {query: up, threshold: 2}}\n`))?.scaling).toEqual({
      min: 3,
      max: 100,
      keda: { query: "up", threshold: 2 },
    });
  });

  test("explicit fields win, and a stage gives way to declared bounds", () => {
    expect(effective(read("stage: planet\nscaling: {max: 2}\n"))?.scaling).toMatchObject({ min: 2, max: 2 });
    expect(effective(read("stage: local\nscaling: {min: 3}\n"))?.scaling).toMatchObject({ min: 3, max: 3 });
    expect(effective(read("stage: medium\nscaling: {hpa: null}\n"))?.scaling).toEqual({ min: 2, max: 10 });
    const memory = read("stage: planet\n")?.environments.get("staging")?.spec.runtime.resources;
    expect(memory).toEqual({ requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } });
  });

  test("an environment may have a stage of its own", () => {
    const agent = read("stage: medium\nenvironments: {staging: {stage: local}}\n");
    expect(effective(agent, "staging")?.scaling).toEqual({ min: 1, max: 1 });
    expect(effective(agent, "production")?.scaling).toMatchObject({ min: 2, max: 10 });
  });

  test.each<readonly [string, object, object]>([
    ["nothing declared", {}, { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } }],
    [
      "a request above the stage's limit",
      { requests: { memory: "4Gi" } },
      { requests: { cpu: "500m", memory: "1Gi" } },
    ],
    [
      "a request below it",
      { requests: { memory: "1536Mi" } },
      { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
    ],
    [
      "a limit below the stage's request",
      { limits: { memory: "512Mi", cpu: 0.1 } },
      { requests: {}, limits: { memory: "2Gi" } },
    ],
    [
      "a limit above it",
      { limits: { memory: "8Gi" } },
      { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
    ],
  ])("a stage gives way: %s", (_name, resources, expected) => {
    const around = { name: "x", namespace: "y", prometheus: false };
    expect(stageLayer({ stage: "planet", runtime: { resources } }, around).runtime).toEqual({ resources: expected });
  });
});

const TEMPLATE = {
  "templates/base.yaml":
    "apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: base}\nspec:\n  agent:\n    runtime: {port: 9000}\n    observability: {slo: {errorRate: 0.05, p95Seconds: 2}}\n",
};
const LAYERED =
  "stage: medium\ntemplate: {ref: base}\nobservability: {slo: {errorRate: 0.01}}\nscaling: {max: 20}\nenvironments: {production: {scaling: {max: 40}, dapr: {sidecar: {logLevel: warn}}, labels: {tier: gold}}}\n";

test("explain says where each value came from", () => {
  const agent = read(LAYERED, TEMPLATE);
  const lines =
    agent === undefined
      ? []
      : explain(agent, "production", {}).map(
          ({ pointer, value, origin }) => `${pointer} = ${JSON.stringify(value)} (${origin})`,
        );
  for (const line of [
    '/spec/description = "Says hello" (agent)',
    '/spec/version = "0.1.0" (default)',
    '/spec/stage = "medium" (agent)',
    "/spec/runtime/port = 9000 (template)",
    '/spec/runtime/protocol = "http" (default)',
    '/spec/runtime/resources/limits/memory = "1Gi" (stage)',
    "/spec/observability/slo/errorRate = 0.01 (agent)",
    "/spec/observability/slo/p95Seconds = 2 (template)",
    "/spec/scaling/min = 2 (stage)",
    "/spec/scaling/max = 40 (environment)",
    "/spec/scaling/hpa/cpu = 70 (stage)",
    '/spec/dapr/sidecar/logLevel = "warn" (environment)',
    '/spec/dapr/sidecar/cpuRequest = "100m" (stage)',
    '/spec/labels/tier = "gold" (environment)',
  ]) {
    expect(lines).toContain(line);
  }
  expect(agent && explain(agent, "nowhere", {})).toEqual([]);
  expect(agent && explain(agent, "staging", {}).find(({ pointer }) => pointer === "/spec/scaling/max")).toEqual({
    pointer: "/spec/scaling/max",
    value: 20,
    origin: "agent",
    file: "agents/demo/hello.yaml",
  });
});

test("an edit lands where the value in effect came from, over a template in the agent", () => {
  const agent = read(
    `${LAYERED.replace("labels: {tier: gold}", "runtime: {env: [{name: A, value: x}]}, access: null")}`,
    TEMPLATE,
  );
  const lands = (pointer: string, environment = "production") => agent && placeOfEdit(agent, environment, pointer).at;
  expect(agent && placeOfEdit(agent, "production", "/spec/scaling/max")).toEqual({
    file: "agents/demo/hello.yaml",
    at: "/spec/environments/production/scaling/max",
  });
  expect(lands("/spec/scaling/max", "staging")).toBe("/spec/scaling/max");
  expect(lands("/spec/scaling/min")).toBe("/spec/scaling/min");
  expect(lands("/spec/scaling")).toBe("/spec/environments/production/scaling");
  expect(lands("/spec/runtime/port")).toBe("/spec/runtime/port");
  expect(lands("/spec/runtime/env/0/value")).toBe("/spec/environments/production/runtime/env/0/value");
  expect(lands("/spec/access/callers")).toBe("/spec/environments/production/access/callers");
  expect(lands("/spec/labels/a~1b")).toBe("/spec/labels/a~1b");
});

describe("an edit of a value in effect, brought about in the file", () => {
  const template = {
    "templates/base.yaml":
      "apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: base}\nspec:\n  agent:\n    tools: [{mcp: {name: a, stdio: {command: x}}}, {mcp: {name: b, stdio: {command: y}, allow: [one]}}]\n    scaling: {max: 5, hpa: {cpu: 70, memory: 80}}\n",
  };
  const files = (spec: string) => ({
    "raos.yaml": CONFIG,
    "tenants/demo.yaml": DEMO_TENANT,
    ...template,
    "agents/demo/hello.yaml": HELLO + spec.replace(/^(?=.)/gm, "  "),
  });
  const spec =
    "template: {ref: base}\nscaling: {min: 2}\nenvironments: {production: {scaling: {min: 3, keda: null}, labels: {tier: gold}}}\n";
  const base = { agent: "demo/hello", why: "", by: "rule" } as const;

  test.each<readonly [string, EffectiveEdit, string]>([
    ["a value of the agent's", { kind: "set", at: "/spec/description", to: "Hi" }, '{"description":"Hi"}'],
    [
      "a value of the overlay's",
      { kind: "set", at: "/spec/scaling/min", to: 4 },
      '{"scaling":{"min":4,"max":5,"hpa":{"cpu":70}}}',
    ],
    [
      "a value of the template's",
      { kind: "set", at: "/spec/scaling/max", to: 9 },
      '{"scaling":{"min":3,"max":9,"hpa":{"cpu":70}}}',
    ],
    [
      "a value of the stage's",
      { kind: "set", at: "/spec/runtime/resources/limits/memory", to: "640Mi" },
      '{"runtime":{"resources":{"requests":{"cpu":"100m"},"limits":{"memory":"640Mi"}}}}',
    ],
    [
      "within a list of the template's",
      { kind: "set", at: "/spec/tools/1/mcp/allow/0", to: "two" },
      '{"tools":[{"mcp":{"name":"a","stdio":{"command":"x"}}},{"mcp":{"name":"b","stdio":{"command":"y"},"allow":["two"]}}]}',
    ],
    [
      "an item of a list of the template's",
      { kind: "remove", at: "/spec/tools/0" },
      '{"tools":[{"mcp":{"name":"b","stdio":{"command":"y"},"allow":["one"]}}]}',
    ],
    [
      "behind a list of the template's",
      { kind: "add", at: "/spec/tools/-", to: { mcp: { name: "c", stdio: { command: "z" } } } },
      '{"tools":[{"mcp":{"name":"a","stdio":{"command":"x"}}},{"mcp":{"name":"b","stdio":{"command":"y"},"allow":["one"]}},{"mcp":{"name":"c","stdio":{"command":"z"}}}]}',
    ],
    [
      "away with what the template gives",
      { kind: "remove", at: "/spec/scaling/hpa/memory" },
      '{"scaling":{"min":3,"max":5,"hpa":{"cpu":70}}}',
    ],
    ["away with what the overlay gives", { kind: "remove", at: "/spec/labels/tier" }, '{"labels":{}}'],
  ])("%s", (_name, edit, expected) => {
    const agent = readFleet(snapshotOf(files(spec))).agents.get("demo/hello");
    const landed = agent && toFileEdit(agent, "production", edit);
    expect(landed).toBeDefined();
    const text = applyEdits(
      files(spec)["agents/demo/hello.yaml"],
      landed === undefined ? [] : [{ ...base, ...landed }],
    );
    const after = readFleet(snapshotOf({ ...files(spec), "agents/demo/hello.yaml": text }));
    expect(after.problems).toEqual([]);
    expect(after.agents.get("demo/hello")?.environments.get("production")?.spec).toMatchObject(JSON.parse(expected));
    const gone = pointerSteps(edit.at);
    if (edit.kind === "remove" && !/\d$/.test(edit.at))
      expect(
        valueAt({ spec: after.agents.get("demo/hello")?.environments.get("production")?.spec }, gone),
      ).toBeUndefined();
  });

  test("what leads nowhere does not land", () => {
    const agent = readFleet(snapshotOf(files(spec))).agents.get("demo/hello");
    expect(agent && toFileEdit(agent, "nowhere", { kind: "set", at: "/spec/description", to: "x" })).toBeUndefined();
    expect(agent && toFileEdit(agent, "staging", { kind: "remove", at: "/spec/access/callers" })).toBeUndefined();
    expect(
      agent && toFileEdit(agent, "staging", { kind: "set", at: "/spec/tools/7/mcp/allow", to: [] }),
    ).toBeUndefined();
    expect(agent && toFileEdit(agent, "staging", { kind: "set", at: "/spec", to: {} })).toBeUndefined();
  });
});
