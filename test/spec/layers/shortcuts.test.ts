import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { AgentFields, AgentFile, AgentTemplate, Guardrail, Tenant } from "../../../src/domain/kinds/kinds.ts";
import { completeSpec } from "../../../src/spec/layers/complete.ts";
import { overlayAll } from "../../../src/spec/layers/merge.ts";
import { createAcceptor, createValidator } from "../../../src/spec/read/accept.ts";
import { isMap } from "../../../src/spec/values.ts";
import { valuesOf } from "../../support/specs/arbitrary-value.ts";

/** A value with one of its parts, wherever it lies, replaced by another. */
function damaged(value: unknown, pick: number, by: unknown): unknown {
  const places: ((by: unknown) => unknown)[] = [];
  const walk = (node: unknown, rebuild: (by: unknown) => unknown): void => {
    places.push(rebuild);
    if (Array.isArray(node))
      for (const [index, item] of node.entries()) walk(item, (other) => rebuild(node.with(index, other)));
    else if (isMap(node)) {
      places.push((other) => rebuild({ ...node, surprise: other }));
      for (const key of Object.keys(node)) {
        walk(node[key], (other) => rebuild({ ...node, [key]: other }));
        const { [key]: _gone, ...rest } = node;
        places.push(() => rebuild(rest));
      }
    }
  };
  walk(value, (other) => other);
  return places[pick % places.length]?.(by);
}

const odd = fc.constantFrom<unknown>(
  null,
  "",
  "x y",
  -1,
  0,
  1.5,
  1e12,
  true,
  [],
  {},
  "a".repeat(5000),
  ["x"],
  { x: 1 },
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "no/../way",
  "-",
);

describe("acceptor: a yes is a yes of the schema", () => {
  const kinds: readonly (readonly [string, z.ZodType])[] = [
    ["Agent", AgentFile],
    ["layer", AgentFields],
  ];
  test.each(kinds)("%s", (_name, schema) => {
    const fits = createAcceptor(schema);
    let yes = 0;
    fc.assert(
      fc.property(valuesOf(schema), fc.option(fc.tuple(fc.nat(), odd), { nil: undefined }), (whole, damage) => {
        const value = damage === undefined ? whole : damaged(whole, damage[0], damage[1]);
        const parsed = schema.safeParse(value);
        if (fits(value)) {
          yes += 1;
          expect(parsed.error?.issues).toBeUndefined();
          expect(parsed.data).toEqual(value);
        } else expect(parsed.success).toBe(false);
      }),
      { numRuns: 600 },
    );
    expect(yes).toBeGreaterThan(200);
  });

  test("a name that a parse leaves out does not fit", () => {
    const parameters: unknown = JSON.parse('{"__proto__": null}');
    expect(createAcceptor(AgentFields)({ template: { ref: "x", parameters: {} } })).toBe(true);
    expect(createAcceptor(AgentFields)({ template: { ref: "x", parameters } })).toBe(false);
  });

  test("what it does not know it leaves to the schema", () => {
    const tenant = { apiVersion: "raos.dev/v1alpha1", kind: "Tenant", metadata: { name: "acme" } };
    expect(createAcceptor(Tenant)(tenant)).toBe(false);
    expect(createValidator(Tenant)(tenant)).toEqual({ kind: "value", value: { ...tenant, spec: {} } });
    expect(createAcceptor(AgentTemplate)({})).toBe(false);
    expect(createAcceptor(Guardrail)({})).toBe(false);
  });
});

describe("complete: as AgentSpec.parse, where every layer was checked", () => {
  test("defaults are filled, nulls taken away", () => {
    const layer = fc.oneof(fc.constant({}), valuesOf(AgentFields));
    let whole = 0;
    fc.assert(
      fc.property(layer, layer, fc.boolean(), (lower, higher, required) => {
        const layers = [
          lower,
          higher,
          required ? { description: "d", model: { name: "m" }, instructions: { inline: "i" } } : {},
        ].filter(isMap);
        const merged = overlayAll(layers);
        const completed = completeSpec(merged);
        const parsed = AgentSpec.safeParse(withoutNulls(merged));
        if (completed.kind === "spec") {
          whole += 1;
          expect(parsed.error?.issues).toBeUndefined();
          expect(completed.spec).toEqual(parsed.data);
        } else {
          const missing = parsed.error?.issues.map((issue) => issue.path.map(String));
          expect(new Set(completed.paths.map(String))).toEqual(new Set(missing?.map(String)));
        }
      }),
      { numRuns: 500 },
    );
    expect(whole).toBeGreaterThan(50);
  });
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value) || !isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([key, field]) => [key, withoutNulls(field)]),
  );
}
