import { type PolicyDocument, problem } from "../domain/kinds/policy-document.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import type { Verdict } from "../domain/verdict.ts";
import { judge } from "./judge.ts";
import { changesOfCase, inputsOf, type PolicyCase, PolicyCases, recordOfCase } from "./policy-case.ts";
import type { CompiledGuardrail } from "./read-guardrails.ts";

/** The result of a case and the expected one, each as `verdict: message; message`. */
export interface PolicyResult {
  readonly guardrail: string;
  readonly case: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly actual: string;
}

/**
 * Runs the fixtures of guardrails. A fixture is a document `…/<guardrail>/cases.yaml` that lists cases; each is judged by
 * that guardrail alone. A fixture that cannot be read, or whose guardrail does not exist, is a Problem.
 */
export function runPolicyTests(
  guardrails: readonly CompiledGuardrail[],
  fixtures: readonly PolicyDocument[],
): { readonly results: readonly PolicyResult[]; readonly problems: readonly Problem[] } {
  const results: PolicyResult[] = [];
  const problems: Problem[] = [];
  for (const fixture of fixtures) {
    const name = fixture.file.split("/").at(-2) ?? "";
    const guardrail = guardrails.find((candidate) => candidate.name === name);
    const cases = PolicyCases.safeParse(fixture.value);
    if (!cases.success) {
      for (const issue of cases.error.issues) problems.push(problem(fixture, issue.path, issue.message));
    } else if (guardrail === undefined) {
      problems.push(
        problem(fixture, [], `there is no guardrail "${name}"; name the folder after the guardrail that it tests`),
      );
    } else {
      results.push(...cases.data.map((one) => resultOf(guardrail, one)));
    }
  }
  return { results, problems: problems.sort(byPlace) };
}

function resultOf(guardrail: CompiledGuardrail, one: PolicyCase): PolicyResult {
  const { verdict, messages, lowRisk } = one.expect;
  // What is off until somebody turns it on is tested as if it was on.
  const tested: CompiledGuardrail = guardrail.enforce === "never" ? { ...guardrail, enforce: "default" } : guardrail;
  const actualVerdict = judge(changesOfCase(one), [tested], inputsOf(one), recordOfCase(one));
  const risk = lowRisk === undefined || actualVerdict.kind !== "allow" ? "" : lowRiskOf(actualVerdict.lowRisk);
  const expected = line(`${verdict}${lowRisk === undefined ? "" : lowRiskOf(lowRisk)}`, messages);
  const actual = line(`${actualVerdict.kind}${risk}`, messagesOf(actualVerdict));
  return { guardrail: guardrail.name, case: one.name, passed: expected === actual, expected, actual };
}

function messagesOf(verdict: Verdict): readonly string[] {
  const main = verdict.kind === "deny" ? verdict.violations : verdict.kind === "review" ? verdict.reasons : [];
  return [...main, ...verdict.warnings].map((violation) => violation.message);
}

function lowRiskOf(lowRisk: boolean): string {
  return lowRisk ? " (low risk)" : " (not of low risk)";
}

function line(verdict: string, messages: readonly string[]): string {
  return messages.length === 0 ? verdict : `${verdict}: ${[...messages].sort().join("; ")}`;
}
