import { describe, expect, test } from "vitest";
import { millisecondsOf } from "../../src/domain/values/duration.ts";
import { readRemedies, withOwnRemedies } from "../../src/remedy/read-remedies.ts";
import { remedyOf } from "../support/alerts/remedy-of.ts";
import { documentsOf } from "../support/documents.ts";

const head = "apiVersion: raos.dev/v1alpha1\nkind: Remedy\nmetadata: {name: mine}\nspec:\n  on: {alerts: [A]}\n";
const edit = (fields: string) =>
  `${head}  evidence: [{name: used, promql: up}]\n  edits:\n    - {at: /spec/scaling/max, why: So., ${fields}}\n`;

function problemsOf(text: string): readonly string[] {
  return readRemedies(documentsOf(text)).problems.map(
    ({ file, line, column, pointer, message }) => `${file}:${line}:${column} ${pointer}: ${message}`,
  );
}

describe("reading remedies", () => {
  test("the least that works", () => {
    expect(remedyOf("  on: {alerts: [A]}\n")).toEqual({
      name: "mine",
      path: "policies/test.yaml",
      description: "",
      isEnabled: true,
      alerts: ["A"],
      trigger: { kind: "alerts" },
      when: undefined,
      evidence: [],
      edits: [],
      notes: [],
      otherwise: "report",
      fold: undefined,
      cooldownMs: 3_600_000,
      whenResolved: "keep",
      verify: undefined,
    });
  });

  test("all of it, its expressions planned and its spans in milliseconds", () => {
    const remedy = remedyOf(
      [
        "  description: Mends it",
        "  on: {alerts: [A, B], when: 'alert.name == \"A\"'}",
        "  evidence:",
        "    - {name: used, promql: 'up{pod=\"{{agent.name}}\"}', range: 1h30m, unit: bytes, threshold: '1.0', required: true}",
        "    - {name: log, logql: '{app=\"{{agent.name}}\"}', lines: 7}",
        "    - {name: pods, kubernetes: pods}",
        "    - {name: history, history: spec}",
        "  edits:",
        "    - {at: /spec/scaling/max, to: evidence.used.max, when: 'true', as: integer, why: So.}",
        "    - {at: /spec/scaling/min, why: So.}",
        "  otherwise: ask",
        "  fold: alert.labels.node",
        "  cooldown: 2d",
        "  whenResolved: close",
        "  verify: {promql: up == 1, after: 20m}\n",
      ].join("\n"),
    );
    expect(remedy).toMatchObject({
      when: { source: 'alert.name == "A"' },
      evidence: [
        {
          kind: "promql",
          name: "used",
          required: true,
          query: 'up{pod="{{agent.name}}"}',
          rangeMs: 5_400_000,
          unit: "bytes",
          threshold: { source: "1.0" },
        },
        { kind: "logql", name: "log", required: false, rangeMs: 3_600_000, lines: 7 },
        { kind: "kubernetes", name: "pods", what: "pods" },
        { kind: "history", name: "history" },
      ],
      edits: [
        {
          at: "/spec/scaling/max",
          to: { source: "evidence.used.max" },
          when: { source: "true" },
          as: "integer",
          why: "So.",
        },
        { at: "/spec/scaling/min", to: undefined, when: undefined, as: "json", why: "So." },
      ],
      otherwise: "ask",
      fold: { source: "alert.labels.node" },
      cooldownMs: 172_800_000,
      whenResolved: "close",
      verify: { promql: "up == 1", afterSeconds: 1200 },
    });
  });

  test("documents of other kinds are passed over", () => {
    const other = "apiVersion: raos.dev/v1alpha1\nkind: Guardrail\nmetadata: {name: mine}\n---\n- 1\n---\nhello\n---\n";
    expect(readRemedies(documentsOf(`${other}${head}`)).remedies.map(({ name }) => name)).toEqual(["mine"]);
  });

  test.each([
    [
      "a misspelt key",
      `${head}  evidense: []\n`,
      'policies/test.yaml:6:3 /spec/evidense: unknown key "evidense"; did you mean "evidence"?',
    ],
    [
      "a misspelt key of an edit",
      edit("too: '1'"),
      'policies/test.yaml:8:41 /spec/edits/0/too: unknown key "too"; did you mean "to"?',
    ],
    ["no alert", head.replace("[A]", "[]"), "policies/test.yaml:5:16 /spec/on/alerts: "],
    ["another word for otherwise", `${head}  otherwise: guess\n`, "policies/test.yaml:6:14 /spec/otherwise: "],
    [
      "a span that is none",
      `${head}  cooldown: 1 hour\n`,
      'policies/test.yaml:6:13 /spec/cooldown: "1 hour" is not a span of time; write 15m, 6h or 7d',
    ],
    [
      "a pointer that leads out of the spec",
      edit("to: '1'").replace("/spec/scaling/max", "/metadata/name"),
      'policies/test.yaml:8:12 /spec/edits/0/at: "/metadata/name" is not a pointer below /spec',
    ],
    ["an edit without a reason", edit("to: '1'").replace("why: So., ", ""), "/spec/edits/0/why: "],
    [
      "evidence of two sorts",
      `${head}  evidence:\n    - {name: x, promql: up, logql: up}\n`,
      "policies/test.yaml:7:7 /spec/evidence/0: evidence has exactly one of promql, logql, kubernetes and history",
    ],
    ["evidence of no sort", `${head}  evidence:\n    - {name: x}\n`, "/spec/evidence/0: evidence has exactly one of"],
    [
      "a name no expression can use",
      `${head}  evidence:\n    - {name: a-b, promql: up}\n`,
      'policies/test.yaml:7:14 /spec/evidence/0/name: "a-b" is not a name for evidence',
    ],
    [
      "two of one name",
      `${head}  evidence: [{name: x, promql: up}, {name: x, logql: up}]\n`,
      "policies/test.yaml:6:13 /spec/evidence: two entries have the same name",
    ],
    ["bad CEL", edit("to: 'current *'"), "policies/test.yaml:8:45 /spec/edits/0/to: the expression is not valid CEL: "],
    [
      "an unknown variable",
      edit("to: '1', when: 'curent > 1'"),
      'policies/test.yaml:8:56 /spec/edits/0/when: the expression uses "curent", which is not a variable',
    ],
    ["an unknown function", edit("to: 'quantty(current)'"), "/spec/edits/0/to: the expression "],
    [
      "evidence that the remedy does not ask for",
      edit("to: evidence.use.max"),
      'policies/test.yaml:8:45 /spec/edits/0/to: there is no evidence named "use" in this remedy',
    ],
    [
      "…in a condition",
      edit("to: '1', when: has(evidence.use)"),
      '/spec/edits/0/when: there is no evidence named "use" in this remedy',
    ],
    [
      "a condition of the alert that looks at the spec",
      head.replace("[A]", "[A], when: 'spec.stage == \"x\"'"),
      'policies/test.yaml:5:27 /spec/on/when: the expression uses "spec", which is not a variable',
    ],
    [
      "a cause that looks at evidence",
      `${head}  evidence: [{name: x, promql: up}]\n  fold: string(evidence.x.max)\n`,
      '/spec/fold: the expression uses "evidence", which is not a variable',
    ],
    [
      "a bad threshold",
      `${head}  evidence: [{name: x, promql: up, threshold: 'spec.'}]\n`,
      "/spec/evidence/0/threshold: the expression is not valid CEL",
    ],
    [
      "a placeholder that cannot be filled in",
      `${head}  evidence: [{name: x, promql: 'up{{agent.name}}'}]\n`,
      "policies/test.yaml:6:32 /spec/evidence/0/promql: {{agent.name}} is outside of quotes",
    ],
    [
      "…in LogQL",
      `${head}  evidence: [{name: x, logql: '{app="{{agent.nam}}"}'}]\n`,
      "/spec/evidence/0/logql: {{agent.nam}} is not a known placeholder",
    ],
    [
      "…in what verifies",
      `${head}  verify: {promql: 'up{{agent.name}}'}\n`,
      "policies/test.yaml:6:20 /spec/verify/promql: {{agent.name}} is outside of quotes",
    ],
    [
      "another of its name",
      `${head}---\n${head}`,
      'policies/test.yaml:9:18 /metadata/name: there is a remedy "mine" already, in policies/test.yaml; give this one another name',
    ],
  ])("%s is a Problem, in its place", (_, text, expected) => {
    expect(problemsOf(text).join("\n")).toContain(expected);
  });

  test("one with a Problem is left out, and the others hold on", () => {
    const bad = edit("to: 'current *'").replace("mine", "bad");
    const { remedies, problems } = readRemedies(documentsOf(`${bad}---\n${head}`));
    expect([remedies.map(({ name }) => name), problems.length]).toEqual([["mine"], 1]);
  });

  test("every Problem of a remedy is reported, in the order of the text", () => {
    const text = `${head.replace("[A]", "[A], when: 'spec == 1'")}  edits:\n    - {at: /spec/scaling/max, to: 'x', when: 'y', why: So.}\n`;
    expect(problemsOf(text).map((line) => line.split(" ")[1])).toEqual([
      "/spec/on/when:",
      "/spec/edits/0/to:",
      "/spec/edits/0/when:",
    ]);
  });

  test("there may be 500, and no more", () => {
    const many = Array.from({ length: 501 }, (_, index) => documentsOf(head.replace("mine", `mine-${index}`))).flat();
    const { remedies, problems } = readRemedies(many);
    expect([remedies.length, problems.map(({ message }) => message)]).toEqual([
      500,
      ["there are more than 500 remedies; combine some"],
    ]);
  });
});

describe("a repository's own remedies", () => {
  const named = (name: string, otherwise = "report") =>
    remedyOf(`  on: {alerts: [A]}\n  otherwise: ${otherwise}\n`, name);
  test("come first, and replace those that ship under their names", () => {
    const all = withOwnRemedies([named("one"), named("two")], [named("two", "none"), named("three")]);
    expect(all.map(({ name, otherwise }) => `${name} ${otherwise}`)).toEqual([
      "two none",
      "three report",
      "one report",
    ]);
  });
});

test.each([
  ["15m", 900_000],
  ["1h30m", 5_400_000],
  ["500ms", 500],
  ["2w", 1_209_600_000],
  ["365d", 2_764_800_000],
])("a span of %s is %i milliseconds", (span, expected) => {
  expect(millisecondsOf(span)).toBe(expected);
});
