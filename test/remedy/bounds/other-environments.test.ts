import { describe, expect, test } from "vitest";
import { otherEnvironmentsOf } from "../../../src/remedy/bounds/other-environments.ts";
import { valueAt } from "../../../src/spec/values.ts";
import { agentWith } from "../../support/specs/agent.ts";

/** Whether an edit of the spec in effect in staging changes production too. */
function changesProduction(at: string, ...lines: readonly string[]): boolean | undefined {
  return otherEnvironmentsOf(agentWith(...lines), "staging")[0]?.isChangedBy(at);
}

describe("an edit for one environment", () => {
  test.each<readonly [title: string, at: string, lines: readonly string[], isChanged: boolean]>([
    ["of a value that both share changes the other", "/spec/scaling/max", ["scaling: {max: 4, hpa: {cpu: 70}}"], true],
    ["of a default changes the other", "/spec/scaling/max", [], true],
    [
      "of a value in its own overlay does not",
      "/spec/scaling/max",
      ["scaling: {max: 4, hpa: {cpu: 70}}", "environments: {staging: {scaling: {max: 2}}}"],
      false,
    ],
    [
      "of a shared value that the other's overlay sets does not",
      "/spec/scaling/max",
      ["scaling: {max: 4, hpa: {cpu: 70}}", "environments: {production: {scaling: {max: 9}}}"],
      false,
    ],
    [
      "of a shared value beside what the other's overlay sets changes the other",
      "/spec/scaling/max",
      ["scaling: {max: 4, hpa: {cpu: 70}}", "environments: {production: {scaling: {min: 2}}}"],
      true,
    ],
    [
      "of a map of which the other's overlay sets a part does not",
      "/spec/scaling",
      ["scaling: {max: 4, hpa: {cpu: 70}}", "environments: {production: {scaling: {min: 2}}}"],
      false,
    ],
    [
      "of a value that the other's overlay takes away does not",
      "/spec/scaling/max",
      ["scaling: {max: 4, hpa: {cpu: 70}}", "environments: {production: {scaling: {max: null}}}"],
      false,
    ],
  ])("%s", (_, at, lines, isChanged) => {
    expect(changesProduction(at, ...lines)).toBe(isChanged);
  });
});

test("the other environments are all but this one, each with its own spec in effect", () => {
  const agent = agentWith("scaling: {max: 4, hpa: {cpu: 70}}", "environments: {production: {scaling: {max: 9}}}");
  const maxima = (environment: string) =>
    otherEnvironmentsOf(agent, environment).map(({ spec }) => valueAt(spec, ["scaling", "max"]));
  expect([maxima("staging"), maxima("production"), maxima("nowhere")]).toEqual([[9], [4], [4, 9]]);
});
