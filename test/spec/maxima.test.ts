import { describe, expect, test } from "vitest";
import { plan } from "../../src/plan/plan.ts";
import { readFleet } from "../../src/spec/read/read-fleet.ts";
import { readDocuments, readYaml } from "../../src/spec/yaml/read-yaml.ts";
import { MAX_NODES, MAX_NODES_OF_DOCUMENTS, MAX_PROBLEMS } from "../../src/spec/yaml/yaml-limits.ts";
import { CONFIG, DEMO_TENANT, HELLO, line, snapshotOf } from "../support/specs/snapshot.ts";
import { AROUND, ENVIRONMENTS, worstAgents } from "../support/specs/worst-agents.ts";

const PATH = "agents/demo/hello.yaml";
const problems = (spec: string, more: Readonly<Record<string, string>> = {}) =>
  readFleet(
    snapshotOf({ "raos.yaml": CONFIG, "tenants/demo.yaml": DEMO_TENANT, [PATH]: HELLO + spec, ...more }),
  ).problems.map(line);
const map = (most: number, value = "x") =>
  `{${Array.from({ length: most }, (_, index) => `k${index}: ${value}`).join(", ")}}`;
const list = (length: number) => `[${Array.from({ length }, () => 1).join(", ")}]`;

describe("what is larger than the maximum is a Problem with its place", () => {
  test.each<[string, string, string]>([
    ["labels", `  labels: ${map(65)}\n`, `${PATH}:9:11 /spec/labels: a mapping is too large; at most 64 entries`],
    [
      "overlays",
      `  environments: ${map(33, "{stage: local}")}\n`,
      `${PATH}:9:17 /spec/environments: a mapping is too large; at most 32 entries`,
    ],
    [
      "metadata of a component",
      `  dapr: {state: {type: state.redis, metadata: ${map(65)}}}\n`,
      `${PATH}:9:47 /spec/dapr/state/metadata: a mapping is too large; at most 64 entries`,
    ],
    [
      "parameters",
      `  template: {ref: t, parameters: ${map(65)}}\n`,
      `${PATH}:9:34 /spec/template/parameters: a mapping is too large; at most 64 entries`,
    ],
  ])("%s", (_name, spec, said) => {
    expect(problems(spec)).toEqual([said]);
  });

  test("keys and values in all", () => {
    const of = (length: number) => readYaml("f.yaml", Buffer.from(`a: 1\nb: ${list(length)}\n`));
    // The mapping, two keys, a value and the list itself.
    expect(of(MAX_NODES - 5).problems).toEqual([]);
    expect(of(MAX_NODES - 4).problems.map(line)).toEqual([
      `f.yaml:2:${5 + 3 * (MAX_NODES - 5)} : more than ${MAX_NODES} keys and values; divide it, or shorten it`,
    ]);
    const documents = (length: number) => readDocuments("f.yaml", Buffer.from(list(length)));
    expect(documents(MAX_NODES_OF_DOCUMENTS - 1).problems).toEqual([]);
    expect(documents(MAX_NODES_OF_DOCUMENTS).problems).toHaveLength(1);
  });

  test("a template that grows to gigabytes as its parameters are filled in", () => {
    const template = `apiVersion: raos.dev/v1alpha1
kind: AgentTemplate
metadata: {name: t}
spec:
  parameters: [{name: p, type: string}]
  agent: {description: "${"${p}".repeat(100_000)}"}
`;
    const spec = `  template: {ref: t, parameters: {p: "${"x".repeat(4000)}"}}\n`;
    expect(problems(spec, { "templates/t.yaml": template })).toEqual([
      `${PATH}:9:13 /spec/template: template t with these parameters is longer than 1048576 characters; shorten them`,
    ]);
  });

  test("of a file with thousands of Problems the first are reported, and that there are more", () => {
    const found = problems(`${Array.from({ length: 2000 }, (_, index) => `  zz${index}: 1`).join("\n")}\n`);
    expect(found).toHaveLength(MAX_PROBLEMS + 1);
    expect(found[0]).toContain(`${PATH}:9:3 /spec/zz0: unknown key "zz0"`);
    expect(found.at(-1)).toContain("zz20: there are more Problems from here on; fix those above first");
  });

  test("names of many files and values are not all repeated in each message", () => {
    const cases = Array.from({ length: 32 }, (_, index) =>
      [..."hello"].map((letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter)).join(""),
    );
    const files = Object.fromEntries(cases.map((name) => [`agents/demo/${name}.yml`, HELLO]));
    const found = problems("", files);
    expect(found.find((one) => one.includes("is also in"))).toMatch(/and 27 more; keep one file/);
  });
});

test("specs at their maxima are accepted", () => {
  const { problems: found, agents } = readFleet(snapshotOf({ ...AROUND, ...worstAgents(1) }));
  expect(found.map(line)).toEqual([]);
  expect(agents.size).toBe(Object.keys(worstAgents(1)).length);
});

test("a generated file that somebody wrote aliases into is not written out", () => {
  const laughs = Array.from({ length: 40 }, (_, index) =>
    index === 0 ? "a0: &a0 [x, x]" : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
  ).join("\n");
  const files = { ...AROUND, "agents/acme/hello.yaml": HELLO.replaceAll("demo", "acme") };
  const deployed = `deploy/${ENVIRONMENTS[0]}/acme/hello/values.yaml`;
  const snapshot = snapshotOf({ ...files, [deployed]: laughs });
  const { fleet, agents } = readFleet(snapshot);
  const scope = {
    cause: { kind: "drift", scope: { kind: "agent", agent: "acme/hello" } },
    agents: [...agents.values()],
    tenants: [],
    environments: ENVIRONMENTS,
    fleet,
  } as const;
  expect(plan(scope, snapshot).changes[0]).toMatchObject({ environment: ENVIRONMENTS[0], before: null });
});
