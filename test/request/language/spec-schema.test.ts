import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AgentFields } from "../../../src/domain/kinds/kinds.ts";
import { changedAgentSchema, newAgentSchema } from "../../../src/request/language/draft-schema.ts";
import { isLeftOut, LEFT_OUT } from "../../../src/request/language/left-out.ts";
import { plainValue } from "../../../src/request/language/plain-value.ts";
import { specSchemas } from "../../../src/request/language/spec-schema.ts";
import { alternativesOf } from "../../../src/request/language/strict-schema.ts";
import type { JsonSchema } from "../../../src/spec/schema/schema.ts";
import { isMap } from "../../../src/spec/values.ts";
import { strictProblem } from "../../servers/openai/strict-schema.ts";
import { fill } from "../../support/requests/strict-answer.ts";
import { fixtureFleet } from "../../support/specs/fixture-fleet.ts";

const { plain, strict } = specSchemas();

/** The paths of the fields of a schema, `*` for items; a list of pairs is a mapping. */
function fieldsOf(schema: JsonSchema, path: readonly string[] = []): readonly string[] {
  return alternativesOf(schema).flatMap((node) => {
    const pair = isMap(node.items) ? Object.keys(Object(node.items.properties)).join() === "name,value" : false;
    const isPair = pair && path.at(-1) !== "env" && path.at(-1) !== "headers";
    if (isPair) return fieldsOf(Object(Object(node.items).properties.value), [...path, "*"]);
    if (isMap(node.items)) return fieldsOf(node.items, [...path, "*"]);
    if (isMap(node.additionalProperties)) return fieldsOf(node.additionalProperties, [...path, "*"]);
    return Object.entries(Object(node.properties)).flatMap(([name, part]) => {
      const at = [...path, name];
      return [`/${at.join("/")}`, ...fieldsOf(Object(part), at)];
    });
  });
}

describe("the schema that a model gets", () => {
  test.each([
    ["of a spec", strict],
    ["of a new agent", newAgentSchema({ tenants: ["support"], templates: ["support-agent"] })],
    ["of a new agent where there are no templates", newAgentSchema({ tenants: ["support"], templates: [] })],
    ["of a change", changedAgentSchema(["staging", "production"])],
  ])("%s is in the subset that strict mode takes", (_, schema) => {
    expect(strictProblem(schema)).toBeUndefined();
    expect(JSON.stringify(schema).length).toBeLessThan(32_768);
  });

  test("has every field of a spec, or it is left out with a reason", () => {
    const offered = new Set(fieldsOf(strict));
    const missing = fieldsOf(plain).filter((field) => !offered.has(field) && !isLeftOut(field.slice(1).split("/")));
    expect(missing).toEqual([]);
    const all = new Set(fieldsOf(plain));
    expect([...LEFT_OUT.keys()].filter((field) => !all.has(field) || offered.has(field))).toEqual([]);
    expect([...LEFT_OUT.values()].filter((reason) => reason.length < 20)).toEqual([]);
  });

  test("a spec of the fixture fleet in that shape means itself", () => {
    for (const { own } of fixtureFleet().agents.values()) {
      // A model leaves out what people take away with null.
      const written: unknown = JSON.parse(
        JSON.stringify(own, (_, value: unknown) => (value === null ? undefined : value)),
      );
      expect(plainValue(plain, fill(strict, written))).toEqual(written);
    }
  });

  test("mappings, texts and nulls survive, and what fits nothing is kept for the check", () => {
    const Labels = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z]{1,8}$/), { minKeys: 1 });
    fc.assert(
      fc.property(Labels, fc.record({ min: fc.nat(9), max: fc.integer({ min: 1, max: 9 }) }), (labels, scaling) => {
        const spec = { description: "x", labels, scaling, dapr: { state: { type: "state.redis", metadata: labels } } };
        const read = plainValue(plain, fill(strict, spec));
        expect(read).toEqual(spec);
        expect(AgentFields.safeParse(read).success).toBe(true);
      }),
      { numRuns: 50 },
    );
    fc.assert(fc.property(fc.jsonValue(), (value) => void plainValue(plain, value)));
    expect(plainValue(plain, { labels: [{ name: 1 }], hostile: { a: null } })).toEqual({
      labels: [{ name: 1 }],
      hostile: { a: null },
    });
  });
});
