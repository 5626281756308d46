import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { AgentFile, Config, Tenant } from "../../../src/domain/kinds/kinds.ts";
import { reasonsReference } from "../../../src/reconcile/reasons.ts";
import { withSharedParts } from "../../../src/spec/schema/chart-schema.ts";
import { reference, rowsOf } from "../../../src/spec/schema/reference.ts";
import { type JsonSchema, jsonSchemas } from "../../../src/spec/schema/schema.ts";
import { isMap } from "../../../src/spec/values.ts";
import { valuesOf } from "../../support/specs/arbitrary-value.ts";

const ROOT = join(import.meta.dirname, "../../..");
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
  expect(readFileSync(join(ROOT, "docs/reference.md"), "utf8")).toBe(`${reference()}\n${reasonsReference()}`);
  const chart = readFileSync(join(ROOT, "charts/agent/values.schema.json"), "utf8");
  expect(chart).toBe(`${JSON.stringify(withSharedParts(JSON.parse(chart)), null, 2)}\n`);
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

describe("the reference has a row for each field", () => {
  const CHAPTERS = ["Agent", "AgentTemplate", "Tenant", "Config", "Guardrail", "Remedy"];
  /** The names of all fields of a schema, and of what lies in lists, maps and alternatives. */
  function* fieldsOf(schema: unknown, path: string): Generator<string> {
    if (!isMap(schema)) return;
    for (const [key, field] of Object.entries(isMap(schema.properties) ? schema.properties : {})) {
      const at = path === "" ? key : `${path}.${key}`;
      yield at;
      if (at !== "spec.environments" && at !== "spec.agent") yield* fieldsOf(field, at);
    }
    yield* fieldsOf(schema.items, `${path}[]`);
    yield* fieldsOf(schema.additionalProperties, `${path}.<name>`);
    for (const option of Array.isArray(schema.anyOf) ? schema.anyOf : []) yield* fieldsOf(option, path);
  }
  test.each(CHAPTERS)("%s", (title) => {
    const chapter = reference().split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
    const rows = [...chapter.matchAll(/^\| `([^`]*)`/gm)].map(([, name]) => name);
    const names = new Set(fieldsOf(Object.entries(schemas).find(([name]) => name === title.toLowerCase())?.[1], ""));
    expect(rows).toEqual([...new Set(rows)]);
    expect([...names].filter((name) => !rows.includes(name))).toEqual([]);
  });

  test("in lists of lists, in maps of lists, and in a list that is one of several alternatives", () => {
    const leaf = { type: "object", properties: { x: { type: "string", maxLength: 3, description: "X" } } };
    const list = (items: unknown) => ({ type: "array", maxItems: 2, items });
    const alternatives = [{ type: "string", maxLength: 9 }, list(leaf), leaf];
    const properties = {
      rows: list(list(leaf)),
      named: { type: "object", additionalProperties: list(leaf), maxProperties: 4 },
      either: { anyOf: alternatives },
    };
    expect(rowsOf({ type: "object", properties }, "", new Set())).toEqual([
      "| `rows` | list (at most 2) of list (at most 2) of object |  |  |",
      "| `rows[][].x` | string (at most 3) |  | X |",
      "| `named` | map (at most 4) of list (at most 2) of object |  |  |",
      "| `named.<name>[].x` | string (at most 3) |  | X |",
      "| `either` | string (at most 9) or list (at most 2) of object or object |  |  |",
      "| `either[].x` | string (at most 3) |  | X |",
      "| `either.x` | string (at most 3) |  | X |",
    ]);
  });
});
