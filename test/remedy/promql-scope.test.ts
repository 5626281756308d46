import { execFileSync } from "node:child_process";
import { parser } from "@prometheus-io/lezer-promql";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logSelector, scopePromql } from "../../src/remedy/promql-scope.ts";
import { toolPath } from "../../tools/find.ts";
import { describeReal } from "../real/component.ts";

const OWN = 'namespace="acme"';

describe("a selector that names no namespace gets the agent's", () => {
  test.each([
    ["up", `up{${OWN}}`],
    ["up{}", `up{${OWN}}`],
    ["up{ }", `up{${OWN} }`],
    ["up{\n# nothing\n}", `up{${OWN},\n# nothing\n}`],
    ['up{a="b"}', `up{${OWN},a="b"}`],
    ['{__name__=~".+"}', `{${OWN},__name__=~".+"}`],
    ['{"up"}', `{${OWN},"up"}`],
    ['{"namespace"}', `{${OWN},"namespace"}`],
    ['up{"a.b"="c"}', `up{${OWN},"a.b"="c"}`],
    ["rate(up[5m])", `rate(up{${OWN}}[5m])`],
    ["up offset 5m @ end()", `up{${OWN}} offset 5m @ end()`],
    ["max_over_time(rate(up[5m])[1h:1m])", `max_over_time(rate(up{${OWN}}[5m])[1h:1m])`],
    ["a or b unless on(x) c", `a{${OWN}} or b{${OWN}} unless on(x) c{${OWN}}`],
    ["sum by (namespace) (up)", `sum by (namespace) (up{${OWN}})`],
    ["namespace", `namespace{${OWN}}`],
    ['up{a="}"} # {', `up{${OWN},a="}"} # {`],
    ["up # one\r or up", `up{${OWN}} # one\n or up{${OWN}}`],
    ["up{a=`\\`} or up{b=`\\`}", `up{${OWN},a=\`\\\`} or up{${OWN},b=\`\\\`}`],
    ['label_replace(up, "namespace", "x", "a", "")', `label_replace(up{${OWN}}, "namespace", "x", "a", "")`],
    ["time()", "time()"],
    [`up{${OWN}}`, `up{${OWN}}`],
    ["up{namespace='acme'}", "up{namespace='acme'}"],
    ["up{`namespace`=`acme`}", "up{`namespace`=`acme`}"],
    ['up{\n"namespace" # whose\n= "acme",}', 'up{\n"namespace" # whose\n= "acme",}'],
  ])("%s", (query, scoped) => {
    expect(scopePromql(query, "acme")).toBe(scoped);
  });
});

describe("what reads another namespace, or cannot be bounded, is refused", () => {
  test.each([
    ['up{namespace="other"}', /another namespace/],
    ['up{namespace=""}', /another namespace/],
    ['up{namespace=~"acme"}', /another namespace/],
    ['up{namespace=~".*"}', /another namespace/],
    ['up{namespace!="acme"}', /another namespace/],
    ['up{namespace!~"x"}', /another namespace/],
    ['up{namespace="ac me"}', /another namespace/],
    ['up{namespace="acme",namespace="other"}', /another namespace/],
    ['{"namespace"="other"}', /another namespace/],
    ["up{`namespace`=`other`}", /another namespace/],
    ["up{'namespace'='other'}", /another namespace/],
    ['{"up","namespace"=~"a|b"}', /another namespace/],
    ['up{namespace="\\x61cme"}', /another namespace/],
    ['up{"name\\u0073pace"="other"}', /contains escapes/],
    ['up{"name\\x73pace"=~".+"}', /contains escapes/],
    [`up or up{${OWN}} or up{namespace="other"}`, /another namespace/],
    ["info(up)", /info\(\) reads series/],
    ['up{namespace="acme" or namespace="other"}', /not PromQL/],
    ["up{", /not PromQL, near character 4/],
    ["up}", /not PromQL/],
    ["up{,}", /not PromQL/],
    ["", /not PromQL/],
    ["up; drop", /not PromQL/],
    ['up{a="x\ny"}', /not PromQL/],
    ['{__name__="up"} {}', /not PromQL/],
    [`up${" ".repeat(2000)}`, /longer than 2000 characters/],
  ])("%j", (query, problem) => {
    expect(scopePromql(query, "acme")).toEqual({ problem: expect.stringMatching(problem) });
  });
});

/** Queries as somebody writes who wants to read more than is theirs; some of them can be parsed. */
const matcher = fc.constantFrom(
  ...[
    'a="b"',
    'namespace="acme"',
    'namespace="other"',
    'namespace=~".*"',
    '"namespace"="other"',
    "`namespace`=`other`",
  ],
  ...['"up"', "__name__='up'", '"name\\u0073pace"="x"', 'a="}"', "b=`\\`", "namespace = 'acme'", 'pod!~"namespace=x"'],
);
const space = fc.constantFrom("", " ", "\n", "\t", "\r", " # namespace\n", " # {\r", "#\r\n");
const braces = fc
  .array(
    fc.tuple(space, matcher, space).map((parts) => parts.join("")),
    { maxLength: 3 },
  )
  .map((matchers) => `{${matchers.join(",")}}`);
const selector = fc
  .tuple(fc.constantFrom("up", "a:b", "namespace", ""), space, fc.oneof(fc.constant(""), braces))
  .map((parts) => parts.join(""));
const query: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    selector,
    fc
      .tuple(selector, fc.constantFrom("[5m]", " offset 5m", " @ end()", "[1h:1m]", ""))
      .map(([one, more]) => `rate(${one}${more})`),
    fc
      .tuple(tie("query"), fc.constantFrom(" or ", " + on(namespace) ", "\nunless\n", " == bool "), tie("query"))
      .map((parts) => parts.join("")),
    tie("query").map((one) => `sum by (namespace) (${one})`),
    tie("query").map((one) => `label_replace(${one}, "namespace", "other", "a", "(.*)")`),
    tie("query").map((one) => `max_over_time((${one})[1h:5m])`),
    fc.tuple(tie("query"), space).map((parts) => parts.join("")),
  ),
})).query;
const torn = fc
  .tuple(query, fc.nat(), fc.constantFrom('"', "'", "`", "{", "}", "\\", "#", "\r", "or up", "namespace"))
  .map(([text, at, piece]) => text.slice(0, at % (text.length + 1)) + piece + text.slice(at % (text.length + 1)));

/** The matchers of each selector as Prometheus' own grammar reads them, or why there are none. */
function matchersOf(text: string): readonly (readonly string[])[] | "no PromQL" {
  const selectors: string[][] = [];
  let isWrong = false;
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) isWrong = true;
      if (node.name === "VectorSelector") selectors.push([]);
      if (node.name === "UnquotedLabelMatcher" || node.name === "QuotedLabelMatcher") {
        const parts = [...text.slice(node.from, node.to).matchAll(/#[^\n]*|"[^"]*"|'[^']*'|`[^`]*`|[a-z_]+|[=!~]+/g)];
        const plain = parts.map(([part]) => part).filter((part) => !part.startsWith("#"));
        selectors.at(-1)?.push(plain.map((part) => part.replace(/^["'`](.*)["'`]$/s, "$1")).join(" "));
      }
    },
  });
  return isWrong ? "no PromQL" : selectors;
}

test("every selector of a bounded query names the agent's namespace and no other", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(query, torn), (text) => {
      const scoped = scopePromql(text, "acme");
      if (typeof scoped !== "string") return;
      taken += 1;
      const selectors = matchersOf(scoped);
      if (selectors === "no PromQL") throw new Error(scoped);
      for (const matchers of selectors) {
        expect(matchers).toContain("namespace = acme");
        expect(matchers.filter((one) => /^namespace /.test(one) && one !== "namespace = acme")).toEqual([]);
      }
      expect(scopePromql(scoped, "acme")).toBe(scoped);
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(200);
});

describeReal(["promtool"], "as Prometheus itself reads bounded queries", () => {
  test("each selector names the agent's namespace and no other", { timeout: 120_000 }, () => {
    const sample = fc.sample(fc.oneof(query, torn), { numRuns: 1500, seed: 7 });
    const scoped = [...new Set(sample.map((text) => scopePromql(text, "acme")))].filter(
      (one) => typeof one === "string",
    );
    const promtool = toolPath("promtool");
    let read = 0;
    for (const text of scoped.slice(0, 60)) {
      const canonical = formatted(promtool, text);
      if (canonical === undefined) continue;
      read += 1;
      const selectors = matchersOf(canonical);
      if (selectors === "no PromQL") throw new Error(canonical);
      for (const matchers of selectors)
        expect(
          matchers.filter((one) => /^namespace /.test(one)),
          `${text} | ${canonical}`,
        ).toEqual(matchers.filter((one) => one === "namespace = acme"));
      expect(selectors.every((matchers) => matchers.includes("namespace = acme"))).toBe(true);
    }
    expect(read).toBeGreaterThan(20);
  });
});

/** Prometheus' own way of writing a query; undefined where it refuses it. */
function formatted(promtool: string, text: string): string | undefined {
  try {
    return execFileSync(promtool, ["--experimental", "promql", "format", text], { encoding: "utf8", stdio: "pipe" });
  } catch {
    return undefined;
  }
}

describe("a pattern for logs stays within its string", () => {
  const POD = 'pod=~"triage-([0-9a-z]{1,10}-[0-9a-z]{5}|[0-9]+)"';
  test.each([
    ["", `{namespace="acme"} | ${POD}`],
    ["error|fatal", `{namespace="acme"} | ${POD} |~ "error|fatal"`],
    ['a"} or {b="', `{namespace="acme"} | ${POD} |~ "a\\"} or {b=\\""`],
    ["a\nb`\\", `{namespace="acme"} | ${POD} |~ "a\\nb\`\\\\"`],
  ])("%j", (pattern, selector) => {
    expect(logSelector("acme", "triage", pattern)).toBe(selector);
  });

  test("whatever it is", () => {
    const head = logSelector("acme", "triage", "");
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 700 }), (pattern) => {
        const query = logSelector("acme", "triage", pattern);
        if (pattern === "") return;
        const literal = query.slice(`${head} |~ `.length);
        expect(query.startsWith(`${head} |~ "`)).toBe(true);
        // One string in double quotes: nothing in it ends it, and it breaks no line.
        expect(literal).toMatch(/^"(?:[^"\\\n\r]|\\["\\nrtbfu])*"$/);
        expect(JSON.parse(literal)).toBe(pattern.slice(0, 500).toWellFormed());
      }),
      { numRuns: 2000 },
    );
  });
});
