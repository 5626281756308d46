import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { AgentFile, Config, Tenant } from "../../src/domain/kinds.ts";
import { isMap } from "../../src/spec/pointer.ts";
import { reference } from "../../src/spec/reference.ts";
import { type JsonSchema, jsonSchemas } from "../../src/spec/schema.ts";
import { valuesOf } from "./arbitrary-value.ts";

const ROOT = join(import.meta.dirname, "../..");
const schemas = jsonSchemas();
const validators = new Map(
  Object.entries(schemas).map(([name, schema]) => [
    name,
    new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(schema),
  ]),
);
const complaints = (name: string, value: unknown) => {
  const validate = validators.get(name);
  return validate?.(value) === true ? [] : (validate?.errors ?? [{}]).map((error) => JSON.stringify(error));
};

test("the committed schemas and reference are current (npm run schema writes them)", () => {
  expect(readdirSync(join(ROOT, "schema")).sort()).toEqual(
    Object.keys(schemas)
      .map((name) => `${name}.json`)
      .sort(),
  );
  for (const [name, schema] of Object.entries(schemas)) {
    expect(readFileSync(join(ROOT, "schema", `${name}.json`), "utf8"), name).toBe(
      `${JSON.stringify(schema, null, 2)}\n`,
    );
  }
  expect(readFileSync(join(ROOT, "docs/reference.md"), "utf8")).toBe(reference());
});

test("every field has a description, for editors to show", () => {
  const bare: string[] = [];
  const walk = (schema: unknown, path: string): void => {
    if (!isMap(schema)) return;
    for (const [key, field] of Object.entries(isMap(schema.properties) ? schema.properties : {})) {
      if (!isMap(field) || typeof field.description !== "string" || field.description.length < 3)
        bare.push(`${path}/${key}`);
      walk(field, `${path}/${key}`);
    }
    for (const options of [schema.anyOf, schema.allOf])
      if (Array.isArray(options)) for (const option of options) walk(option, path);
    walk(schema.items, `${path}[]`);
    walk(schema.additionalProperties, `${path}{}`);
  };
  const fields = (schema: JsonSchema): number => JSON.stringify(schema).split('"description"').length;
  for (const [name, schema] of Object.entries(schemas)) walk(schema, name);
  expect(bare).toEqual([]);
  expect(fields(schemas.agent)).toBeGreaterThan(100);
});

/** Parts of a JSON Schema that a value of any size fits. */
function unbounded(schema: unknown, path: string): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((one, index) => unbounded(one, `${path}/${index}`));
  if (!isMap(schema)) return [];
  const types = [schema.type].flat();
  const isClosed = schema.enum !== undefined || schema.const !== undefined;
  const open = [
    ...(types.includes("string") && !isClosed && typeof schema.maxLength !== "number" ? [`${path}: string`] : []),
    ...(types.includes("array") && typeof schema.maxItems !== "number" ? [`${path}: array`] : []),
    ...(types.includes("object") && schema.additionalProperties !== false && typeof schema.maxProperties !== "number"
      ? [`${path}: object`]
      : []),
  ];
  const below = Object.entries(schema).filter(([key]) => key !== "default" && key !== "enum");
  return [...open, ...below.flatMap(([key, part]) => unbounded(part, `${path}/${key}`))];
}

test("every text, list and mapping of every kind has a maximum", () => {
  for (const [name, schema] of Object.entries(schemas)) {
    // All kinds in one: which one it is says `kind`, and the rest is in the definitions.
    const parts = name === "raos" ? schema.definitions : schema;
    expect(unbounded(parts, name)).toEqual([]);
  }
  expect(unbounded({ type: "object", properties: { a: { type: "array", items: { type: "string" } } } }, "")).toEqual([
    ": object",
    "/properties/a: array",
    "/properties/a/items: string",
  ]);
});

describe("the schemas agree with what checks a file", () => {
  const kinds = [
    ["agent", AgentFile],
    ["tenant", Tenant],
    ["config", Config],
  ] as const;
  test.each(kinds)("%s: what RAOS accepts, an editor accepts", (name, schema) => {
    fc.assert(
      fc.property(valuesOf(schema), (value) => {
        expect(complaints(name, value)).toEqual([]);
        expect(complaints("raos", value)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test.each<readonly [string, string]>([
    ["an unknown key", "spec: {scalling: {}}"],
    ["a wrong type", "spec: {scaling: {min: '1'}}"],
    ["a wrong quantity", "spec: {dapr: {sidecar: {cpuLimit: 2Gx}}}"],
    ["a wrong enum value", "spec: {stage: huge}"],
    ["another kind's field", "spec: {owners: []}"],
  ])("an editor marks %s", (_name, spec) => {
    const value = load(`apiVersion: raos.dev/v1alpha1\nkind: Agent\nmetadata: {name: a, namespace: b}\n${spec}`);
    expect(AgentFile.safeParse(value).success).toBe(false);
    expect(complaints("agent", value)).not.toEqual([]);
    expect(complaints("raos", value)).not.toEqual([]);
  });

  test("every file of the fixture fleet is accepted", () => {
    const fleet = join(ROOT, "fixtures/fleet");
    const files = readdirSync(fleet, { recursive: true, encoding: "utf8" }).filter((file) =>
      /^(agents|tenants|templates)\/.*\.ya?ml$|^raos\.yaml$/.test(file),
    );
    expect(files.length).toBeGreaterThan(10);
    for (const file of files)
      expect(complaints("raos", load(readFileSync(join(fleet, file), "utf8"))), file).toEqual([]);
  });

  test("a template may have a parameter for any value", () => {
    const template = (agent: string) =>
      load(`apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec: {agent: ${agent}}`);
    expect(
      complaints(
        "agenttemplate",
        template(
          "{scaling: {min: '${n}'}, stage: '${s}', runtime: {image: 'a/${b}'}, tools: [{mcp: {name: '${m}', stdio: {command: x}}}]}",
        ),
      ),
    ).toEqual([]);
    expect(complaints("agenttemplate", template("{scaling: {min: many}}"))).not.toEqual([]);
    expect(complaints("agenttemplate", template("{scalling: {}}"))).not.toEqual([]);
    expect(complaints("agenttemplate", template("{template: {ref: x}}"))).not.toEqual([]);
  });
});
