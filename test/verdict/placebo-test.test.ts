import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Points } from "../../src/domain/rollout-verdict/comparison.ts";
import { placeboTest } from "../../src/verdict/placebo-test.ts";
import { minutes, TIMES, wavering } from "./readings.ts";

const daily = (minute: number) => 1 + 0.65 * Math.sin((2 * Math.PI * minute) / 1440);
const clock = (minute: number) => ((minute % 1440) + 1440) % 1440;
const since = (start: number, factor: number) => (minute: number) => (minute > start ? factor : 1) * wavering(minute);

describe("what the placebo test says", () => {
  test.each([
    ["a value that stays", wavering, "none"],
    ["one that doubles with the roll-out", since(0, 2), "up"],
    ["one that rises by half", since(0, 1.5), "up"],
    ["one that rises by a fifth: more than it does by itself, and too little", since(0, 1.2), "none"],
    ["one that halves", since(0, 0.5), "down"],
    ["one that goes up and down in a day", (minute: number) => daily(minute) * wavering(minute), "none"],
    ["one that doubles on top of that", (minute: number) => daily(minute) * since(0, 2)(minute), "up"],
    ["one that doubled two hours before", since(-120, 2), "none"],
    ["one that doubled three days before", since(-4320, 2), "none"],
    [
      "one that doubles at this time of every day",
      (minute: number) => (clock(minute) < 60 ? 2 : 1) * wavering(minute),
      "none",
    ],
    ["a level that is the same all the time, and then doubles", (minute: number) => (minute > 0 ? 2 : 1), "up"],
  ] as const)("of %s", (_, value, shift) => {
    expect(placeboTest(minutes(value), TIMES)).toMatchObject({ kind: "compared", shift });
  });

  test("every figure is kept", () => {
    const found = placeboTest(
      minutes((minute) => (minute > 0 ? 3 : 1 + (minute % 2) / 10)),
      TIMES,
    );
    expect(found).toMatchObject({ kind: "compared", placebos: 650, higher: 0, lower: 650, daily: false });
    if (found.kind !== "compared") throw new Error("not compared");
    expect([found.before, found.hours, found.after, found.ratio].map((one) => Number(one.toFixed(2)))).toEqual([
      0.95, 0.95, 3, 3.16,
    ]);
  });

  test.each([
    ["no point", [], "not-measured"],
    ["nothing but NaN", minutes(() => Number.NaN), "not-measured"],
    ["none after the roll-out", minutes((minute) => (minute > 0 ? undefined : wavering(minute))), "gaps"],
    ["none just before", minutes((minute) => (minute > -25 && minute <= 0 ? undefined : wavering(minute))), "gaps"],
    ["too few before: a day", minutes((minute) => (minute < -1440 ? undefined : wavering(minute))), "little-history"],
    ["half an hour before", minutes((minute) => (minute < -31 ? undefined : wavering(minute))), "little-history"],
    ["one value", minutes(() => 7), "constant"],
    ["nothing but zeroes", minutes(() => 0), "constant"],
    ["zeroes before", minutes((minute) => (minute > 0 ? 1 : 0)), "zeroes"],
    ["zeroes after", minutes((minute) => (minute > 0 ? 0 : wavering(minute))), "zeroes"],
    ["values below zero", minutes((minute) => -wavering(minute)), "zeroes"],
  ] as const)("it cannot tell of %s", (_, points, reason) => {
    expect(placeboTest(points, TIMES)).toMatchObject({ kind: "not-compared", reason });
  });

  test("a tenth of the points may be missing", () => {
    const points = minutes((minute) => (minute % 10 === 0 ? undefined : since(0, 2)(minute)));
    expect(placeboTest(points, TIMES)).toMatchObject({ kind: "compared", shift: "up" });
  });
});

describe("whatever the series", () => {
  const level = fc.constantFrom(0.5, 0.8, 1, 1.25, 1.5, 2, 3);
  const noise = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 3, maxLength: 40 });
  const series = fc
    .tuple(level, noise)
    .map(([factor, values]) =>
      minutes((minute) => (minute > 0 ? factor : 1) * (values[Math.abs(minute * 7) % values.length] ?? 1)),
    );

  test("its unit changes nothing", () => {
    fc.assert(
      fc.property(series, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (points, unit) => {
        const scaled = points.map(([at, value]) => [at, value * unit] as const);
        const [one, other] = [placeboTest(points, TIMES), placeboTest(scaled, TIMES)];
        const told = ({ before, after, ...rest }: ReturnType<typeof placeboTest>) =>
          rest.kind === "compared" ? [rest.shift, rest.placebos, rest.ratio.toFixed(6)] : rest;
        expect(told(other)).toEqual(told(one));
      }),
      { numRuns: 25 },
    );
  });

  test("the order of its points changes nothing", () => {
    const points = minutes(since(0, 2));
    expect(placeboTest(points.toReversed(), TIMES)).toEqual(placeboTest(points, TIMES));
  });

  test("it never throws, and a figure is always a number", () => {
    const any: fc.Arbitrary<Points> = fc.array(
      fc.tuple(fc.oneof(fc.double(), fc.integer({ min: 0, max: TIMES.changeAt * 2 })), fc.double()),
    );
    const extreme = fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.MAX_VALUE,
      Number.MIN_VALUE,
      -0,
      0,
      -1,
    );
    const long = fc
      .tuple(extreme, extreme)
      .map(([a, b]) => minutes((minute) => (minute % 3 === 0 ? a : minute > 0 ? b : wavering(minute))));
    fc.assert(
      fc.property(fc.oneof(any, long), (points) => {
        const found = placeboTest(points, TIMES);
        if (found.kind === "compared")
          expect([found.ratio, found.before, found.after].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
