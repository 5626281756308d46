import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Edit } from "../../src/domain/change-set.ts";
import type { Json } from "../../src/domain/values/scalars.ts";
import { isSameChange } from "../../src/pr/same-change.ts";

const FILE = "agents/acme/triage.yaml";

function set(at: string, to: Json, file = FILE): Edit {
  return { kind: "set", agent: "acme/triage", file, at, from: undefined, to, why: "So.", by: "rule" };
}

function remove(at: string): Edit {
  return { kind: "remove", agent: "acme/triage", file: FILE, at, from: 1, why: "So.", by: "rule" };
}

const MEMORY = "/spec/runtime/resources/limits/memory";
const MAX = "/spec/scaling/max";

describe("whether a change asks for nothing new", () => {
  test.each<readonly [title: string, before: readonly Edit[], now: readonly Edit[], isSame: boolean]>([
    ["the same value", [set(MAX, 10)], [set(MAX, 10)], true],
    ["a number less than 20 % apart", [set(MAX, 10)], [set(MAX, 12)], true],
    ["a number 20 % apart", [set(MAX, 8)], [set(MAX, 10)], false],
    ["a quantity in another unit", [set(MEMORY, "1Gi")], [set(MEMORY, "1024Mi")], true],
    ["a quantity less than 20 % apart", [set(MEMORY, "1Gi")], [set(MEMORY, "1100Mi")], true],
    ["a quantity far apart", [set(MEMORY, "1Gi")], [set(MEMORY, "2Gi")], false],
    ["another text", [set("/spec/model/name", "gpt-5")], [set("/spec/model/name", "gpt-5-mini")], false],
    ["an equal map", [set("/spec/scaling", { max: 2 })], [set("/spec/scaling", { max: 2 })], true],
    ["another list", [set("/spec/tools", ["a"])], [set("/spec/tools", ["a", "b"])], false],
    ["fewer places", [set(MAX, 10), set(MEMORY, "1Gi")], [set(MAX, 10)], true],
    ["one more place", [set(MAX, 10)], [set(MAX, 10), set(MEMORY, "1Gi")], false],
    ["another place", [set(MAX, 10)], [set("/spec/scaling/min", 10)], false],
    ["another file", [set(MAX, 10)], [set(MAX, 10, "agents/acme/faq.yaml")], false],
    ["the same removal", [remove(MAX)], [remove(MAX)], true],
    ["a value where there was a removal", [remove(MAX)], [set(MAX, 10)], false],
    ["a removal where there was a value", [set(MAX, 10)], [remove(MAX)], false],
    ["nothing at all", [set(MAX, 10)], [], true],
    ["something after nothing", [], [set(MAX, 10)], false],
  ])("%s", (_, before, now, isSame) => {
    expect(isSameChange(before, now)).toBe(isSame);
  });

  const edits = fc.array(
    fc.oneof(
      fc.tuple(fc.constantFrom(MAX, MEMORY), fc.integer()).map(([at, to]) => set(at, to)),
      fc.constantFrom(MAX, MEMORY).map(remove),
    ),
    { maxLength: 4 },
  );

  test("every change, and every part of it, is the same as itself", () => {
    const onePerPlace = edits.map((list) => [...new Map(list.map((edit) => [edit.kind + edit.at, edit])).values()]);
    const withPart = onePerPlace.chain((list) => fc.tuple(fc.constant(list), fc.subarray(list)));
    fc.assert(fc.property(withPart, ([list, part]) => isSameChange(list, part)));
  });

  test("for one number, it does not matter which came first", () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(number, number, (one, other) => {
        expect(isSameChange([set(MAX, one)], [set(MAX, other)])).toBe(isSameChange([set(MAX, other)], [set(MAX, one)]));
      }),
    );
  });
});
