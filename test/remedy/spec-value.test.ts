import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseUnits } from "../../src/domain/values/quantity.ts";
import { Quantity } from "../../src/domain/values/scalars.ts";
import { asSpecValue, isSmall } from "../../src/remedy/spec-value.ts";

const MI = 2 ** 20;

describe("what an expression came to, as a spec writes it", () => {
  test.each([
    [512 * MI, "512Mi"],
    [512 * MI + 1, "513Mi"],
    [1024 * MI, "1Gi"],
    [1025 * MI, "1025Mi"],
    [10_300 * MI, "10496Mi"],
    [12_288 * MI, "12Gi"],
    [1, "100Mi"],
    ["1Gi", "1Gi"],
    ["1500M", "1431Mi"],
    [768 * MI * 1.25, "960Mi"],
  ])("memory of %s is %s", (value, expected) => {
    expect(asSpecValue(value, "memory")).toBe(expected);
  });

  test.each([
    [0.25, "250m"],
    [0.2501, "251m"],
    [2, "2"],
    [2.5, "2500m"],
    [0.0001, "10m"],
    ["1500m", "1500m"],
    [0.1 + 0.2, "300m"],
    ["31758211128m", "31758211128m"],
  ])("CPU of %s is %s", (value, expected) => {
    expect(asSpecValue(value, "cpu")).toBe(expected);
  });

  test.each([
    [3, 3],
    [2.1, 3],
    [4.000000000001, 4],
    [0, 0],
  ])("%s is the whole number %s", (value, expected) => {
    expect(asSpecValue(value, "integer")).toBe(expected);
  });

  test.each([
    ["memory", 0],
    ["memory", -1],
    ["memory", Number.NaN],
    ["memory", Number.POSITIVE_INFINITY],
    ["memory", 1e30],
    ["memory", "much"],
    ["memory", null],
    ["memory", undefined],
    ["memory", [1]],
    ["memory", true],
    ["cpu", 0],
    ["cpu", -0.5],
    ["cpu", Number.NaN],
    ["cpu", 1e30],
    ["cpu", "1Zi"],
    ["integer", -1],
    ["integer", Number.NaN],
    ["integer", Number.POSITIVE_INFINITY],
    ["integer", 1e300],
    ["integer", "3"],
    ["integer", null],
  ] as const)("as %s, %s is nothing", (as, value) => {
    expect(asSpecValue(value, as)).toBeUndefined();
  });

  test("as it is, it stays", () => {
    for (const value of ["text", 1.5, false, null, [1, "a"], { a: { b: 1 } }])
      expect(asSpecValue(value, "json")).toEqual(value);
  });

  describe.each([
    ["memory", 100 * MI, 1e15],
    ["cpu", 0.01, 1e9],
  ] as const)("any %s", (as, floor, most) => {
    const amount = fc.double({ min: 0, max: most, noNaN: true, minExcluded: true });
    const units = (value: number) => baseUnits(String(asSpecValue(value, as))) ?? Number.NaN;

    test("is a quantity, no less than was asked for and no less than the floor", () => {
      fc.assert(
        fc.property(amount, (value) => {
          expect(Quantity.safeParse(asSpecValue(value, as)).success).toBe(true);
          expect(units(value)).toBeGreaterThanOrEqual(Math.max(floor, value) * (1 - 1e-6));
        }),
      );
    });

    test("grows with what was asked for, and is written once and for all", () => {
      fc.assert(
        fc.property(amount, amount, (one, other) => {
          expect(units(Math.max(one, other))).toBeGreaterThanOrEqual(units(Math.min(one, other)));
          expect(asSpecValue(units(one), as)).toBe(asSpecValue(one, as));
        }),
      );
    });
  });
});

describe("too small a change", () => {
  test.each([
    ["100m", "119m", true],
    ["100m", "120m", false],
    ["100m", "81m", true],
    ["100m", "80m", false],
    ["1Gi", "1200Mi", true],
    ["1Gi", "2Gi", false],
    [1, 2, false],
    [4, 4, true],
    [10, 11, true],
    [10, 12, false],
    ["red", "blue", false],
    [0, 1, false],
    [null, 1, false],
  ])("from %s to %s: %s", (from, to, expected) => {
    expect(isSmall(from, to)).toBe(expected);
  });
});
