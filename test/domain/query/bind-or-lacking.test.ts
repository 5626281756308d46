import { expect, test } from "vitest";
import { bindPromql } from "../../../src/domain/query/bind-promql.ts";

test.each([
  ["sum(rate(x[2m]))", 'sum(rate(x{cluster=~"prod\\\\.eu|"}[2m]))'],
  ['x{a="b"} / y{}', 'x{cluster=~"prod\\\\.eu|",a="b"} / y{cluster=~"prod\\\\.eu|"}'],
  ['x{cluster="other"}', 'x{cluster="other"}'],
  ["vector(1)", "vector(1)"],
])("%s", (query, bound) => {
  expect(bindPromql(query, { labels: { cluster: "prod.eu" }, orLacking: true })).toBe(bound);
});

test("without labels a query stays as it is, also where it cannot be parsed", () => {
  expect(bindPromql("sum(", { labels: {}, orLacking: true })).toBe("sum(");
  expect(bindPromql("sum(", { labels: { cluster: "prod-eu" }, orLacking: true })).toHaveProperty("problem");
});
