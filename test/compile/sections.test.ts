import { describe, expect, test } from "vitest";
import { component } from "../../src/compile/sections/component.ts";
import { milliseconds } from "../../src/compile/sections/dapr.ts";
import { networking, opening } from "../../src/compile/sections/networking.ts";
import { monitoring } from "../../src/compile/sections/observability.ts";
import { runtime } from "../../src/compile/sections/runtime.ts";
import { boundTo, type ScalingMode, scalingMode } from "../../src/compile/sections/scaling.ts";
import { AgentSpec } from "../../src/domain/agent/agent.ts";
import { Config } from "../../src/domain/kinds/config.ts";
import { servers } from "../../src/domain/reach/dapr-components.ts";

const least = { description: "d", instructions: { inline: "i" }, model: { name: "m" } };
const spec = (fields: object) => AgentSpec.parse({ ...least, ...fields });
const kafka = { pubsub: { type: "pubsub.kafka" }, subscriptions: [{ topic: "t", route: "/t" }] };

describe("scaling", () => {
  const hpa = (min: number, max: number, cpu: number | undefined, memory?: number) => ({
    kind: "hpa",
    min,
    max,
    cpu,
    memory,
  });
  test.each<[title: string, fields: object, mode: object]>([
    ["nothing said", {}, { kind: "fixed", replicas: 1 }],
    ["bounds without a trigger", { scaling: { min: 2, max: 9 } }, { kind: "fixed", replicas: 2 }],
    ["none at all", { scaling: { min: 0 } }, { kind: "fixed", replicas: 0 }],
    ["hpa", { scaling: { min: 2, max: 9, hpa: { cpu: 70 } } }, hpa(2, 9, 70)],
    ["hpa on memory alone", { scaling: { max: 9, hpa: { memory: 70 } } }, hpa(1, 9, undefined, 70)],
    ["hpa without a target", { scaling: { hpa: {} } }, hpa(1, 10, 80)],
    ["hpa from zero: it cannot wake what sleeps", { scaling: { min: 0, max: 3, hpa: { cpu: 70 } } }, hpa(1, 3, 70)],
    ["hpa without room", { scaling: { min: 3, max: 3, hpa: { cpu: 70 } } }, { kind: "fixed", replicas: 3 }],
    [
      "keda",
      { scaling: { min: 0, max: 9, keda: { query: "q", threshold: 2 } } },
      { kind: "keda", min: 0, max: 9, trigger: { query: "q", threshold: 2 } },
    ],
    ["keda without a threshold", { scaling: { min: 2, max: 9, keda: { query: "q" } } }, { kind: "fixed", replicas: 2 }],
    [
      "lag",
      { dapr: kafka, scaling: { max: 9, keda: { kafkaLag: 5 } } },
      { kind: "keda", min: 1, max: 9, trigger: { kafkaLag: 5 } },
    ],
    ["lag without Kafka", { scaling: { max: 9, keda: { kafkaLag: 5 } } }, { kind: "fixed", replicas: 1 }],
    [
      "lag without a topic",
      { dapr: { pubsub: kafka.pubsub }, scaling: { max: 9, keda: { kafkaLag: 5 } } },
      { kind: "fixed", replicas: 1 },
    ],
  ])("%s", (_title, fields, mode) => {
    expect(scalingMode(spec(fields))).toEqual(mode);
  });

  test("what an HPA measures against is requested", () => {
    const mode: ScalingMode = { kind: "hpa", min: 1, max: 2, cpu: 70, memory: 80 };
    const resources = (own: object) => runtime(spec({ runtime: { resources: own } }), mode, "stock:1", false).resources;
    expect(resources({ limits: { memory: "1Gi" } })).toEqual({
      requests: { cpu: "100m", memory: "1Gi" },
      limits: { memory: "1Gi" },
    });
    expect(resources({ requests: { cpu: 1, memory: "2Gi" } })).toEqual({ requests: { cpu: 1, memory: "2Gi" } });
  });
});

describe("what the network lets through", () => {
  test.each<[address: string, to: object]>([
    ["https://api.openai.com/v1", { public: true, port: 443 }],
    ["http://api.example.org:8080", { public: true, port: 8080 }],
    ["https://openai.com", { public: true, port: 443 }],
    ["http://tickets-mcp/mcp", { namespace: "" }],
    ["http://tickets.tools/mcp", { namespace: "tools" }],
    ["http://tickets.tools.svc:8080/mcp", { namespace: "tools" }],
    ["https://tickets.tools.svc.cluster.local/mcp", { namespace: "tools" }],
    ["redis.data:6379", { namespace: "data", port: 6379 }],
    ["kafka-0.kafka.data.svc.cluster.local:9092", { namespace: "data", port: 9092 }],
    ["kafka.example.com:9092", { public: true, port: 9092 }],
    ["http://10.1.2.3:11434", { cidr: "10.1.2.3/32", port: 11434 }],
    ["http://[fd00::1]:8443/", { cidr: "fd00::1/128", port: 8443 }],
    ["https://API.EXAMPLE.COM.", { public: true, port: 443 }],
  ])("%s", (address, to) => {
    expect(opening(address, "x")).toEqual({ port: undefined, ...to, for: "x" });
  });

  test("one opening for all that goes to one place, and it says what for", () => {
    const tools = ["a", "b"].map((name) => ({
      mcp: { name, streamableHTTP: { url: `https://${name}.example.com/mcp` } },
    }));
    expect(networking(spec({ tools })).egress).toEqual([{ public: true, port: 443, for: "model, mcp a, mcp b" }]);
  });

  test("nothing for a model whose address nobody knows", () => {
    expect(networking(spec({ model: { name: "m", provider: "custom" } })).egress).toBeUndefined();
  });
});

describe("Dapr components", () => {
  test.each<[title: string, own: Parameters<typeof component>[0], made: object]>([
    [
      "redis",
      { type: "state.redis", version: "v1", host: "r", secretRef: "s" },
      { metadata: { redisHost: "r:6379" }, secret: { name: "s", keys: ["redisPassword"] } },
    ],
    [
      "redis without a password",
      { type: "pubsub.redis", version: "v1", host: "r:1" },
      { metadata: { redisHost: "r:1" } },
    ],
    ["redis where it is looked for", { type: "state.redis", version: "v1" }, { metadata: { redisHost: "redis:6379" } }],
    [
      "postgresql by its Secret",
      { type: "state.postgresql", version: "v2", host: "p", secretRef: "s" },
      { version: "v2", metadata: undefined, secret: { name: "s", keys: ["connectionString"] } },
    ],
    [
      "postgresql by trust",
      { type: "state.postgresql", version: "v1", host: "p.data" },
      { metadata: { connectionString: "host=p.data port=5432 user=triage database=triage" } },
    ],
    [
      "kafka, brokers",
      { type: "pubsub.kafka", version: "v1", host: "a,b:1", secretRef: "s" },
      {
        metadata: { authType: "password", brokers: "a:9092,b:1" },
        secret: { name: "s", keys: ["saslUsername", "saslPassword"] },
      },
    ],
    [
      "own metadata wins, and asks no Secret for what it has",
      {
        type: "pubsub.kafka",
        version: "v1",
        host: "a",
        secretRef: "s",
        metadata: { authType: "oidc", saslUsername: "u" },
      },
      {
        metadata: { authType: "oidc", brokers: "a:9092", saslUsername: "u" },
        secret: { name: "s", keys: ["saslPassword"] },
      },
    ],
    [
      "a key of another Secret for a field of its own",
      {
        type: "state.redis",
        version: "v1",
        metadata: { sentinelPassword: { secretKeyRef: { name: "s", key: "k" } }, redisHost: "r:1" },
      },
      { metadata: { redisHost: "r:1", sentinelPassword: { secretKeyRef: { name: "s", key: "k" } } } },
    ],
    [
      "rabbitmq",
      { type: "pubsub.rabbitmq", version: "v1", host: "q" },
      { metadata: { connectionString: "amqp://q:5672" } },
    ],
    [
      "one that RAOS does not know",
      { type: "state.aerospike", version: "v1", host: "h:3000", secretRef: "s", metadata: { hosts: "h:3000" } },
      { metadata: { hosts: "h:3000" }, secret: { name: "s", keys: ["connectionString"] } },
    ],
  ])("%s", (_title, own, made) => {
    expect(component(own, "triage")).toEqual({ type: own.type, version: undefined, secret: undefined, ...made });
  });

  test("servers have ports", () => {
    expect(servers({ type: "pubsub.kafka", version: "v1", host: "a,b:1" })).toEqual(["a:9092", "b:1"]);
    expect(servers({ type: "state.aerospike", version: "v1" })).toEqual([]);
  });
});

test.each([
  ["500ms", 500],
  ["1.5s", 1500],
  ["1m30s", 90_000],
  ["1h", 3_600_000],
])("%s is %i milliseconds", (duration, expected) => {
  expect(milliseconds(duration)).toBe(expected);
});

describe("which environment", () => {
  const environments = [
    { name: "staging", alerts: { cluster: "staging-eu" } },
    {
      name: "production",
      alerts: { cluster: "prod-eu" },
      prometheus: { url: "http://own.prometheus:9090", externalLabels: { cluster: "prod-eu" } },
    },
  ];
  const config = Config.parse({
    apiVersion: "raos.dev/v1alpha1",
    kind: "Config",
    spec: { environments, prometheus: { url: "http://thanos.observability:9090" } },
  });
  const keda: ScalingMode = { kind: "keda", min: 0, max: 9, trigger: { query: "sum(x)", threshold: 2 } };

  test("one of many in a Prometheus selects by its labels", () => {
    expect(monitoring(config, "staging", keda)).toMatchObject({
      matchers: { cluster: "staging-eu" },
      namespace: "observability",
      prometheus: "http://thanos.observability:9090",
    });
    expect(boundTo(config, "staging", keda)).toMatchObject({
      trigger: { query: 'sum(x{cluster=~"staging-eu|"})', threshold: 2 },
    });
  });

  test("one with a Prometheus of its own, which adds the label later, does not", () => {
    const own = monitoring(config, "production", keda);
    expect(own.matchers).toBeUndefined();
    expect(own).toMatchObject({ namespace: "prometheus", prometheus: "http://own.prometheus:9090" });
    expect(boundTo(config, "production", keda)).toEqual(keda);
  });

  test("a query that cannot be parsed stays as it is", () => {
    const broken: ScalingMode = { ...keda, trigger: { query: "sum(", threshold: 2 } };
    expect(boundTo(config, "staging", broken)).toEqual(broken);
  });
});
