import { expect, test } from "vitest";
import { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { needsOf } from "../../../src/domain/grant/needs.ts";
import { scopeOf } from "../../../src/domain/grant/scope.ts";
import { coversEgress } from "../../../src/domain/grant/scope-egress.ts";
import { coversProgram, programOf } from "../../../src/domain/grant/scope-program.ts";

const spec = (fields: object) =>
  AgentSpec.parse({
    description: "Sorts",
    instructions: { inline: "Sort." },
    model: { name: "gpt-5-mini", apiKeySecretRef: { name: "llm", key: "key" }, fallbacks: ["gpt-5-nano"] },
    ...fields,
  });

test("an agent takes what its containers and its sidecar request, times its most replicas", () => {
  const runtime = {
    resources: { requests: { cpu: "250m" }, limits: { cpu: "1", memory: "512Mi" } },
    pod: { initContainers: [{ name: "proxy", image: "a/b:1", resources: { requests: { cpu: "50m" } } }] },
  };
  const dapr = { sidecar: { cpuRequest: "100m", memoryRequest: "64Mi" } };
  const asked = spec({ runtime, dapr, scaling: { min: 1, max: 4 }, limits: { dollarsPerDay: 2 } });
  expect(needsOf(asked)).toEqual({ cpu: 1.6, memory: 4 * (512 + 64) * 2 ** 20, dollars: 2 });
  expect(needsOf(spec({ runtime: { ...runtime, workload: "Job", job: { parallelism: 3 } } })).cpu).toBeCloseTo(0.9);
  expect(needsOf(spec({}))).toEqual({ cpu: undefined, memory: undefined, dollars: undefined });
});

test("its scope holds every Secret, wherever a spec names one", () => {
  const asked = spec({
    tools: [
      {
        mcp: {
          name: "a",
          sse: {
            url: "https://a.example.com/sse",
            headers: [{ name: "Authorization", secretKeyRef: { name: "a-token", key: "token" } }],
          },
        },
      },
    ],
    dapr: {
      state: {
        type: "state.redis",
        secretRef: "redis",
        metadata: { password: { secretKeyRef: { name: "redis-extra", key: "p" } } },
      },
    },
    runtime: {
      image: "ghcr.io:443/acme/sorter:1.2@sha256:".concat("0".repeat(64)),
      env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "env-token", key: "token" } } }],
      pod: {
        hostNetwork: true,
        envFrom: [{ secretRef: { name: "all-of-it" } }],
        imagePullSecrets: [{ name: "pull" }],
        volumes: [
          { name: "scratch", emptyDir: {} },
          { name: "files", secret: { secretName: "files" } },
          { name: "several", projected: { sources: [{ secret: { name: "projected" } }] } },
        ],
      },
    },
  });
  const scope = scopeOf(asked, { tenant: "acme", labels: {} });
  expect(scope.secrets).toEqual(
    [
      "a-token/token",
      "all-of-it/*",
      "env-token/token",
      "files/*",
      "llm/key",
      "projected/*",
      "pull/*",
      "redis-extra/p",
      "redis/*",
    ].sort(),
  );
  expect(scope.models).toEqual(["openai/gpt-5-mini@", "openai/gpt-5-nano@"]);
  expect(scope.images).toEqual(["ghcr.io:443/acme/sorter"]);
  expect(scope.privileges.map((entry) => entry.split(" ")[0])).toEqual([
    "volumes",
    "volumes",
    "envFrom",
    "imagePullSecrets",
    "hostNetwork",
  ]);
});

test("a block of addresses covers the blocks in it, on its port or on every one", () => {
  const block = (cidr: string, port?: number) => ({ name: cidr, cidr, target: undefined, port });
  expect(coversEgress(block("10.0.0.0/8"), block("10.1.0.0/16", 443))).toBe(true);
  expect(coversEgress(block("10.0.0.0/8", 443), block("10.1.0.0/16"))).toBe(false);
  expect(coversEgress(block("10.0.0.0/8"), block("11.0.0.0/16"))).toBe(false);
  expect(coversEgress(block("10.0.0.0/16"), block("10.0.0.0/8"))).toBe(false);
  expect(coversEgress(block("0.0.0.0/0"), block("::/0"))).toBe(false);
  expect(coversEgress(block("not a block"), block("not a block"))).toBe(false);
});

test("a CronJob whose runs may overlap takes nobody knows how much", () => {
  const runs = (concurrencyPolicy: string) =>
    needsOf(
      spec({
        runtime: {
          workload: "CronJob",
          resources: { requests: { cpu: 1, memory: "1Gi" } },
          job: { schedule: "0 6 * * *", concurrencyPolicy, parallelism: 2 },
        },
      }),
    );
  expect(runs("Forbid")).toMatchObject({ cpu: 2, memory: 2 * 2 ** 30 });
  expect(runs("Allow")).toMatchObject({ cpu: undefined, memory: undefined });
});

test("a variable, a command or a label is covered by the same one, and by a template's with a parameter in it", () => {
  const entry = (fields: object) => programOf(JSON.parse(JSON.stringify(fields)))[0];
  const variable = (value: string) => entry({ runtime: { env: [{ name: "LOG", value }] } });
  const covers = (wider: ReturnType<typeof entry>, own: ReturnType<typeof entry>) =>
    wider !== undefined && own !== undefined && coversProgram(wider, own);
  expect(covers(variable("debug"), variable("debug"))).toBe(true);
  expect(covers(variable("debug"), variable("info"))).toBe(false);
  expect(covers(variable(["$", "{level}"].join("")), variable("info"))).toBe(true);
  const run = (...args: readonly string[]) => entry({ runtime: { args } });
  expect(covers(run("--lang", ["$", "{lang}"].join("")), run("--lang", "de"))).toBe(true);
  expect(covers(run("--lang", ["$", "{lang}"].join("")), run("--lang", "de", "--eval"))).toBe(false);
  expect(covers(entry({ runtime: { command: ["a"] } }), run("a"))).toBe(false);
});
