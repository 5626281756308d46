import { describe, expect, test } from "vitest";
import { runPolicyTests } from "../../src/policy/policy-test.ts";
import { readGuardrails, withOwnGuardrails } from "../../src/policy/read-guardrails.ts";
import { documentsOf } from "../support/documents.ts";

const head = "apiVersion: raos.dev/v1alpha1\nkind: Guardrail\nmetadata: {name: mine}\nspec:\n";
const good = `${head}  rules:\n    - {deny: 'after.spec.stage == "local"', message: no}\n`;

function problemsOf(text: string): readonly string[] {
  const { problems } = readGuardrails(documentsOf(text));
  return problems.map(({ file, line, column, pointer, message }) => `${file}:${line}:${column} ${pointer}: ${message}`);
}

describe("reading guardrails", () => {
  test("a good one", () => {
    const { guardrails, problems } = readGuardrails(documentsOf(good));
    expect(problems).toEqual([]);
    expect(guardrails).toMatchObject([
      { name: "mine", enforce: "default", causes: [], environments: [], rules: [{ effect: "deny", message: "no" }] },
    ]);
  });

  test("documents of other kinds are passed over", () => {
    const text = "apiVersion: raos.dev/v1alpha1\nkind: Remedy\nmetadata: {name: other}\n---\n- 1\n---\nhello\n---\n";
    expect(readGuardrails(documentsOf(`${text}${good}`)).guardrails.map((guardrail) => guardrail.name)).toEqual([
      "mine",
    ]);
  });

  test.each([
    [
      "an unknown variable",
      `${head}  rules:\n    - {deny: 'aftr.spec.stage == "x"', message: no}\n`,
      'policies/test.yaml:6:14 /spec/rules/0/deny: the expression uses "aftr", which is not a variable',
    ],
    [
      "a syntax error",
      `${head}  rules:\n    - {warn: 'after.spec ==', message: no}\n`,
      "policies/test.yaml:6:14 /spec/rules/0/warn: the expression is not valid CEL: <input>:1:12",
    ],
    [
      "a field that no spec has",
      `${head}  rules:\n    - {deny: 'has(after.spec.runtme.image)', message: no}\n`,
      'policies/test.yaml:6:14 /spec/rules/0/deny: the expression reads "after.spec.runtme", which is not a field; there are description, version, stage',
    ],
    [
      "a field below a text",
      `${head}  rules:\n    - {deny: 'after.spec.stage.name == 1', message: no}\n`,
      '/spec/rules/0/deny: the expression reads "after.spec.stage.name", but "after.spec.stage" has no fields',
    ],
    [
      "a field that before does not have",
      `${head}  rules:\n    - {deny: 'has(before.spec.stage)', message: no}\n`,
      '/spec/rules/0/deny: the expression reads "before.spec", which is not a field; there are values',
    ],
    [
      "a field of the configuration",
      `${head}  rules:\n    - {deny: 'config.limits.openPull > 1', message: no}\n`,
      'the expression reads "config.limits.openPull", which is not a field; there are openPulls, pullsPerHour',
    ],
    [
      "two effects",
      `${head}  rules:\n    - {deny: 'true', warn: 'true', message: no}\n`,
      "policies/test.yaml:6:7 /spec/rules/0: a rule has exactly one of deny, review, warn and allow",
    ],
    ["no rule", `${head}  rules: []\n`, "policies/test.yaml:5:10 /spec/rules:"],
    ["an unknown field", `${good}  rule: 1\n`, "policies/test.yaml:"],
    [
      "two of one name",
      `${good}---\n${good}`,
      'policies/test.yaml:10:18 /metadata/name: there is a guardrail "mine" already, in policies/test.yaml; give this one another name',
    ],
  ])("%s is a Problem, in its place", (_, text, expected) => {
    expect(problemsOf(text).join("\n")).toContain(expected);
  });

  test("one with a Problem wants a person for everything, and the others hold on", () => {
    const bad = `${head.replace("mine", "bad")}  rules:\n    - {deny: 'aftr', message: no}\n`;
    const { guardrails } = readGuardrails(documentsOf(`${bad}---\n${good}`));
    expect(guardrails.map(({ name, rules }) => [name, rules[0]?.effect, rules[0]?.message])).toEqual([
      ["bad", "review", "policies/test.yaml has a Problem; until it is fixed, each change needs a person"],
      ["mine", "deny", "no"],
    ]);
  });

  test("a repository's own replaces the one that ships under its name", () => {
    const shipped = readGuardrails(
      documentsOf(`${good}---\n${good.replace("mine", "other")}`, "shipped.yaml"),
    ).guardrails;
    const own = readGuardrails(documentsOf(good, "own.yaml")).guardrails;
    expect(withOwnGuardrails(shipped, own).map(({ name, path }) => `${name} of ${path}`)).toEqual([
      "other of shipped.yaml",
      "mine of own.yaml",
    ]);
  });
});

describe("runPolicyTests", () => {
  const { guardrails } = readGuardrails(documentsOf(good));
  const run = (text: string, file = "fixtures/policies/mine/cases.yaml") =>
    runPolicyTests(guardrails, documentsOf(text, file));

  test("says what was expected and what came", () => {
    const { results, problems } = run(
      "- {name: local, after: {spec: {stage: local}}, expect: {verdict: allow}}\n- {name: medium, after: {spec: {stage: medium}}, expect: {verdict: allow}}\n",
    );
    expect(problems).toEqual([]);
    expect(results).toEqual([
      { guardrail: "mine", case: "local", passed: false, expected: "allow", actual: "deny: no" },
      { guardrail: "mine", case: "medium", passed: true, expected: "allow", actual: "allow" },
    ]);
  });

  test("a message or a risk that is not the expected one fails", () => {
    const { results } = run(
      "- {name: a, after: {spec: {stage: local}}, expect: {verdict: deny, messages: [yes]}}\n- {name: b, after: {spec: {stage: medium}}, expect: {verdict: allow, lowRisk: true}}\n",
    );
    expect(results.map((result) => [result.passed, result.actual])).toEqual([
      [false, "deny: no"],
      [false, "allow (not of low risk)"],
    ]);
  });

  test.each([
    [
      "a guardrail that there is not",
      "- {name: a, expect: {verdict: allow}}\n",
      "fixtures/policies/other/cases.yaml",
      'there is no guardrail "other"; name the folder after the guardrail that it tests',
    ],
    ["no list", "name: a\n", undefined, "expected array"],
    ["an unknown verdict", "- {name: a, expect: {verdict: maybe}}\n", undefined, "/0/expect/verdict"],
    ["an unknown field", "- {name: a, befor: {}, expect: {verdict: allow}}\n", undefined, "befor"],
    [
      "a configuration that is none",
      "- {name: a, config: {delivery: x}, expect: {verdict: allow}}\n",
      undefined,
      "/0/config",
    ],
    ["a tenant that is none", "- {name: a, tenant: [1], expect: {verdict: allow}}\n", undefined, "/0/tenant"],
  ])("%s is a Problem", (_, text, file, expected) => {
    const { results, problems } = run(text, file);
    expect(results).toEqual([]);
    expect(problems.map((problem) => `${problem.pointer} ${problem.message}`).join("\n")).toContain(expected);
  });
});
