import { describe, expect, test } from "vitest";
import { runPolicyTests } from "../../src/policy/policy-test.ts";
import { readGuardrails } from "../../src/policy/read-guardrails.ts";
import { documentsBelow } from "../support/documents.ts";

const { guardrails, problems } = readGuardrails(documentsBelow("policies"));
const fixtures = documentsBelow("fixtures/policies");

describe("the guardrails that ship", () => {
  test("have no problems", () => {
    expect(problems).toEqual([]);
  });

  test("each has a fixture", () => {
    const tested = fixtures.map((fixture) => fixture.file.split("/").at(-2));
    expect(guardrails.map((guardrail) => guardrail.name).sort()).toEqual(tested.sort());
  });

  test("pass their fixtures", () => {
    const { results, problems: broken } = runPolicyTests(guardrails, fixtures);
    expect(broken).toEqual([]);
    expect(results.filter((result) => !result.passed)).toEqual([]);
    expect(results.length).toBeGreaterThan(100);
  });

  const rules = guardrails.flatMap((guardrail) => guardrail.rules.map((rule, index) => ({ guardrail, index, rule })));
  test.each(rules)("$guardrail.name: without rule $index ($rule.effect) a fixture fails", ({ guardrail, index }) => {
    const without = { ...guardrail, rules: guardrail.rules.filter((_, at) => at !== index) };
    const own = fixtures.filter((fixture) => fixture.file.split("/").at(-2) === guardrail.name);
    const { results } = runPolicyTests([without], own);
    expect(results.some((result) => !result.passed)).toBe(true);
  });
});
