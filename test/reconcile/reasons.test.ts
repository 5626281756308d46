import { expect, test } from "vitest";
import { REASONS, reasonsReference } from "../../src/reconcile/reasons.ts";

test("a word of an earlier version is used for nothing else", () => {
  const formerly = Object.values(REASONS).flatMap((reason) => reason.formerly ?? []);
  expect(new Set(formerly).size).toBe(formerly.length);
  expect(formerly.filter((word) => word in REASONS)).toEqual([]);
});

test("the reference has a row for each reason, in the order of the alphabet", () => {
  const words = [...reasonsReference().matchAll(/^\| `([^`]+)` \|/gm)].map(([, word]) => word);
  expect(words).toEqual(Object.keys(REASONS));
  expect(words).toEqual(words.toSorted());
});

test("the word that was renamed is listed with its earlier name", () => {
  expect(reasonsReference()).toContain("| `incomplete-read` | Not everything that the decision needs could be read;");
  expect(reasonsReference()).toContain("| `doubtful-read` |");
});
