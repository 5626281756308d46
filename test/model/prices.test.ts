import { describe, expect, test } from "vitest";
import { createDayBudget } from "../../src/model/day-budget.ts";
import { dollarsOf } from "../../src/model/prices.ts";

const MILLION = { input: 1_000_000, output: 1_000_000 };

describe("what tokens cost", () => {
  test.each([
    ["gpt-5-mini", 2.25],
    ["gpt-5-mini-2025-08-07", 2.25],
    ["openai/gpt-5-mini", 2.25],
    ["gpt-5", 11.25],
    ["gpt-4o-latest", 12.5],
    ["gpt-5-pro", 135],
    // What only begins like a known one is not known: it may cost more.
    ["gpt-5-ultra", 30],
    ["gpt-4o-audio-preview", 30],
    ["llama3.3:70b", 30],
    ["constructor", 30],
  ])("a million in and out of %s: %d US dollars", (model, dollars) => {
    expect(dollarsOf(model, MILLION)).toBeCloseTo(dollars, 9);
  });
});

describe("the budget of a day", () => {
  const noon = Date.parse("2026-05-04T12:00:00Z");
  const DAY = 86_400_000;

  test("sums a day in UTC, and starts from zero on the next", () => {
    const budget = createDayBudget();
    budget.spend(noon, 1);
    budget.spend(noon + DAY / 2 - 1, 2);
    expect(budget.spentOn(noon)).toBe(3);
    expect(budget.spentOn(noon + DAY / 2)).toBe(0);
    budget.spend(noon + DAY / 2, 4);
    expect(budget.spentOn(noon + DAY)).toBe(4);
  });

  test("a clock that goes back renews nothing", () => {
    const budget = createDayBudget();
    budget.spend(noon, 3);
    expect(budget.spentOn(noon - 30 * DAY)).toBe(3);
    budget.spend(noon - DAY, 1);
    expect(budget.spentOn(noon)).toBe(4);
  });

  test("what was set aside is given back, never more than there is", () => {
    const budget = createDayBudget();
    budget.spend(noon, 2);
    budget.spend(noon, -1.5);
    expect(budget.spentOn(noon)).toBe(0.5);
    budget.spend(noon + DAY, -1);
    expect(budget.spentOn(noon + DAY)).toBe(0);
  });

  test("a sum that is no number spends all", () => {
    const budget = createDayBudget();
    budget.spend(noon, Number.NaN);
    budget.spend(noon, -5);
    expect(budget.spentOn(noon)).toBe(Number.POSITIVE_INFINITY);
  });
});
