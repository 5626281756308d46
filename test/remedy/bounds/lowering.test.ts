import { describe, expect, test } from "vitest";
import { isLowering } from "../../../src/remedy/bounds/lowering.ts";

describe("an edit lowers or removes something", () => {
  test.each([
    [3, 0],
    ["512Mi", "256Mi"],
    ["1", "900m"],
    ["1m30s", "30s"],
    [true, false],
    [{ a: 1 }, undefined],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: { b: "2Gi" } }, { a: { b: "1Gi", c: 1 } }],
    [["a", "b"], ["a"]],
    ["image:1", undefined],
  ])("%j → %j", (from, to) => expect(isLowering(from, to)).toBe(true));

  test.each([
    [0, 3],
    ["512Mi", "1Gi"],
    ["1000m", "1"],
    ["30s", "1m"],
    [undefined, 1],
    [null, 1],
    ["image:2", "image:1"],
    [{ a: 1 }, { a: 1, b: 2 }],
    [["a"], ["b", "a"]],
    [false, true],
  ])("not %j → %j", (from, to) => expect(isLowering(from, to)).toBe(false));
});
