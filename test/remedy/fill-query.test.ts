import { parser } from "@prometheus-io/lezer-promql";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planExpression, variable } from "../../src/domain/expression/expression.ts";
import { fillQuery, type QueryNames, templateProblem } from "../../src/remedy/fill-query.ts";

const agent = { name: "triage", namespace: "support-agents", tenant: "support", environment: "production" };
const fill = (template: string, labels: QueryNames["labels"] = {}) => fillQuery(template, { agent, labels });

describe("a query filled in", () => {
  test.each([
    ['up{namespace="{{agent.namespace}}"}', {}, 'up{namespace="support-agents"}'],
    ["up{namespace='{{ agent.namespace }}'}", {}, "up{namespace='support-agents'}"],
    ['up{a="{{agent.tenant}}/{{agent.name}} in {{agent.environment}}"}', {}, 'up{a="support/triage in production"}'],
    ['up{pod="{{alert.labels.pod}}"}', { pod: "a.b" }, 'up{pod="a.b"}'],
    ['up{pod=~"{{alert.labels.pod}}-.*"}', { pod: "a.b" }, 'up{pod=~"a\\\\.b-.*"}'],
    ['up{pod!~"{{alert.labels.pod}}"}', { pod: "a|b" }, 'up{pod!~"a\\\\|b"}'],
    ['{app="x"} |= "{{alert.labels.k8s_id2}}"', { k8s_id2: "(1)" }, '{app="x"} |= "(1)"'],
    ['{app="x"} |~ "{{alert.labels.id}}"', { id: "(1)" }, '{app="x"} |~ "\\\\(1\\\\)"'],
    ['up{a="{{alert.labels.a}}"}', { a: 'x"} or vector(1) #' }, 'up{a="x\\"} or vector(1) #"}'],
    ["up{a='{{alert.labels.a}}'}", { a: "x'} or vector(1) #" }, "up{a='x\\u0027} or vector(1) #'}"],
    ['up{a="{{alert.labels.a}}"}', { a: "back\\slash\n\u0085" }, 'up{a="back\\\\slash\\u000a\\u0085"}'],
    ['up{a="{{alert.labels.a}}"}', { a: "{{agent.name}} $& $1" }, 'up{a="{{agent.name}} $& $1"}'],
    ['up{a=~"x{1,10}-{{agent.name}}"}', {}, 'up{a=~"x{1,10}-triage"}'],
  ])("%s with %j", (template, labels, expected) => {
    expect(fill(template, labels)).toBe(expected);
  });

  test.each(["pod", "__proto__", "constructor", "toString"])("a label %s that the alert lacks is a problem", (name) => {
    expect(fill(`up{a="{{alert.labels.${name}}}"}`)).toEqual({ problem: `the alert has no {{alert.labels.${name}}}` });
  });

  test("a label called __proto__ is a label", () => {
    const labels: Record<string, string> = JSON.parse('{"__proto__": "x"}');
    expect(fill('up{a="{{alert.labels.__proto__}}"}', labels)).toBe('up{a="x"}');
  });
});

describe("a placeholder that cannot be filled in safely", () => {
  test.each([
    ["outside of quotes", "rate({{agent.name}}[5m])", "is outside of quotes"],
    ["in a raw string", "up{a=`{{agent.name}}`}", "is in a raw string"],
    ["in a comment with an apostrophe", "up # it's {{agent.name}}", "is outside of quotes"],
    ["between two comments with apostrophes", "# it's\nup{{agent.name}} # it's", "is outside of quotes"],
    ["after an escaped quote", 'up{a="x\\""} {{agent.name}}', "is outside of quotes"],
    [
      "in an argument that may be a pattern",
      'label_replace(up, "a", "$1", "b", "{{agent.name}}(.*)")',
      "is not compared with anything",
    ],
    ["in a template of Loki's", '{app="x"} | line_format "{{agent.name}}"', "is not compared with anything"],
    ["unknown", 'up{a="{{agent.secret}}"}', "{{agent.secret}} is not a known placeholder; use agent.name"],
    ["of the alert's annotations", 'up{a="{{alert.annotations.x}}"}', "is not a known placeholder"],
    [
      "with something else in it",
      'up{a="{{agent.name | upper}}"}',
      "{{agent.name | upper}} is not a known placeholder",
    ],
    ["empty", 'up{a="{{}}"}', "{{}} is not a known placeholder"],
  ])("%s is a problem", (_, template, message) => {
    expect(templateProblem(template)).toContain(message);
    expect(fill(template, { x: "x" })).toEqual({ problem: expect.stringContaining(message) });
  });
});

/** Any text, and text made of what matters to PromQL, LogQL, Go's escapes and RE2. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "'",
        "`",
        "\\",
        "\n",
        "\u0000",
        "\u0085",
        "\u2028",
        "{{",
        "}}",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ".*",
        "|",
        "^",
        "$",
        "?",
        "+",
        "\\E",
        "\\Q",
        "(?i)",
        ",",
        "=~",
        "#",
        "a",
        "é",
        "😀",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

describe("whatever an alert's labels hold", () => {
  const template =
    "sum by (pod) (rate(up{a=\"{{alert.labels.x}}\",b=~\"{{alert.labels.x}}-.*\",c!~'{{alert.labels.x}}|y'}[5m])) / on (pod) down{d='{{alert.labels.x}}'}";

  /** The kinds of syntax of a PromQL text in order, texts left out. */
  function shape(query: string): readonly string[] {
    const kinds: string[] = [];
    parser.parse(query).iterate({ enter: (node) => void kinds.push(node.type.isError ? "ERROR" : node.name) });
    return kinds;
  }

  test("the query stays the one that was written", () => {
    const plain = shape(String(fill(template, { x: "plain" })));
    expect(plain).not.toContain("ERROR");
    expect(plain.filter((kind) => kind === "VectorSelector")).toHaveLength(2);
    fc.assert(
      fc.property(hostile, (x) => {
        expect(shape(String(fill(template, { x })))).toEqual(plain);
      }),
      { numRuns: 2000 },
    );
  });

  test("the agent's pods are a pattern, also of a name that Kubernetes cuts", () => {
    const query = 'up{pod=~"{{agent.pods}}"}';
    expect(fill(query, {})).toBe('up{pod=~"triage-([0-9a-z]{1,10}-[0-9a-z]{5}|[0-9]+)"}');
    const agent = { name: "a".repeat(50), namespace: "n", tenant: "t", environment: "e" };
    const long = fillQuery(query, { agent, labels: {} });
    expect(long).toBe(`up{pod=~"${"a".repeat(50)}-([0-9a-z]{1,6}-[0-9a-z]{5}|[0-9a-z]{12}|[0-9]+)"}`);
    expect(templateProblem('up{pod="{{agent.pods}}"}')).toBe("{{agent.pods}} is a pattern; use it after =~ or !~");
  });

  test("a comparison is with that very text", () => {
    fc.assert(
      fc.property(hostile, (x) => {
        const query = String(fill('up{a="{{alert.labels.x}}"}', { x }));
        expect(unquoted(query.slice(query.indexOf('"'), query.lastIndexOf('"') + 1))).toBe(x);
      }),
      { numRuns: 2000 },
    );
  });

  test("a pattern matches that very text and no other", () => {
    // RE2 as CEL has it; PromQL's patterns are anchored at both ends.
    const matches = planExpression("alert.text.matches(alert.pattern)", ["alert"]);
    const holds = (text: string, pattern: string) =>
      "problem" in matches ? undefined : matches.evaluate({ alert: variable({ text, pattern: `^(?s:${pattern})$` }) });
    fc.assert(
      fc.property(hostile, hostile, (x, other) => {
        const query = String(fill('up{a=~"{{alert.labels.x}}"}', { x }));
        const pattern = unquoted(query.slice(query.indexOf('"'), query.lastIndexOf('"') + 1));
        expect(holds(x, pattern)).toEqual({ kind: "value", value: true });
        expect(holds(other, pattern)).toEqual({ kind: "value", value: other === x });
      }),
      { numRuns: 500 },
    );
  });

  test("a LogQL text cannot be left: its strings are as many, and hold the same", () => {
    const logql =
      '{namespace="{{alert.labels.x}}",pod=~"{{alert.labels.x}}-.*"} |= "{{alert.labels.x}}" |~ "(?i){{alert.labels.x}}"';
    const strings = /"(?:[^"\\\n]|\\.)*"/g;
    fc.assert(
      fc.property(hostile, (x) => {
        const query = String(fill(logql, { x }));
        expect(query.replaceAll(strings, "S")).toBe("{namespace=S,pod=~S} |= S |~ S");
        expect(unquoted(query.match(strings)?.[2] ?? "")).toBe(x);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The text of a string literal of Go's, of which these escapes are used. */
function unquoted(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-f]{4})|(.))/gsu, (_, code: string | undefined, char: string) =>
      code === undefined ? char : String.fromCharCode(Number.parseInt(code, 16)),
    );
}
