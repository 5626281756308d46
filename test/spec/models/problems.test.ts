import { expect, test } from "vitest";
import { groupProblems } from "../../../src/spec/problems/group-problems.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { CONFIG, DEMO_TENANT, HELLO, line, snapshotOf } from "../../support/specs/snapshot.ts";

const model = (spec: string, name = "gpt") =>
  `apiVersion: raos.dev/v1alpha1\nkind: Model\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const WITHOUT_MODEL = HELLO.replace(/ {2}model: .*\n/, "");
/** The agent demo/hello without a model of its own, and these lines. */
const agent = (lines: string) => `${WITHOUT_MODEL}  ${lines.replaceAll("\n", "\n  ")}\n`;
const FILES = { "raos.yaml": CONFIG, "tenants/demo.yaml": DEMO_TENANT };

/** The Problems of a repository with these files, as `raos validate` prints them. */
const problems = (files: Readonly<Record<string, string>>) =>
  groupProblems(readFleet(snapshotOf({ ...FILES, ...files })).problems).map(line);

test.each<readonly [what: string, files: Readonly<Record<string, string>>, problems: readonly string[]]>([
  ["a Model that nobody uses", { "models/gpt.yaml": model("{name: gpt-5}") }, []],
  [
    "a Model that lets the tenant in",
    {
      "models/gpt.yaml": model("{name: gpt-5, tenants: [demo]}"),
      "agents/demo/hello.yaml": agent("modelRef: {name: gpt}"),
    },
    [],
  ],
  [
    "a name that is nearly right",
    { "models/gpt.yaml": model("{name: gpt-5}"), "agents/demo/hello.yaml": agent("modelRef: {name: gtp}") },
    ['agents/demo/hello.yaml:8:20 /spec/modelRef/name: unknown Model "gtp"; did you mean "gpt"?'],
  ],
  [
    "no Model at all",
    { "agents/demo/hello.yaml": agent("modelRef: {name: gpt}") },
    ['agents/demo/hello.yaml:8:20 /spec/modelRef/name: unknown Model "gpt"; add models/gpt.yaml'],
  ],
  [
    "an overlay's name",
    {
      "models/gpt.yaml": model("{name: gpt-5}"),
      "agents/demo/hello.yaml": agent(
        "modelRef: {name: gpt}\nenvironments: {staging: {modelRef: {name: claude-haiku}}}",
      ),
    },
    [
      'agents/demo/hello.yaml:9:45 /spec/environments/staging/modelRef/name: unknown Model "claude-haiku"; there are gpt',
    ],
  ],
  [
    "a template's name, in the template",
    {
      "templates/t.yaml":
        "apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec:\n  agent: {modelRef: {name: gpt}}\n",
      "agents/demo/hello.yaml": agent("template: {ref: t}"),
    },
    ['templates/t.yaml:5:28 /spec/agent/modelRef/name: unknown Model "gpt"; add models/gpt.yaml (in demo/hello)'],
  ],
  [
    "a template's name that does not matter",
    {
      "models/own.yaml": model("{name: gpt-5}", "own"),
      "templates/t.yaml":
        "apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec:\n  agent: {modelRef: {name: gpt}}\n",
      "agents/demo/hello.yaml": agent("template: {ref: t}\nmodelRef: {name: own}"),
    },
    [],
  ],
  [
    "a tenant that is not let in",
    {
      "tenants/other.yaml": DEMO_TENANT.replaceAll("demo", "other"),
      "models/gpt.yaml": model("{name: gpt-5, tenants: [other]}"),
      "agents/demo/hello.yaml": agent("modelRef: {name: gpt}"),
    },
    [
      "agents/demo/hello.yaml:8:20 /spec/modelRef/name: Model gpt is not for tenant demo; its owners may add demo to spec.tenants in models/gpt.yaml, or name another Model",
    ],
  ],
  [
    "a Model without a name, which the agent does not give either",
    {
      "models/gpt.yaml": model("{endpoint: https://llm.example.com/v1}"),
      "agents/demo/hello.yaml": agent("modelRef: {name: gpt}"),
    },
    ["agents/demo/hello.yaml:5:3 /spec/model/name: name is missing; add it: Model name, as the provider spells it"],
  ],
  [
    "a broken Model, once, with the agents that wait for it",
    {
      "models/gpt.yaml": model("{name: gpt-5, endpiont: https://llm.example.com/v1}"),
      "agents/demo/hello.yaml": agent("modelRef: {name: gpt}"),
      "agents/demo/other.yaml": agent("modelRef: {name: gpt}").replace("name: hello", "name: other"),
    },
    [
      'models/gpt.yaml:4:21 /spec/endpiont: unknown key "endpiont"; did you mean "endpoint"? (agents/demo/hello.yaml, agents/demo/other.yaml cannot be read until then)',
    ],
  ],
  [
    "a Model that does not suit one of its agents, where that names it",
    {
      "models/gpt.yaml": model("{provider: vertex, region: europe-west4, name: gemini}"),
      "agents/demo/hello.yaml": agent("modelRef: {name: gpt}").replace(
        "runtime: {",
        "runtime: {framework: dapr-agents, ",
      ),
    },
    [
      "agents/demo/hello.yaml:8:20 /spec/modelRef/name: from models/gpt.yaml, /spec/provider: Dapr has no component for vertex; write gemini, or another framework",
    ],
  ],
  [
    "a region that is missing in one environment",
    {
      "models/gpt.yaml": model("{name: gpt-5, environments: {staging: {provider: bedrock, name: haiku}}}"),
      "agents/demo/hello.yaml": agent("modelRef: {name: gpt}"),
    },
    [
      "agents/demo/hello.yaml:8:20 /spec/modelRef/name: from models/gpt.yaml, /spec/provider: provider bedrock needs a region; add model.region (in staging)",
    ],
  ],
])("%s", (_what, files, expected) => {
  expect(problems(files)).toEqual(expected);
});

test.each<readonly [what: string, spec: string, problem: string]>([
  ["an unknown tenant", "{tenants: [dmeo]}", '/spec/tenants/0: unknown tenant dmeo; did you mean "demo"?'],
  ["a tenant twice", "{tenants: [demo, demo]}", "/spec/tenants/1: a second demo; name each only once"],
  ["nobody at all", "{tenants: []}", "/spec/tenants: an empty list is too short; at least 1 entry"],
  ["no list", "{tenants: null}", "/spec/tenants: null is not a list; write a list"],
  [
    "an unknown environment",
    "{environments: {stagign: {name: x}}}",
    '/spec/environments/stagign: unknown environment stagign; did you mean "staging"?',
  ],
  [
    "a region of a provider without regions",
    "{region: eu-central-1}",
    "/spec/region: provider openai has no regions; remove it",
  ],
  [
    "the same in an environment",
    "{provider: bedrock, region: eu-west-1, environments: {staging: {provider: mistral, region: eu-west-1}}}",
    "/spec/environments/staging/region: provider mistral has no regions; remove it",
  ],
  [
    "what only an agent has",
    "{instructions: {inline: x}}",
    '/spec/instructions: unknown key "instructions"; known here: tenants, provider, name, region, endpoint, apiKeySecretRef, fallbacks, maxConcurrency, environments',
  ],
  [
    "another name than its file",
    "{}\nmetadata: {name: other}",
    "/metadata/name: other is not the file's name; write gpt, or rename the file",
  ],
])("a Model with %s", (_what, spec, expected) => {
  const text = spec.includes("metadata") ? model(spec).replace("metadata: {name: gpt}\n", "") : model(spec);
  expect(
    problems({ "models/gpt.yaml": text }).map((found) => found.replace(/^models\/gpt\.yaml:\d+:\d+ /, "")),
  ).toEqual([expected]);
});

test("a key instead of its reference is a Problem that does not repeat it", () => {
  const key = `sk-proj-${"Zx81kq".repeat(8)}`;
  const found = problems({ "models/gpt.yaml": model(`{apiKeySecretRef: ${key}}`) }).join();
  expect(found).toContain("models/gpt.yaml:4:25 /spec/apiKeySecretRef");
  expect(found).not.toContain(key);
});
