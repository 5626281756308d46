import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resultLabels } from "../../../src/domain/query/result-labels.ts";

/** The labels as one text: `any`, `a b`, or the problem. */
function labels(query: string): string {
  const found = resultLabels(query);
  switch (found.kind) {
    case "any":
      return "any";
    case "only":
      return [...found.labels].join(" ");
    case "problem":
      return found.problem;
    default:
      return found satisfies never;
  }
}

describe("the labels of a query's series", () => {
  test.each([
    ["up", "any"],
    ['{__name__="up"}', "any"],
    ["sum(up)", ""],
    ["sum by (a, b) (up)", "a b"],
    ["sum(up) by (a)", "a"],
    ["avg without (a) (up)", "any"],
    ["max without (a) (sum by (a, b) (up))", "b"],
    ["sum by (a) (sum by (b) (up))", ""],
    ["topk(5, sum by (a) (up))", "a"],
    ["quantile by (a) (0.9, up)", "a"],
    ["histogram_quantile(0.9, sum by (a, le) (up))", "a le"],
    ["clamp_max(sum by (a) (up), 5)", "a"],
    ["time()", ""],
    ["scalar(up)", ""],
    ["vector(1)", ""],
    ['label_replace(sum(up), "a", "b", "c", "d")', "any"],
    ["absent(up)", "any"],
    ["sum by (a) (up) > 5", "a"],
    ["5 < sum by (a) (up)", "a"],
    ["-(sum by (a) (up))", "a"],
    ["sum by (a) (up) > scalar(up)", "a"],
    ["sum by (a) (up) and on (b) up", "a"],
    ["sum by (a) (up) unless up", "a"],
    ["sum by (a) (up) or sum by (b) (up)", "a b"],
    ["sum by (a) (up) or up", "any"],
    ["up / on (a) up", "a"],
    ["up > on (a) up", "a"],
    ["sum by (a, b) (up) / ignoring (b) sum by (a) (up)", "a"],
    ["sum by (a, b) (up) / on (a) group_left sum by (a) (up)", "any"],
    ["max_over_time(sum by (a) (up)[5m:1m])", "a"],
    ["sum by (a) (up) offset 5m", "a"],
    ["# a comment\nsum by (a) (up)", "a"],
    ["sum by (a (up)", "the query is not PromQL, near character 11"],
    ["", "the query is not PromQL, near character 1"],
  ])("%s → %s", (query, expected) => {
    expect(labels(query)).toBe(expected);
  });

  test("any text is answered, also one that nests deeply", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => resultLabels(text).kind !== undefined));
    expect(labels(`${"(".repeat(500)}up${")".repeat(500)}`)).toBe("any");
  });
});
