import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAgent } from "../../../src/spec/read/read-agent.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { readShared } from "../../../src/spec/read/read-shared.ts";
import { CONFIG, DEMO_TENANT, HELLO, snapshotOf } from "../../support/specs/snapshot.ts";

const FULL = `# yaml-language-server: $schema=x
apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: hello, namespace: demo, labels: {team: a}}
spec:
  description: Says hello
  version: 1.2.0
  stage: medium
  template: {ref: t, parameters: {n: 3}}
  runtime:
    image: ghcr.io/acme/hello:1.0.0
    env:
      - {name: A, value: b}
      - name: B
        valueFrom: {secretKeyRef: {name: s, key: k}}
    resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 512Mi}}
  instructions:
    inline: |
      Greet the user.
      Be kind.
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
  tools:
    - mcp: {name: tickets, streamableHTTP: {url: "http://tickets/mcp"}}
  dapr: {state: {type: state.redis}, subscriptions: [{topic: t, route: /t}]}
  scaling: {min: 1, max: 10, hpa: {cpu: 70}}
  supervision: {allowedPaths: [/spec/scaling]}
  environments:
    production: {scaling: {min: 3}}
`;
const TEMPLATE =
  "apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec:\n  parameters: [{name: n, type: integer}]\n  agent: {scaling: {max: '${n}'}}\n";
const PATH = "agents/demo/hello.yaml";
const { shared, problems: sharedProblems } = readShared(
  snapshotOf({ "raos.yaml": CONFIG, "tenants/demo.yaml": DEMO_TENANT, "templates/t.yaml": TEMPLATE }),
);
const read = (bytes: Uint8Array) => readAgent(PATH, "", bytes, shared, () => undefined);

/** An agent or Problems, never both nor neither; each Problem with a place within the file, and on one line. */
function expectAnswer(bytes: Uint8Array): boolean {
  const { agent, problems } = read(bytes);
  expect(agent === undefined).toBe(problems.length > 0);
  const lines = Buffer.from(bytes)
    .toString("utf8")
    .split(/\r\n|\n|\r/).length;
  for (const problem of problems) {
    expect(problem.file).toBe(PATH);
    expect(problem.line).toBeGreaterThan(0);
    expect(problem.line).toBeLessThanOrEqual(lines);
    expect(problem.column).toBeGreaterThan(0);
    expect(problem.pointer).toMatch(/^(\/|$)/);
    expect(problem.message.length).toBeGreaterThan(5);
    expect(problem.message.length).toBeLessThan(1200);
  }
  return agent !== undefined;
}

test("the specs that the cases below are made from are whole", () => {
  expect(sharedProblems).toEqual([]);
  expect(read(Buffer.from(FULL)).problems).toEqual([]);
  expect(read(Buffer.from(HELLO)).problems).toEqual([]);
});

describe("whatever a file holds, it ends in an agent or in Problems", () => {
  const token = fc.constantFrom(
    "",
    " ",
    "\n",
    "\t",
    "null",
    "~",
    "{}",
    "[]",
    "1",
    "-1",
    "1e9",
    "true",
    "''",
    '"',
    "'",
    "x",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "<<: ",
    "__proto__: ",
    "constructor: ",
    "|",
    ">",
    "#",
    "%",
    "\\",
    "${n}",
    "${",
    "${x}",
    "\ufeff",
    "\u202e",
    "\0",
    "../../x",
    "/etc/passwd",
    "a".repeat(300),
    "é",
    "🎈",
    "\ud83d",
    "---\n",
    "...\n",
    "\r",
  );
  const words = FULL.split(/(?<=[\s{}[\],:])|(?=[\s{}[\],:])/);

  test("a word of a spec replaced", () => {
    let agents = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(words.length - 1), token), { minLength: 1, maxLength: 3 }), (changes) => {
        const made = [...words];
        for (const [at, by] of changes) made[at] = by;
        if (expectAnswer(Buffer.from(made.join("")))) agents += 1;
      }),
      { numRuns: 2500 },
    );
    expect(agents).toBeGreaterThan(20);
  });

  test("lines of a spec repeated, swapped, indented or gone", () => {
    const lines = FULL.split("\n");
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.nat(lines.length - 1),
            fc.nat(lines.length - 1),
            fc.constantFrom("copy", "swap", "indent", "outdent", "drop"),
          ),
          { minLength: 1, maxLength: 4 },
        ),
        (changes) => {
          const made = [...lines];
          for (const [a, b, how] of changes) {
            const [x = "", y = ""] = [made[a], made[b]];
            if (how === "copy") made.splice(b, 0, x);
            else if (how === "swap") [made[a], made[b]] = [y, x];
            else if (how === "indent") made[a] = `  ${x}`;
            else if (how === "outdent") made[a] = x.replace(/^ {1,2}/, "");
            else made.splice(a, 1);
          }
          expectAnswer(Buffer.from(made.join("\n")));
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("bytes of a spec changed, or any bytes", () => {
    const whole = Buffer.from(FULL);
    const mutated = fc
      .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, by] of changes) bytes[at] = by;
        return bytes;
      });
    const cut = fc.nat(whole.length).map((length) => whole.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(mutated, cut, fc.uint8Array({ maxLength: 200 })), (bytes) => void expectAnswer(bytes)),
      { numRuns: 1500 },
    );
  });

  test("any JSON value for any field", () => {
    const spec: Record<string, unknown> = {};
    const field = fc.constantFrom(
      "description",
      "version",
      "stage",
      "template",
      "runtime",
      "instructions",
      "model",
      "tools",
      "dapr",
      "a2a",
      "access",
      "scaling",
      "networking",
      "observability",
      "supervision",
      "labels",
      "environments",
    );
    fc.assert(
      fc.property(fc.dictionary(field, fc.jsonValue(), { maxKeys: 4, noNullPrototype: true }), (fields) => {
        const value = {
          apiVersion: "raos.dev/v1alpha1",
          kind: "Agent",
          metadata: { name: "hello", namespace: "demo" },
          spec: { ...spec, description: "d", model: { name: "m" }, instructions: { inline: "i" }, ...fields },
        };
        const text = JSON.stringify(value);
        fc.pre(!text.includes("__proto__"));
        expectAnswer(Buffer.from(text));
      }),
      { numRuns: 1000 },
    );
  });
});

test("any files in any places end in a fleet and Problems", () => {
  const name = fc.constantFrom(
    "agents/demo/hello.yaml",
    "agents/demo/hello.json",
    "agents/demo/HELLO.yml",
    "agents/x.yaml",
    "agents/demo/a/b.yaml",
    "agents/../x.yaml",
    "tenants/demo.yaml",
    "tenants/Demo.yml",
    "templates/t.yaml",
    "templates/t.json",
    "raos.yaml",
    "raos.yml",
    "prompts/x.md",
    "agents/demo/",
    "tenants/a\nb.yaml",
    "agents/constructor/__proto__.yaml",
  );
  const content = fc.oneof(
    fc.constantFrom(HELLO, FULL, CONFIG, DEMO_TENANT, TEMPLATE, "", "[]", "null", "a: ["),
    fc.string({ maxLength: 30 }),
  );
  fc.assert(
    fc.property(fc.dictionary(name, content, { maxKeys: 6, noNullPrototype: true }), (files) => {
      const { agents, problems, usable } = readFleet(snapshotOf(files));
      for (const problem of problems) expect(Object.keys(files)).toContain(problem.file);
      for (const agent of agents.values())
        expect(problems.filter((problem) => problem.file === agent.path)).toEqual([]);
      if (files["raos.yaml"] !== undefined && files["raos.yaml"] !== CONFIG) expect(usable).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("reading is deterministic, and does not depend on the order of keys", () => {
  const first = read(Buffer.from(FULL)).agent;
  expect(read(Buffer.from(FULL)).agent).toEqual(first);
  const lines = FULL.split("\n");
  const moved = [...lines.slice(0, 5), lines[6], lines[5], ...lines.slice(7)].join("\n");
  expect(read(Buffer.from(moved)).agent?.environments).toEqual(first?.environments);
});
