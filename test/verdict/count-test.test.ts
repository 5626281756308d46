import fc from "fast-check";
import { expect, test } from "vitest";
import { countTest } from "../../src/verdict/count-test.ts";

test.each([
  // P(X ≥ after), X binomial of all errors, summed exactly with fractions.
  ["none of 100 → 8 of 100", [0, 100, 8, 100], "up", 0.00390625],
  ["none of 100 → 4 of 100", [0, 100, 4, 100], "none", 0.0625],
  ["5 of 100 → 10 of 100", [5, 100, 10, 100], "none", 0.15087890625],
  ["8 of 100 → none of 100", [8, 100, 0, 100], "down", 0.00390625],
  ["50 of 1000 → 100 of 1000", [50, 1000, 100, 1000], "up", 2.7e-5],
  ["the same share of ten times as many", [20, 1000, 200, 10_000], "none", 0.559],
  ["certain, and too small a rise", [10_000, 100_000, 11_000, 100_000], "none", 2.693e-12],
  ["no errors at all", [0, 500, 0, 500], "none", 1],
] as const)("%s", (_, [before, requestsBefore, after, requestsAfter], shift, chance) => {
  const found = countTest(before, requestsBefore, after, requestsAfter);
  expect(found).toMatchObject({ kind: "compared", shift });
  if (found.kind === "compared") expect(found.chance / chance).toBeCloseTo(1, 1);
});

test.each([
  ["19 requests before", [1, 19, 9, 500], "few-requests"],
  ["19 requests after", [1, 500, 9, 19], "few-requests"],
  ["none after", [1, 500, 0, 0], "no-traffic"],
  ["no numbers", [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, -5], "no-traffic"],
] as const)("it cannot tell of %s", (_, [before, requestsBefore, after, requestsAfter], reason) => {
  expect(countTest(before, requestsBefore, after, requestsAfter)).toMatchObject({ kind: "not-compared", reason });
});

test("the chance is that of the binomial, summed term by term", () => {
  const errors = fc.integer({ min: 0, max: 25 });
  const requests = fc.integer({ min: 25, max: 400 });
  fc.assert(
    fc.property(errors, requests, errors, requests, (one, before, other, after) => {
      const found = countTest(one, before, other, after);
      if (found.kind !== "compared") throw new Error("not compared");
      const share = after / (before + after);
      const rose = other * before >= one * after;
      const [k, p] = rose ? [other, share] : [one, 1 - share];
      expect(found.chance).toBeCloseTo(tail(k, one + other, p), 9);
    }),
  );
});

test("it never throws, and a chance is between 0 and 1", () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), fc.double(), fc.double(), (...counts) => {
      const found = countTest(...counts);
      if (found.kind === "compared") expect(found.chance >= 0 && found.chance <= 1).toBe(true);
    }),
  );
});

function tail(k: number, n: number, p: number): number {
  let sum = 0;
  for (let x = k; x <= n; x += 1) sum += choose(n, x) * p ** x * (1 - p) ** (n - x);
  return sum;
}

function choose(n: number, k: number): number {
  return Array.from({ length: k }, (_, index) => (n - index) / (index + 1)).reduce((product, one) => product * one, 1);
}
