import { describe, expect, test } from "vitest";
import { groupProblems } from "../../../src/spec/problems/group-problems.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { HELLO, line, snapshotOf } from "../../support/specs/snapshot.ts";

type Files = Readonly<Record<string, string>>;

const CONFIG =
  "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec:\n  environments: [{name: staging}, {name: production}]\n";
const TENANT = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n";
const TEMPLATE = `apiVersion: raos.dev/v1alpha1
kind: AgentTemplate
metadata: {name: worker}
spec:
  parameters:
    - {name: most, type: integer, default: 4}
  agent:
    model: {name: gpt-5-mini}
    instructions: {inline: Work.}
    scaling: {min: 1, max: "\${most}", hpa: {cpu: 70}}
`;

const agent = (name: string, spec = "") => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec:
  description: Works
  template: {ref: worker}
${spec}  environments: {staging: {scaling: {min: 2}}}
`;
const FLEET: Files = {
  "raos.yaml": CONFIG,
  "tenants/acme.yaml": TENANT,
  "templates/worker.yaml": TEMPLATE,
  "agents/acme/a.yaml": agent("a"),
  "agents/acme/b.yaml": agent("b"),
};

/** What a person sees after one change of a file. */
function seen(file: string, change: (text: string) => string): readonly string[] {
  const files = { ...FLEET, [file]: change(FLEET[file] ?? "") };
  return groupProblems(readFleet(snapshotOf(files)).problems).map(line);
}

test("the fleet has no Problems", () => expect(seen("raos.yaml", (text) => text)).toEqual([]));

describe("one mistake is one Problem, at its cause:", () => {
  const waits = "(agents/acme/a.yaml, agents/acme/b.yaml cannot be read until then)";
  const both = "(in 2 agents: acme/a, acme/b)";
  test.each<readonly [name: string, file: string, change: (text: string) => string, expected: string]>([
    [
      "raos.yaml is no YAML",
      "raos.yaml",
      (text) => `${text}  chart: [\n`,
      "raos.yaml:6:1 : a bracket or quote above is not closed",
    ],
    ["raos.yaml has an unknown key", "raos.yaml", (text) => `${text}  chrt: {}\n`, "raos.yaml:5:3 /spec/chrt"],
    ["a tenant is no YAML", "tenants/acme.yaml", (text) => `${text}a: [\n`, `tenants/acme.yaml`],
    [
      "a tenant has an unknown key",
      "tenants/acme.yaml",
      (text) => text.replace("{}", "{qouta: {}}"),
      `tenants/acme.yaml:4:8 /spec/qouta: unknown key "qouta"; did you mean "quota"? ${waits}`,
    ],
    [
      "a tenant is in an unknown environment",
      "tenants/acme.yaml",
      (text) => text.replace("{}", "{environments: [stagging]}"),
      `tenants/acme.yaml:4:23 /spec/environments/0: unknown environment stagging; did you mean "staging"? ${waits}`,
    ],
    [
      "an environment is renamed",
      "raos.yaml",
      (text) => text.replace("staging", "stagging"),
      `agents/acme/a.yaml:7:18 /spec/environments/staging: unknown environment staging; did you mean "stagging"? ${both}`,
    ],
    [
      "a template has an unknown key",
      "templates/worker.yaml",
      (text) => text.replace("scaling:", "scalling:"),
      `templates/worker.yaml:10:5 /spec/agent/scalling: unknown key "scalling"; did you mean "scaling"? ${waits}`,
    ],
    [
      "a template's values do not fit together",
      "templates/worker.yaml",
      (text) => text.replace("min: 1", "min: 3").replace("default: 4", "default: 2"),
      `templates/worker.yaml:10:20 /spec/agent/scaling/min: min 3 is more than max 2; lower min, or raise max (in production) ${both}`,
    ],
    [
      "a parameter's default does not fit",
      "templates/worker.yaml",
      (text) => text.replace("default: 4", "default: -4"),
      `templates/worker.yaml:6:44 /spec/parameters/0/default: as /spec/agent/scaling/max: -4 is too small; at least 1 ${both}`,
    ],
    [
      "a template names a prompt file that is not there",
      "templates/worker.yaml",
      (text) => text.replace("inline: Work.", "file: prompts/w.md"),
      `templates/worker.yaml:9:26 /spec/agent/instructions/file: no file prompts/w.md in this repository; add it, or correct the path (from the root; no symbolic link) ${both}`,
    ],
    [
      "a template lacks what every agent needs",
      "templates/worker.yaml",
      (text) => text.replace("{name: gpt-5-mini}", "{maxConcurrency: 3}"),
      `templates/worker.yaml:8:12 /spec/agent/model/name: name is missing; add it: Model name, as the provider spells it ${both}`,
    ],
    [
      "a template names a peer that is not there",
      "templates/worker.yaml",
      (text) => `${text}    tools: [{agent: {name: nobody}}]\n`,
      `templates/worker.yaml:11:28 /spec/agent/tools/0/agent/name: unknown agent acme/nobody; add agents/acme/nobody.yaml, or name another peer ${both}`,
    ],
    [
      "a value that an agent gives to its template",
      "agents/acme/b.yaml",
      (text) => text.replace("{ref: worker}", "{ref: worker, parameters: {most: 0}}"),
      "agents/acme/b.yaml:6:46 /spec/template/parameters/most: from template worker, /spec/scaling/max: 0 is too small; at least 1",
    ],
  ])("%s", (_name, file, change, expected) => {
    const found = seen(file, change);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });
});

test("a tenant's file with another name is the cause, and not that the tenant is unknown", () => {
  const { "tenants/acme.yaml": text = "", ...others } = FLEET;
  const found = groupProblems(readFleet(snapshotOf({ ...others, "tenants/amce.yaml": text })).problems).map(line);
  expect(found).toEqual([
    "tenants/amce.yaml:3:18 /metadata/name: acme is not the file's name; write amce, or rename the file (agents/acme/a.yaml, agents/acme/b.yaml cannot be read until then)",
  ]);
});

test("a deleted tenant or template is reported once, with the number of agents", () => {
  const files = Object.fromEntries(
    ["a", "b", "c", "d", "e"].map((name) => [
      `agents/acme/${name}.yaml`,
      HELLO.replace("hello, namespace: demo", `${name}, namespace: acme`),
    ]),
  );
  expect(groupProblems(readFleet(snapshotOf(files)).problems).map(line)).toEqual([
    "agents/acme/a.yaml:3:32 /metadata/namespace: unknown tenant acme; add tenants/acme.yaml (in 5 agents: acme/a, acme/b, acme/c and 2 more)",
  ]);
});

test("causes come before what has nothing to do with them, which stays", () => {
  const found = seen("raos.yaml", (text) => `${text}  chrt: {}\n`);
  const files = { ...FLEET, "raos.yaml": `${CONFIG}  chrt: {}\n`, "agents/acme/b.yaml": agent("b", "  oops: 1\n") };
  const both = groupProblems(readFleet(snapshotOf(files)).problems).map(line);
  expect(both[0]).toBe(found[0]);
  expect(both[1]).toContain('agents/acme/b.yaml:7:3 /spec/oops: unknown key "oops"');
  expect(both).toHaveLength(2);
});
