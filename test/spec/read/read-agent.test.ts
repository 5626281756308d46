import { describe, expect, test } from "vitest";
import type { Agent } from "../../../src/domain/fleet.ts";
import { blobOid } from "../../../src/domain/values/object-id.ts";
import { readAgent } from "../../../src/spec/read/read-agent.ts";
import { readShared } from "../../../src/spec/read/read-shared.ts";
import { CONFIG, DEMO_TENANT, HELLO, line, snapshotOf } from "../../support/specs/snapshot.ts";

const TEMPLATE = `apiVersion: raos.dev/v1alpha1
kind: AgentTemplate
metadata: {name: support}
spec:
  parameters:
    - {name: lang, type: string, default: en, enum: [en, de], description: Answer language}
    - {name: replicas, type: integer}
  agent:
    description: Answers in \${lang}
    stage: medium
    instructions: {inline: "Answer in \${lang}; a price is written $\${amount}."}
    model: {name: gpt-5-mini}
    scaling: {max: "\${replicas}"}
`;

const { shared } = readShared(
  snapshotOf({
    "raos.yaml": CONFIG,
    "tenants/demo.yaml": DEMO_TENANT,
    "tenants/acme.yaml": DEMO_TENANT.replace("demo}", "acme}").replace("demo-agents", "acme-agents"),
    "templates/support.yaml": TEMPLATE,
  }),
);
const PATH = "agents/demo/hello.yaml";

function read(text: string, prompts: Readonly<Record<string, string | Uint8Array>> = {}, path = PATH) {
  return readAgent(path, blobOid(text), Buffer.from(text), shared, (file) =>
    prompts[file] === undefined ? undefined : Buffer.from(prompts[file]),
  );
}

/** HELLO with lines added to its spec. */
const hello = (spec: string) => HELLO + spec.replace(/^(?=.)/gm, "  ");
const problems = (text: string, prompts: Readonly<Record<string, string | Uint8Array>> = {}) =>
  read(text, prompts)
    .problems.map(line)
    .map((each) => each.replace(`${PATH}:`, ""));

describe("a mistake in one field", () => {
  const cases: readonly [string, string, string][] = [
    ["an unknown key", "scalling: {min: 1}", '9:3 /spec/scalling: unknown key "scalling"; did you mean "scaling"?'],
    [
      "an unknown key that resembles none",
      "scaling: {colour: 1}",
      '9:13 /spec/scaling/colour: unknown key "colour"; known here: min, max, hpa, keda',
    ],
    [
      "a wrong enum value",
      "stage: plannet",
      '9:10 /spec/stage: "plannet" is none of local, prototype, medium, planet; did you mean "planet"?',
    ],
    [
      "a quantity",
      "dapr: {sidecar: {memoryLimit: 2Gx}}",
      '9:33 /spec/dapr/sidecar/memoryLimit: "2Gx" is not a quantity; write 2Gi',
    ],
    [
      "a quantity in bytes of the trade",
      "dapr: {sidecar: {memoryLimit: 512 MB}}",
      '9:33 /spec/dapr/sidecar/memoryLimit: "512 MB" is not a quantity; write 512Mi',
    ],
    [
      "a quantity that is none at all",
      "dapr: {sidecar: {cpuLimit: half}}",
      '9:30 /spec/dapr/sidecar/cpuLimit: "half" is not a quantity; write 500m, 2 or 512Mi',
    ],
    ["a number in quotes", 'scaling: {min: "2"}', '9:18 /spec/scaling/min: "2" is a string; write 2 without quotes'],
    ["a number out of bounds", "scaling: {max: 0}", "9:18 /spec/scaling/max: 0 is too small; at least 1"],
    ["a fraction", "scaling: {max: 1.5}", "9:18 /spec/scaling/max: 1.5 is not a whole number; write a whole number"],
    ["yes for true", "a2a: {enabled: yes}", '9:18 /spec/a2a/enabled: "yes" is not a boolean; write true'],
    [
      "a version that YAML reads as a number",
      "version: 1.0",
      "9:12 /spec/version: 1 is not a string; put it in quotes",
    ],
    ["a version", "version: v1", '9:12 /spec/version: "v1" is not a semantic version; write 1.2.0'],
    ["a mapping for a list", "tools: {mcp: {name: x}}", "9:10 /spec/tools: a mapping is not a list; write a list"],
    [
      "a duration",
      "dapr: {resiliency: {timeout: 30}}",
      "9:32 /spec/dapr/resiliency/timeout: 30 is no duration without a unit; write 30s",
    ],
    [
      "a duration without a unit",
      'dapr: {resiliency: {timeout: "30"}}',
      '9:32 /spec/dapr/resiliency/timeout: "30" is not a duration; write 30s, 5m or 1h',
    ],
    [
      "a tool that is none",
      "tools: [{agnt: {name: x}}]",
      '9:12 /spec/tools/0/agnt: unknown key "agnt"; did you mean "agent"?',
    ],
    ["an empty tool", "tools: [{}]", "9:11 /spec/tools/0: an empty mapping; write one of mcp, agent"],
    [
      "two tools in one",
      "tools: [{mcp: {name: x, stdio: {command: y}}, agent: {name: x}}]",
      "9:11 /spec/tools/0: mcp and agent exclude each other; keep one of them",
    ],
    [
      "a field of a tool",
      "tools: [{mcp: {nam: x, stdio: {command: y}}}]",
      '9:18 /spec/tools/0/mcp/nam: unknown key "nam"; did you mean "name"?',
    ],
    [
      "a URL with a password",
      "tools: [{mcp: {name: x, sse: {url: 'https://u:pw@h/'}}}]",
      "9:38 /spec/tools/0/mcp/sse/url: a text that looks like a secret is not an http(s) URL without credentials",
    ],
    [
      "a secret where a reference belongs",
      "dapr: {state: {type: state.redis, secretRef: hunter2_ABC}}",
      "9:48 /spec/dapr/state/secretRef: this value is not a DNS label: lower-case letters, digits and '-', at most 63",
    ],
    [
      "a label",
      "labels: {team: a b}",
      "9:18 /spec/labels/team: \"a b\" is not a label's value: letters, digits, '-', '_' and '.'",
    ],
    [
      "a label's name",
      "labels: {a b: x}",
      '9:12 /spec/labels/a b: "a b" is not a label\'s name, such as team or example.com/team',
    ],
    [
      "a pointer outside the spec",
      "supervision: {allowedPaths: [/metadata/name]}",
      '9:32 /spec/supervision/allowedPaths/0: "/metadata/name" is not a pointer below /spec, such as /spec/scaling',
    ],
    [
      "an invisible character",
      'version: "1.0\\u202e"',
      '9:12 /spec/version: "1.0\\u202e" is not a semantic version; write 1.2.0',
    ],
  ];
  test.each(cases)("%s", (_name, spec, expected) => expect(problems(hello(spec))[0]).toBe(expected));

  test("several at once, in the order of the file", () => {
    expect(problems(hello("stage: x").replace("kind: Agent", "kind: Agnt"))).toEqual([
      '2:7 /kind: "Agnt" is not "Agent"; write Agent',
      '9:10 /spec/stage: "x" is none of local, prototype, medium, planet; write one of them',
    ]);
  });
});

describe("what is missing", () => {
  test.each([
    [
      "description",
      HELLO.replace("  description: Says hello\n", ""),
      "5:3 /spec/description: description is missing; add it: What the agent does; shown on its A2A card",
    ],
    [
      "instructions",
      HELLO.replace("  instructions: {inline: Greet the user.}\n", ""),
      "5:3 /spec/instructions: instructions is missing; add it: The agent's system prompt: inline or file",
    ],
    [
      "both kinds of instructions",
      HELLO.replace("inline: Greet the user.", ""),
      "7:17 /spec/instructions: instructions are empty; write inline or file",
    ],
    [
      "the model's name",
      HELLO.replace("name: gpt-5-mini, ", ""),
      "8:10 /spec/model/name: name is missing; add it: Model name, as the provider spells it",
    ],
    [
      "metadata",
      HELLO.replace("metadata: {name: hello, namespace: demo}\n", ""),
      "1:1 /metadata: metadata is missing; add it: Who this is",
    ],
    ["everything", "{}\n", "1:1 /apiVersion: apiVersion is missing; add it: Always raos.dev/v1alpha1"],
    [
      "what a null took away",
      hello("environments: {production: {model: {name: null}}}"),
      "8:17 /spec/model/name: name is missing; add it: Model name, as the provider spells it",
    ],
  ])("%s", (_name, text, expected) => expect(problems(text)[0]).toBe(expected));
});

describe("what does not fit together", () => {
  const cases: readonly [string, string, readonly string[]][] = [
    [
      "min above max",
      "scaling: {min: 5, max: 3}",
      ["9:18 /spec/scaling/min: min 5 is more than max 3; lower min, or raise max"],
    ],
    [
      "an overlay's min above the agent's max",
      "scaling: {max: 3, hpa: {cpu: 70}}\nenvironments: {production: {scaling: {min: 5}}}",
      ["10:46 /spec/environments/production/scaling/min: min 5 is more than max 3; lower min, or raise max"],
    ],
    [
      "the agent's min above an overlay's max",
      "scaling: {min: 4}\nenvironments: {production: {scaling: {max: 3}}}",
      ["9:18 /spec/scaling/min: min 4 is more than max 3; lower min, or raise max (in production)"],
    ],
    [
      "hpa and keda",
      "scaling: {hpa: {cpu: 70}, keda: {query: up, threshold: 1}}",
      ["9:35 /spec/scaling/keda: both hpa and keda; keep one of the two"],
    ],
    ["hpa without a target", "scaling: {hpa: {}}", ["9:18 /spec/scaling/hpa: hpa has no target; add cpu or memory"]],
    [
      "hpa to zero",
      "scaling: {min: 0, hpa: {cpu: 70}}",
      ["9:18 /spec/scaling/min: a HorizontalPodAutoscaler cannot scale to 0; write 1, or use keda"],
    ],
    [
      "a percentage of no request",
      "scaling: {hpa: {memory: 70}}\nenvironments: {staging: {runtime: {resources: null}}}",
      [
        "9:27 /spec/scaling/hpa/memory: hpa.memory is a percentage of a request, and there is no request; add runtime.resources.requests.memory (in staging)",
      ],
    ],
    [
      "keda without anything",
      "scaling: {keda: {}}",
      ["9:19 /spec/scaling/keda: keda has nothing to scale on; add query and threshold, or kafkaLag"],
    ],
    [
      "a query without a threshold",
      "scaling: {keda: {query: up}}",
      ["9:19 /spec/scaling/keda: query without threshold; add the value that one replica should handle"],
    ],
    [
      "query and lag",
      "scaling: {keda: {query: up, threshold: 1, kafkaLag: 5}}",
      ["9:19 /spec/scaling/keda: both a query and kafkaLag; keep one of the two"],
    ],
    [
      "lag without Kafka",
      "scaling: {keda: {kafkaLag: 5}}",
      [
        "9:30 /spec/scaling/keda/kafkaLag: kafkaLag needs dapr.pubsub of type pubsub.kafka and dapr.subscriptions; add them, or use query and threshold",
      ],
    ],
    [
      "no transport",
      "tools: [{mcp: {name: x}}]",
      ["9:17 /spec/tools/0/mcp: no transport; write exactly one of streamableHTTP, sse and stdio"],
    ],
    [
      "two transports",
      "tools: [{mcp: {name: x, stdio: {command: y}, sse: {url: 'http://h/'}}}]",
      ["9:17 /spec/tools/0/mcp: more than one transport; write exactly one of streamableHTTP, sse and stdio"],
    ],
    [
      "a server twice",
      "tools: [{mcp: {name: x, stdio: {command: y}}}, {mcp: {name: x, stdio: {command: y}}}]",
      ["9:50 /spec/tools/1: a second MCP server x; name each only once"],
    ],
    [
      "a topic twice, and its own dead letter",
      "dapr: {subscriptions: [{topic: t, route: /a, deadLetter: t}, {topic: t, route: /b}]}",
      [
        "9:60 /spec/dapr/subscriptions/0/deadLetter: t would be its own dead letter; write another topic",
        "9:72 /spec/dapr/subscriptions/1/topic: a second subscription to t; name each only once",
      ],
    ],
    [
      "subscriptions without Dapr",
      "dapr: {enabled: false, subscriptions: [{topic: t, route: /a}]}",
      ["9:41 /spec/dapr/subscriptions: subscriptions need Dapr; write dapr.enabled: true, or remove them"],
    ],
    [
      "a store of the wrong kind",
      "dapr: {state: {type: pubsub.redis}}",
      ['9:24 /spec/dapr/state/type: "pubsub.redis" is not a state component; write state.redis or another one'],
    ],
    [
      "a store nobody can find",
      "dapr: {state: {type: state.postgresql}}",
      ["9:17 /spec/dapr/state: nothing says where state.postgresql is; add secretRef, host or metadata"],
    ],
    [
      "a skill twice",
      "a2a: {skills: [{id: a, name: A, description: d, tags: [t]}, {id: a, name: B, description: d, tags: [t]}]}",
      ["9:68 /spec/a2a/skills/1/id: a second skill a; name each only once"],
    ],
    [
      "a caller by its tenant",
      "access: {callers: [{appId: x, namespace: acme}]}",
      ["9:44 /spec/access/callers/0/namespace: acme is a tenant, whose namespace is acme-agents; write acme-agents"],
    ],
    [
      "a caller twice",
      "access: {callers: [{appId: x, namespace: y}, {appId: x, namespace: y}]}",
      ["9:48 /spec/access/callers/1: a second caller y/x; name each only once"],
    ],
    [
      "a network that is none",
      "networking: {egress: [{cidr: 10.0.0.300/8}, {cidr: 10.0.0.0/33}]}",
      [
        '9:32 /spec/networking/egress/0/cidr: "10.0.0.300/8" is not a CIDR block; write 10.0.0.0/8',
        '9:54 /spec/networking/egress/1/cidr: "10.0.0.0/33" is not a CIDR block; write 10.0.0.0/8',
      ],
    ],
    [
      "a path the bot may not be given",
      "supervision: {allowedPaths: [/spec/supervision/autoMerge, /spec/access]}",
      [
        "9:32 /spec/supervision/allowedPaths/0: only people may change /spec/supervision/autoMerge; remove it",
        "9:61 /spec/supervision/allowedPaths/1: only people may change /spec/access; remove it",
      ],
    ],
    [
      "a path that leads nowhere",
      "supervision: {allowedPaths: [/spec/runtime/resorces, /spec/scaling/min, /spec/tools/0/mcp/allow]}",
      ['9:32 /spec/supervision/allowedPaths/0: no field "resorces" in /spec/runtime; did you mean "resources"?'],
    ],
    [
      "a label of Helm's",
      "labels: {app.kubernetes.io/name: x}",
      [
        "9:12 /spec/labels/app.kubernetes.io~1name: label app.kubernetes.io/name is set or read by RAOS, Helm or Dapr, so a spec may not set it; remove it, or choose another name",
      ],
    ],
    [
      "an endpoint that nobody knows",
      "environments: {staging: {model: {provider: custom}}}",
      [
        "9:46 /spec/environments/staging/model/provider: provider custom has no endpoint of its own; add model.endpoint",
      ],
    ],
    [
      "an environment that is none",
      "environments: {prodution: {scaling: {min: 1}}}",
      ['9:18 /spec/environments/prodution: unknown environment prodution; did you mean "production"?'],
    ],
    [
      "a template in an overlay",
      "environments: {production: {template: {ref: support}}}",
      [
        "9:31 /spec/environments/production/template: an overlay cannot change the template; write the fields themselves",
      ],
    ],
  ];
  test.each(cases)("%s", (_name, spec, expected) => expect(problems(hello(spec))).toEqual(expected));

  test("in the container", () => {
    const runtime = (fields: string) =>
      HELLO.replace('runtime: {image: "ghcr.io/acme/hello:1.0.0"}', `runtime: {${fields}}`);
    expect(
      problems(runtime("resources: {requests: {cpu: 2, memory: 1Gi}, limits: {cpu: 1500m, memory: 512Mi}}")),
    ).toEqual([
      "6:41 /spec/runtime/resources/requests/cpu: request 2 is more than limit 1500m; lower the request, or raise the limit",
      "6:52 /spec/runtime/resources/requests/memory: request 1Gi is more than limit 512Mi; lower the request, or raise the limit",
    ]);
    expect(problems(runtime("storage: {size: 1Gi, mountPath: /data}"))).toEqual([
      "6:22 /spec/runtime/storage: storage needs a StatefulSet; write runtime.workload: StatefulSet",
    ]);
    expect(
      problems(runtime("env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}, {name: A}]")),
    ).toEqual([
      "6:19 /spec/runtime/env/0: A has both value and valueFrom; keep one of the two",
      "6:98 /spec/runtime/env/1/name: a second variable A; name each only once",
    ]);
    expect(problems(runtime("image: 'Acme/Hello'"))).toEqual([
      '6:20 /spec/runtime/image: "Acme/Hello" is not an image reference; write registry/name:tag or registry/name@sha256:<64 hex digits>',
    ]);
  });
});

describe("prompt files", () => {
  const file = (path: string) => HELLO.replace("inline: Greet the user.", `file: ${JSON.stringify(path)}`);
  test("are read with LF line ends", () => {
    const { agent } = read(file("prompts/hello.md"), { "prompts/hello.md": "\ufeffHello\r\nthere\r\n" });
    expect(agent?.environments.get("staging")?.prompt).toBe("Hello\nthere\n");
    expect(agent?.facts.prompts).toEqual(["prompts/hello.md"]);
  });
  const plain = "write it from the root of the repository, such as prompts/triage.md";
  test.each<readonly [string, string | Uint8Array | undefined, string]>([
    [
      "prompts/none.md",
      undefined,
      "no file prompts/none.md in this repository; add it, or correct the path (from the root; no symbolic link)",
    ],
    ["../secrets", "x", `the path leaves its folder with '..'; ${plain}`],
    ["prompts/../../x", "x", `the path leaves its folder with '..'; ${plain}`],
    ["/etc/passwd", "x", `an absolute path; ${plain}`],
    ["C:\\x", "x", `an absolute path; ${plain}`],
    ["prompts\\x", "x", "a backslash in the path; write /"],
    ["./x", "x", `not a plain path; ${plain}`],
    [".git/config", "x", `not a plain path; ${plain}`],
    ["prompts/x", "  \n", "prompts/x is empty; write the prompt"],
    ["prompts/x", Buffer.from([0x61, 0xff]), "prompts/x:1:2 not UTF-8; save the prompt in UTF-8"],
    [
      "prompts/x",
      Buffer.alloc(256 * 1024 + 1, "x"),
      "prompts/x:1:1 257 KiB is too large for a prompt; at most 256 KiB",
    ],
    [
      "prompts/x",
      `use ghp_${"a".repeat(36)}`,
      "the prompt holds what looks like a GitHub token; remove it, and replace the secret everywhere it is used",
    ],
  ])("%s", (path, content, message) => {
    expect(problems(file(path), content === undefined ? {} : { [path]: content })).toEqual([
      `7:24 /spec/instructions/file: ${message}`,
    ]);
  });
});

describe("where the file lies", () => {
  const elsewhere = (path: string) => read(HELLO, {}, path).problems.map(line);
  test("agrees with what it says", () => {
    expect(elsewhere("agents/demo/other.yaml")).toEqual([
      "agents/demo/other.yaml:3:18 /metadata/name: hello is not the file's name; write other, or rename the file",
    ]);
    expect(elsewhere("agents/acme/hello.yaml")).toEqual([
      "agents/acme/hello.yaml:3:36 /metadata/namespace: demo is not the file's folder; write acme, or move the file",
    ]);
    expect(elsewhere("agents/hello.yaml")).toEqual([
      "agents/hello.yaml:1:1 : not the path of an agent; move the file to agents/<tenant>/<name>.yaml",
    ]);
    expect(elsewhere("agents/demo/deep/hello.yaml")).toEqual([
      "agents/demo/deep/hello.yaml:1:1 : not the path of an agent; move the file to agents/<tenant>/<name>.yaml",
    ]);
    expect(read(HELLO, {}, "agents/demo/hello.yml").problems).toEqual([]);
    expect(
      read(
        JSON.stringify({
          ...{ apiVersion: "raos.dev/v1alpha1", kind: "Agent" },
          metadata: { name: "hello", namespace: "demo" },
          spec: { description: "d", instructions: { inline: "i" }, model: { name: "m" } },
        }),
        {},
        "agents/demo/hello.json",
      ).problems,
    ).toEqual([]);
  });
  test("is a tenant's folder", () => {
    const text = HELLO.replace("namespace: demo", "namespace: deno");
    expect(read(text, {}, "agents/deno/hello.yaml").problems.map(line)).toEqual([
      'agents/deno/hello.yaml:3:36 /metadata/namespace: unknown tenant deno; did you mean "demo"?',
    ]);
  });
});

describe("templates", () => {
  const from = (template: string, more = "") =>
    `apiVersion: raos.dev/v1alpha1\nkind: Agent\nmetadata: {name: hello, namespace: demo}\nspec:\n  template: ${template}\n${more}`;
  const spec = (agent: Agent | undefined) => agent?.environments.get("production")?.spec;
  test("fill in parameters with their types; the agent's own fields win", () => {
    const { agent, problems: none } = read(
      from("{ref: support, parameters: {lang: de, replicas: 4}}", "  description: Mine\n  scaling: {min: 1}\n"),
    );
    expect(none).toEqual([]);
    expect(spec(agent)).toMatchObject({
      description: "Mine",
      stage: "medium",
      scaling: { min: 1, max: 4 },
      instructions: { inline: "Answer in de; a price is written ${amount}." },
    });
    expect(agent?.facts.template).toBe("support");
  });
  test.each([
    ["{ref: suport}", '5:19 /spec/template/ref: unknown template "suport"; did you mean "support"?'],
    ["{parameters: {}}", "5:13 /spec/template/ref: ref is missing; add the name of an AgentTemplate"],
    ["{ref: support}", "5:13 /spec/template/parameters: parameter replicas is missing; add it under parameters"],
    [
      "{ref: support, parameters: {replicas: 1, lnag: de}}",
      '5:60 /spec/template/parameters/lnag: unknown parameter "lnag"; did you mean "lang"?',
    ],
    [
      "{ref: support, parameters: {replicas: '1'}}",
      '5:51 /spec/template/parameters/replicas: "1" is not an integer, the type of parameter replicas',
    ],
    [
      "{ref: support, parameters: {replicas: 1.5}}",
      "5:51 /spec/template/parameters/replicas: 1.5 is not an integer, the type of parameter replicas",
    ],
    [
      "{ref: support, parameters: {replicas: 1, lang: dee}}",
      '5:60 /spec/template/parameters/lang: "dee" is none of en, de; did you mean "de"?',
    ],
    [
      "{ref: support, parameters: {replicas: 0}}",
      "5:51 /spec/template/parameters/replicas: from template support, /spec/scaling/max: 0 is too small; at least 1",
    ],
    [
      "{ref: support, parameters: {replicas: 2}}\n  scaling: {min: 3}",
      "6:18 /spec/scaling/min: min 3 is more than max 2; lower min, or raise max",
    ],
  ])("%s", (template, expected) => expect(problems(from(template))).toEqual([expected]));
  test("a parameter's text is not searched again, and may hold anything", () => {
    const text = TEMPLATE.replace(", enum: [en, de]", "");
    const around = readShared(
      snapshotOf({ "raos.yaml": CONFIG, "tenants/demo.yaml": DEMO_TENANT, "templates/support.yaml": text }),
    );
    const { agent } = readAgent(
      PATH,
      "",
      Buffer.from(from("{ref: support, parameters: {replicas: 1, lang: '${replicas} $& {{x}}'}}")),
      around.shared,
      () => undefined,
    );
    expect(spec(agent)?.description).toBe("Answers in ${replicas} $& {{x}}");
  });
});

test("facts are what the fleet needs to know, and no more", () => {
  const { agent } = read(
    hello(
      "tools: [{agent: {name: b}}, {agent: {name: a, namespace: acme}}]\nenvironments: {production: {tools: [{agent: {name: c}}]}}",
    ),
  );
  expect(agent?.facts).toEqual({
    key: "demo/hello",
    path: PATH,
    oid: agent?.facts.oid,
    namespace: "demo-agents",
    environments: ["staging", "production"],
    template: undefined,
    models: [],
    prompts: [],
    calls: ["acme/a", "demo/b", "demo/c"],
    callsAcross: [{ callee: "acme/a", environments: ["staging"] }],
    admits: [],
  });
});

test("values whose conversion to text would throw are no more than wrong", () => {
  expect(
    problems(
      hello(
        'stage: [{"toString": ""}]\nscaling: {min: {"valueOf": 1, "toString": 2}}\ndapr: {sidecar: {cpuLimit: [{"toString": 1}]}}',
      ),
    ),
  ).toEqual([
    "9:10 /spec/stage: a list is none of local, prototype, medium, planet; write one of them",
    "10:18 /spec/scaling/min: a mapping is not a number; write a number",
    "11:30 /spec/dapr/sidecar/cpuLimit: a list does not fit; write a string or a number",
  ]);
});
