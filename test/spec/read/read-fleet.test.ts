import { describe, expect, test } from "vitest";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { CONFIG, DEMO_TENANT, HELLO, line, snapshotOf } from "../../support/specs/snapshot.ts";

const tenant = (name: string, spec = "{}") =>
  `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const agent = (key: string, more = "") =>
  HELLO.replace("name: hello, namespace: demo", `name: ${key.split("/")[1]}, namespace: ${key.split("/")[0]}`) +
  (more === "" ? "" : `  ${more}\n`);
const calls = (name: string, namespace?: string) =>
  `tools: [{agent: {name: ${name}${namespace === undefined ? "" : `, namespace: ${namespace}`}}}]`;
const base = { "raos.yaml": CONFIG, "tenants/demo.yaml": DEMO_TENANT, "tenants/acme.yaml": tenant("acme") };
const read = (files: Readonly<Record<string, string | Uint8Array>>) => readFleet(snapshotOf({ ...base, ...files }));
const problems = (files: Readonly<Record<string, string | Uint8Array>>) => read(files).problems.map(line);

test("the smallest repository: one agent, one tenant, no configuration", () => {
  const {
    agents,
    problems: none,
    fleet,
    usable,
  } = readFleet(snapshotOf({ "agents/demo/hello.yaml": HELLO, "tenants/demo.yaml": DEMO_TENANT }));
  expect(none).toEqual([]);
  expect(usable).toBe(true);
  expect([...agents.keys()]).toEqual(["demo/hello"]);
  expect([...(agents.get("demo/hello")?.environments.keys() ?? [])]).toEqual(["default"]);
  expect(fleet.config.spec).toMatchObject({
    delivery: "flux",
    environments: [{ name: "default" }],
    limits: { openPulls: 20 },
  });
});

test("an empty repository is an empty fleet", () => {
  const { agents, problems: none, usable } = readFleet(snapshotOf({}));
  expect({ agents: agents.size, none, usable }).toEqual({ agents: 0, none: [], usable: true });
});

test("one broken file never takes another away, and a peer with Problems is known", () => {
  const { agents, problems: found } = read({
    "agents/demo/hello.yaml": agent("demo/hello", calls("broken")),
    "agents/demo/broken.yaml": "a: [",
    "agents/demo/README.md": "# no spec",
    "agents/demo/.gitkeep": "",
  });
  expect([...agents.keys()]).toEqual(["demo/hello"]);
  expect(found.map((problem) => problem.file)).toEqual(["agents/demo/broken.yaml"]);
});

describe("across files", () => {
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      "an unknown peer",
      {
        "agents/demo/hello.yaml": agent("demo/hello", calls("biling")),
        "agents/demo/billing.yaml": agent("demo/billing"),
      },
      ['agents/demo/hello.yaml:9:26 /spec/tools/0/agent/name: unknown agent demo/biling; did you mean "demo/billing"?'],
    ],
    [
      "a peer of another tenant",
      {
        "agents/demo/hello.yaml": agent("demo/hello", calls("billing")),
        "agents/acme/billing.yaml": agent("acme/billing"),
      },
      [
        'agents/demo/hello.yaml:9:26 /spec/tools/0/agent/name: unknown agent demo/billing; did you mean "acme/billing"? Then write its namespace too',
      ],
    ],
    [
      "a peer of an unknown tenant",
      { "agents/demo/hello.yaml": agent("demo/hello", calls("x", "acmee")) },
      ['agents/demo/hello.yaml:9:26 /spec/tools/0/agent/name: unknown agent acmee/x; did you mean "acme"?'],
    ],
    [
      "a peer nobody knows, in an overlay",
      { "agents/demo/hello.yaml": agent("demo/hello", `environments: {production: {${calls("x")}}}`) },
      [
        "agents/demo/hello.yaml:9:54 /spec/environments/production/tools/0/agent/name: unknown agent demo/x; add agents/demo/x.yaml, or name another peer",
      ],
    ],
    [
      "itself as a peer",
      { "agents/demo/hello.yaml": agent("demo/hello", calls("hello")) },
      ["agents/demo/hello.yaml:9:26 /spec/tools/0/agent/name: the agent names itself as a peer; remove it"],
    ],
    [
      "a peer that is not everywhere",
      {
        "agents/demo/hello.yaml": agent("demo/hello", calls("b", "half")),
        "agents/half/b.yaml": agent("half/b"),
        "tenants/half.yaml": tenant("half", "{environments: [staging], accepts: [demo]}"),
      },
      [
        "agents/demo/hello.yaml:9:26 /spec/tools/0/agent/name: half/b is not in production; add the environment to its tenant, or name another peer",
      ],
    ],
    [
      "one agent in two files",
      { "agents/demo/hello.yaml": HELLO, "agents/demo/hello.yml": HELLO },
      [
        "agents/demo/hello.yml:3:18 /metadata/name: agent demo/hello is also in agents/demo/hello.yaml; keep one file (names that differ only by case count as one)",
      ],
    ],
    [
      "one app-id twice in a namespace",
      {
        "agents/demo/hello.yaml": HELLO,
        "agents/twin/hello.yaml": agent("twin/hello"),
        "tenants/twin.yaml": tenant("twin", "{namespace: demo-agents}"),
      },
      [
        "agents/demo/hello.yaml:3:18 /metadata/name: app-id hello in namespace demo-agents is also twin/hello's; rename one of them",
        "agents/twin/hello.yaml:3:18 /metadata/name: app-id hello in namespace demo-agents is also demo/hello's; rename one of them",
        "tenants/twin.yaml:4:19 /spec/namespace: namespace demo-agents is also tenant demo's; give each its own",
      ],
    ],
    [
      "a misplaced file",
      { "agents/demo/hello.YAML": HELLO, "agents/x.yaml": HELLO },
      [
        "agents/demo/hello.YAML:1:1 : not the path of an agent; move the file to agents/<tenant>/<name>.yaml",
        "agents/x.yaml:1:1 : not the path of an agent; move the file to agents/<tenant>/<name>.yaml",
      ],
    ],
  ])("%s", (_name, files, expected) => expect(problems(files)).toEqual(expected));

  test("names that differ only by case", () => {
    expect(problems({ "agents/demo/hello.yaml": HELLO, "agents/demo/Hello.yaml": HELLO })).toEqual([
      "agents/demo/Hello.yaml:3:18 /metadata/name: hello is not the file's name; write Hello, or rename the file",
      "agents/demo/hello.yaml:3:18 /metadata/name: agent demo/hello is also in agents/demo/Hello.yaml; keep one file (names that differ only by case count as one)",
    ]);
  });
});

test("who calls whom", () => {
  const { fleet } = read({
    "agents/demo/a.yaml": agent("demo/a", calls("c")),
    "agents/acme/b.yaml": agent("acme/b", calls("c", "demo")),
    "agents/demo/c.yaml": agent("demo/c"),
  });
  expect(fleet.callers.get("demo/c")).toEqual(["acme/b", "demo/a"]);
  expect(fleet.callers.get("demo/a")).toBeUndefined();
  expect(fleet.facts.get("acme/b")?.namespace).toBe("acme");
});

describe("what agents share", () => {
  const template = (spec: string) =>
    `apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec:\n${spec.replace(/^/gm, "  ")}\n`;
  const config = (spec: string) => `apiVersion: raos.dev/v1alpha1\nkind: Config\nspec:\n${spec.replace(/^/gm, "  ")}\n`;
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      "raos.yaml: an unknown key",
      { "raos.yaml": config("delivry: flux") },
      ['raos.yaml:4:3 /spec/delivry: unknown key "delivry"; did you mean "delivery"?'],
    ],
    [
      "raos.yaml: two charts",
      { "raos.yaml": config("chart: {path: c, oci: 'oci://x/y', version: 1.0.0}") },
      ["raos.yaml:4:10 /spec/chart: path and oci and version exclude each other; keep one of them"],
    ],
    [
      "raos.yaml: a chart without a version",
      { "raos.yaml": config("chart: {oci: 'oci://x/y'}") },
      ["raos.yaml:4:10 /spec/chart/version: version is missing; add it: Version of the chart"],
    ],
    [
      "raos.yaml: a chart elsewhere",
      { "raos.yaml": config("chart: {path: ../agent}") },
      [
        "raos.yaml:4:17 /spec/chart/path: the path leaves its folder with '..'; write it from the root of the repository, such as prompts/triage.md",
      ],
    ],
    [
      "raos.yaml: an environment twice",
      { "raos.yaml": config("environments: [{name: a}, {name: a}]") },
      ["raos.yaml:4:36 /spec/environments/1/name: a second environment a; use each name only once"],
    ],
    [
      "raos.yaml: a tenant of Prometheus that no header can hold",
      { "raos.yaml": config('prometheus: {url: "http://x", tenant: "acme\\r\\nauthorization: x"}') },
      [
        'raos.yaml:4:41 /spec/prometheus/tenant: "acme\\r\\nauthorization: x" is not text that a header can hold; write the tenant\'s id, such as acme',
      ],
    ],
    [
      "raos.yaml: a tenant of Loki that no header can hold",
      { "raos.yaml": config('loki: {url: "http://x", tenant: "acme\\r\\nauthorization: x"}') },
      [
        'raos.yaml:4:35 /spec/loki/tenant: "acme\\r\\nauthorization: x" is not text that a header can hold; write the tenant\'s id, such as acme',
      ],
    ],
    [
      "raos.yaml: a time zone",
      { "raos.yaml": config("schedule: {timezone: Europe/Berln, windows: [{from: '08:00', to: '08:00'}]}") },
      [
        'raos.yaml:4:24 /spec/schedule/timezone: unknown time zone "Europe/Berln"; write one such as Europe/Berlin',
        "raos.yaml:4:68 /spec/schedule/windows/0/to: the window ends when it starts; write a later time than 08:00",
      ],
    ],
    [
      "a tenant in an unknown environment",
      { "tenants/demo.yaml": tenant("demo", "{environments: [prod, staging]}") },
      ["tenants/demo.yaml:4:23 /spec/environments/0: unknown environment prod; raos.yaml has staging, production"],
    ],
    [
      "a tenant in Kubernetes' namespace",
      { "tenants/demo.yaml": tenant("demo", "{namespace: kube-system}") },
      [
        "tenants/demo.yaml:4:19 /spec/namespace: namespace kube-system belongs to Kubernetes; choose one for the tenant alone",
      ],
    ],
    [
      "a tenant under another name",
      { "tenants/demo.yaml": tenant("dmeo") },
      ["tenants/demo.yaml:3:18 /metadata/name: dmeo is not the file's name; write demo, or rename the file"],
    ],
    [
      "a tenant twice",
      { "tenants/Acme.yaml": tenant("acme") },
      [
        "tenants/Acme.yaml:3:18 /metadata/name: acme is not the file's name; write Acme, or rename the file",
        "tenants/acme.yaml:1:1 : tenants/Acme.yaml already has this name; remove one of the two (names that differ only by case count as one)",
      ],
    ],
    [
      "a template of a template",
      { "templates/t.yaml": template("agent: {template: {ref: t}}") },
      ["templates/t.yaml:5:11 /spec/agent/template: a template cannot use a template; write its fields out here"],
    ],
    [
      "a template with overlays",
      { "templates/t.yaml": template("agent: {environments: {}}") },
      [
        "templates/t.yaml:5:11 /spec/agent/environments: a template has no overlays; write them in the agents that need them",
      ],
    ],
    [
      "a template with an unknown key",
      { "templates/t.yaml": template("agent: {scalling: {min: 1}}") },
      ['templates/t.yaml:5:11 /spec/agent/scalling: unknown key "scalling"; did you mean "scaling"?'],
    ],
    [
      "a template with an undeclared parameter",
      {
        "templates/t.yaml": template(
          "parameters: [{name: lang, type: string}]\nagent: {description: '${lnag} $${x} ${1}'}",
        ),
      },
      [
        "templates/t.yaml:6:24 /spec/agent/description: '${' is no parameter here; write $${ for a plain '${'",
        'templates/t.yaml:6:24 /spec/agent/description: unknown parameter "lnag"; did you mean "lang"?',
      ],
    ],
    [
      "a parameter's default and options",
      { "templates/t.yaml": template("parameters: [{name: n, type: integer, default: x, enum: [1, b]}]\nagent: {}") },
      [
        'templates/t.yaml:5:50 /spec/parameters/0/default: "x" is not an integer, the type of parameter n',
        'templates/t.yaml:5:63 /spec/parameters/0/enum/1: "b" is not an integer, the type of parameter n',
      ],
    ],
    [
      "a parameter twice",
      { "templates/t.yaml": template("parameters: [{name: n, type: integer}, {name: n, type: string}]\nagent: {}") },
      ["templates/t.yaml:5:49 /spec/parameters/1/name: a second parameter n; use each name only once"],
    ],
    [
      "a template's field of the wrong type",
      {
        "templates/t.yaml": template(
          "parameters: [{name: n, type: integer}]\nagent: {scaling: {min: '${n}', max: many}, stage: '${n}'}",
        ),
      },
      ['templates/t.yaml:6:39 /spec/agent/scaling/max: "many" is not a number; write a number'],
    ],
    [
      "a secret anywhere",
      {
        "tenants/demo.yaml": tenant("demo").replace(
          "name: demo",
          `name: demo, annotations: {a: ghp_${"b".repeat(36)}}`,
        ),
      },
      [
        "tenants/demo.yaml:3:41 /metadata/annotations/a: looks like a GitHub token; put it into a Secret and refer to it (valueFrom.secretKeyRef, apiKeySecretRef or secretRef), and replace the secret everywhere it is used",
      ],
    ],
  ])("%s", (_name, files, expected) => expect(problems(files)).toEqual(expected));

  test("a broken raos.yaml is not replaced by its defaults in silence", () => {
    const { usable, problems: found } = read({ "raos.yaml": "a: [" });
    expect(usable).toBe(false);
    expect(found).toHaveLength(1);
    expect(readFleet(snapshotOf({ "raos.yml": CONFIG })).problems.map(line)).toEqual([
      "raos.yml:1:1 : the configuration is read from raos.yaml; rename the file",
    ]);
    expect(readFleet(snapshotOf({ "raos.yml": CONFIG })).usable).toBe(false);
  });

  test("who uses what is broken has a Problem that says so", () => {
    expect(
      problems({
        "agents/demo/hello.yaml": agent("demo/hello", "template: {ref: t}"),
        "templates/t.yaml": "a: [",
        "agents/acme/x.yaml": agent("acme/x"),
        "tenants/acme.yaml": "b: [",
      }).filter((each) => each.startsWith("agents/")),
    ).toEqual([
      "agents/acme/x.yaml:3:32 /metadata/namespace: tenant acme has Problems of its own; fix tenants/acme.yaml first",
      "agents/demo/hello.yaml:9:19 /spec/template/ref: template t has Problems of its own; fix templates/t.yaml first",
    ]);
  });
});
