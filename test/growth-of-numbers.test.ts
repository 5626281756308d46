import { describe, expect, test } from "vitest";
import { toYaml } from "../src/compile/yaml/yaml.ts";
import type { ChangeSet } from "../src/domain/change-set.ts";
import { Config } from "../src/domain/kinds/kinds.ts";
import type { Json } from "../src/domain/values/scalars.ts";
import { unitsOf } from "../src/plan/units.ts";
import { judge } from "../src/policy/judge.ts";
import { propose } from "../src/pr/propose.ts";
import { incidentsOf } from "../src/remedy/incidents.ts";
import { explain } from "../src/spec/layers/explain.ts";
import { overlayAll } from "../src/spec/layers/merge.ts";
import { readFleet } from "../src/spec/read/read-fleet.ts";
import { readDocuments } from "../src/spec/yaml/read-yaml.ts";
import { confirmed, growthOf, TOO_STEEP } from "./growth.ts";
import { alertOf } from "./support/alerts/alert-of.ts";
import { CONFIG, DEMO_TENANT, HELLO, snapshotOf } from "./support/specs/snapshot.ts";

const config = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config" });
const inputs = { config, tenants: new Map() };
const map = (size: number, mark: string): { readonly [key: string]: Json } =>
  Object.fromEntries(Array.from({ length: size }, (_, index) => [`k${index}`, `${mark}${index}`]));
const names = (size: number, mark: string) => Array.from({ length: size }, (_, index) => ({ name: `${mark}${index}` }));
const yaml = (size: number) => Array.from({ length: size }, (_, index) => `k${index}: v${index}`);

/** A change of an agent's values, as large as generated files that somebody wrote by hand may be. */
function changes(before: Json, after: Json): ChangeSet {
  const [agent, environment] = ["acme/a", "production"];
  return {
    cause: { kind: "drift", scope: { kind: "agent", agent } },
    base: "0".repeat(40),
    agents: [agent],
    edits: [],
    files: [{ path: `deploy/${environment}/${agent}/values.yaml`, before: { oid: "", text: "a\n" }, text: "b\n" }],
    changes: [{ agent, environment, before, after, spec: {} }],
    problems: [],
  };
}

const proposed = (change: ChangeSet) =>
  propose(change, judge(change, [], inputs, undefined), { ...inputs, incident: undefined });

function many(size: number): ChangeSet {
  const agents = Array.from({ length: size }, (_, index) => `acme/a${index}`);
  const change = changes({}, {});
  return {
    ...change,
    cause: { kind: "drift", scope: { kind: "tenant", tenant: "acme" } },
    agents,
    files: agents.map((agent) => ({
      path: `deploy/p/${agent}/values.yaml`,
      before: { oid: "", text: "a" },
      text: "b",
    })),
    changes: agents.map((agent) => ({
      agent,
      environment: "p",
      before: { runtime: { image: "a:1" }, version: "1" },
      after: { runtime: { image: "a:2" }, version: agent },
      spec: {},
    })),
  };
}

const spec = (lines: readonly string[]) =>
  snapshotOf({
    "raos.yaml": CONFIG,
    "tenants/demo.yaml": DEMO_TENANT,
    "agents/demo/hello.yaml": HELLO + lines.map((line) => `  ${line}\n`).join(""),
  });

const fleet = readFleet(spec([]));
const agent = fleet.agents.get("demo/hello");

/** All work that loops over lists from outside: the input of a given size, and the work. */
const LOOPS: Readonly<Record<string, readonly [make: (size: number) => unknown, work: (made: never) => unknown]>> = {
  "a proposal, labels changed": [
    (size) => changes({ labels: map(size, "a") }, { labels: map(size, "b") }),
    (change: ChangeSet) => proposed(change),
  ],
  "a proposal, entries of lists changed": [
    (size) => changes({ mcpServers: names(size, "a") }, { mcpServers: names(size, "b") }),
    (change: ChangeSet) => proposed(change),
  ],
  "a proposal, entries of sets changed": [
    (size) =>
      changes(
        { networking: { egress: names(size, "a") }, mcpServers: [{ name: "s", allow: Object.keys(map(size, "")) }] },
        { networking: { egress: names(size, "b") }, mcpServers: [{ name: "s", allow: Object.values(map(size, "x")) }] },
      ),
    (change: ChangeSet) => proposed(change),
  ],
  "a proposal, topics changed": [
    (size) => {
      const topics = (mark: string) => names(size, "t").map(({ name }) => ({ topic: name, route: mark }));
      return changes(
        { dapr: { pubsub: { type: "p" }, subscriptions: topics("/a") } },
        { dapr: { pubsub: { type: "p" }, subscriptions: topics("/b") } },
      );
    },
    (change: ChangeSet) => proposed(change),
  ],
  "a proposal of many agents": [many, (change: ChangeSet) => proposed(change)],
  "units of many tenants": [
    (size) =>
      names(size, "t").map(({ name }) => ({
        agent: `${name}/a`,
        tenant: name,
        state: "new" as const,
        sharedOnly: false,
      })),
    (drifts: Parameters<typeof unitsOf>[0]) =>
      unitsOf(drifts, { grouping: "agent", tenantDrifts: drifts.map((one) => one.tenant), refused: new Set() }),
  ],
  "documents of YAML": [
    (size) => Buffer.from(yaml(Math.min(size, 20_000)).join("\n")),
    (bytes: Uint8Array) => readDocuments("f", bytes).documents.map((one) => one.locate("/k9")),
  ],
  "a spec of unknown keys": [(size) => spec(yaml(Math.min(size, 2_000))), readFleet],
  "a spec of too many labels": [
    (size) => spec(["labels:", ...yaml(Math.min(size, 2_000)).map((line) => `  ${line}`)]),
    readFleet,
  ],
  "a spec of too many overlays": [
    (size) =>
      spec(["environments:", ...names(Math.min(size, 800), "e").map(({ name }) => `  ${name}: {stage: local}`)]),
    readFleet,
  ],
  "a file of YAML": [(size) => map(size, "v"), (value: Json) => toYaml(value)],
  "layers merged": [
    (size) => [{ labels: map(size, "a") }, { labels: map(size, "b") }, { labels: map(size, "c") }],
    (layers: Parameters<typeof overlayAll>[0]) => overlayAll(layers),
  ],
  "an explanation": [
    (size) => {
      const [effective] = agent?.environments.values() ?? [];
      if (agent === undefined || effective === undefined) throw new Error("the spec is whole");
      const labels = Object.fromEntries(Object.entries(map(size, "v")).map(([key, value]) => [key, String(value)]));
      const environment = { ...effective, spec: { ...effective.spec, labels } };
      return { ...agent, own: { ...agent.own, labels }, environments: new Map([["production", environment]]) };
    },
    (one: NonNullable<typeof agent>) => explain(one, "production", {}),
  ],
  "alerts of many tenants": [
    (size) => ({
      alerts: names(size, "n").map(({ name }) => alertOf({ alertname: "A", namespace: name, deployment: "a" })),
      tenants: new Map(names(size, "n").map(({ name }) => [name, tenantOf(name)])),
    }),
    ({ alerts, tenants }: { readonly alerts: Parameters<typeof incidentsOf>[0]; readonly tenants: Tenants }) =>
      incidentsOf(alerts, { facts: { get: () => undefined }, someAgentsOf: () => [], tenants, config }, []),
  ],
};

type Tenants = Parameters<typeof incidentsOf>[1]["tenants"];

function tenantOf(name: string) {
  return { apiVersion: "raos.dev/v1alpha1", kind: "Tenant", metadata: { name }, spec: {} } as const;
}

describe("twice as many of anything take about twice as long", () => {
  test.each(Object.entries(LOOPS))("%s", { timeout: 300_000 }, (_name, [make, work]) => {
    // Mappings of hundreds of thousands of keys no longer fit the processor's caches, and grow faster than their work does.
    const run = (made: unknown) => Reflect.apply(work, undefined, [made]);
    const short = growthOf(500, make, run, 8000);
    // A larger input misses the processor's caches, which costs once; what is steep grows on.
    expect(confirmed(short, () => growthOf(500, make, run, 8000, 16))).toBeLessThan(TOO_STEEP);
  });

  test.each([4, 16])("a loop in a loop would be found, also with %i times as much", (factor) => {
    const numbers = (size: number) => Array.from({ length: size }, (_, index) => index);
    const pairs = (list: readonly number[]) => {
      let found = 0;
      for (const one of list) for (const two of list) if (Math.hypot(one, two) > two) found += 1;
      return found;
    };
    expect(growthOf(1000, numbers, pairs, 2000, factor)).toBeGreaterThan(TOO_STEEP);
  });
});
