import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { unknownValues } from "../../../src/spec/schema/unknown-values.ts";

const closed = (properties: object) => ({ type: "object", additionalProperties: false, properties });
const inner = closed({ c: {}, d: closed({ e: {} }) });
const known = closed({ a: {}, b: inner });

test.each<[string, object, readonly string[]]>([
  ["the same", known, []],
  ["a value at the top", closed({ b: inner }), ["a"]],
  ["values below", closed({ a: {}, b: closed({ d: closed({}) }) }), ["b.c", "b.d.e"]],
  ["a mapping", closed({ a: {} }), ["b"]],
  ["nothing, where other keys are allowed", { type: "object", properties: { b: { properties: {} } } }, []],
  ["nothing, where it says nothing", {}, []],
  ["nothing of an inherited key", closed({ a: {}, b: { type: "object" } }), []],
])("what another schema refuses: %s", (_name, other, expected) => {
  expect(unknownValues(JSON.parse(JSON.stringify(known)), JSON.parse(JSON.stringify(other)))).toEqual(expected);
});

test("the shipped schema refuses nothing of itself", () => {
  const shipped = JSON.parse(
    readFileSync(resolve(import.meta.dirname, "../../../charts/agent/values.schema.json"), "utf8"),
  );
  expect(unknownValues(shipped, shipped)).toEqual([]);
  const { runtime, ...rest } = shipped.properties;
  expect(unknownValues(shipped, { ...shipped, properties: rest })).toEqual(["runtime"]);
  expect(runtime).toBeDefined();
});
