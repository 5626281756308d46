import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Answer } from "../../src/model/investigator.ts";
import { createModelStore, openModelStore } from "../../src/model/model-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const NOW = Date.parse("2026-06-01T12:00:00Z");
const DAY = 86_400_000;
const ANSWER: Answer = {
  kind: "found",
  summary: "It needs more memory.",
  cause: "memory",
  confidence: "high",
  cites: ["e1"],
  edits: [{ at: "/spec/scaling/max", to: 8, why: "It is full.", evidence: ["e1"] }],
  evidence: [{ kind: "missing", id: "e1", name: "cpu", query: "up", reason: "empty", message: "no data" }],
  reason: "answered",
  model: "m",
  turns: 1,
  tokens: { input: 10, output: 5 },
  dollars: 0.01,
};

const warnings: string[] = [];
const warn = (_: object, message: string) => void warnings.push(message);
const stores = {
  "on disk": () => openModelStore(join(temporaryFolder(), "cache", "models.sqlite"), "acme/fleet", warn),
  "in memory": createModelStore,
};

describe.each(Object.entries(stores))("what models cost and answered, %s", (_, open) => {
  test("is added up for a day in UTC, and never below zero", () => {
    const { spent } = open();
    expect(spent.spentOn(NOW)).toBe(0);
    spent.spend(NOW, 2);
    spent.spend(NOW, -0.5);
    expect(spent.spentOn(NOW)).toBe(1.5);
    expect(spent.spentOn(NOW + DAY)).toBe(0);
    spent.spend(NOW, -9);
    expect(spent.spentOn(NOW)).toBe(0);
  });

  test("a sum that is no number spends all", () => {
    const { spent } = open();
    spent.spend(NOW, Number.NaN);
    expect(spent.spentOn(NOW)).toBe(Number.POSITIVE_INFINITY);
  });

  test("an answer is given until it is too old", () => {
    const { answers } = open();
    answers.write("a", ANSWER, NOW + DAY, NOW);
    expect(answers.read("a", NOW)).toEqual(ANSWER);
    expect(answers.read("b", NOW)).toBeUndefined();
    expect(answers.read("a", NOW + DAY)).toBeUndefined();
  });
});

test("another process knows it; another repository shares the sum, and no answer", () => {
  const file = join(temporaryFolder(), "models.sqlite");
  const one = openModelStore(file, "acme/fleet", warn);
  one.spent.spend(NOW, 3);
  one.answers.write("a", ANSWER, NOW + DAY, NOW);
  const again = openModelStore(file, "acme/fleet", warn);
  expect([again.spent.spentOn(NOW), again.answers.read("a", NOW)]).toEqual([3, ANSWER]);
  const other = openModelStore(file, "acme/other", warn);
  other.spent.spend(NOW, 1);
  expect([one.spent.spentOn(NOW), other.answers.read("a", NOW)]).toEqual([4, undefined]);
});

test("a file that cannot be used is said, and all is kept in memory", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "models.sqlite"));
  const before = warnings.length;
  const { spent } = openModelStore(join(folder, "models.sqlite"), "acme/fleet", warn);
  spent.spend(NOW, 1);
  expect(spent.spentOn(NOW)).toBe(1);
  writeFileSync(join(folder, "damaged.sqlite"), "no database at all, but long enough to look at its header");
  openModelStore(join(folder, "damaged.sqlite"), "acme/fleet", warn);
  expect(warnings.slice(before)).toEqual(Array(2).fill(expect.stringContaining("cannot be kept on disk")));
});
