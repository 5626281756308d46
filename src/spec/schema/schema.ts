import * as z from "zod";
import { AgentSpec } from "../../domain/agent/agent.ts";
import {
  AgentFields,
  AgentFile,
  AgentTemplate,
  Config,
  Guardrail,
  Model,
  Remedy,
  Tenant,
} from "../../domain/kinds/kinds.ts";
import { isMap, valueAt } from "../values.ts";

/** A JSON Schema, draft-07, or part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Names of the published schemas: `schema/<name>.json`. `raos` is all kinds in one, distinguished by `kind`. */
export type SchemaName = "agent" | "tenant" | "agenttemplate" | "model" | "config" | "guardrail" | "remedy" | "raos";

const DRAFT = "http://json-schema.org/draft-07/schema#";

/**
 * The JSON Schemas (draft-07, which editors' YAML language server reads) of what a team writes, from the same schemas
 * that check it. An agent's fields carry the schema's defaults as hints; `null` is allowed where it takes a value away.
 */
export function jsonSchemas(): Readonly<Record<SchemaName, JsonSchema>> {
  const kinds = {
    agent: agentSchema(),
    tenant: schemaOf(Tenant),
    agenttemplate: templateSchema(),
    model: schemaOf(Model),
    config: schemaOf(Config),
    guardrail: schemaOf(Guardrail),
    remedy: schemaOf(Remedy),
  };
  return {
    ...kinds,
    raos: combineSchemas(Object.values(kinds)),
  };
}

function schemaOf(schema: z.ZodType): JsonSchema {
  const made: unknown = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return isMap(made) ? mapSubschemas(made, nullable) : {};
}

function agentSchema(): JsonSchema {
  const schema = schemaOf(AgentFile);
  const spec = withDefaults(valueAt(schema, ["properties", "spec"]), schemaOf(AgentSpec));
  return { ...schema, properties: { ...part(schema, "properties"), spec } };
}

/** A template's agent is a layer in which any field may be a parameter. */
function templateSchema(): JsonSchema {
  const schema = schemaOf(AgentTemplate);
  const properties = part(schema, "properties");
  const spec = part(properties, "spec");
  const description = valueAt(spec, ["properties", "agent", "description"]);
  const { $schema: _draft, ...fields } = withDefaults(schemaOf(AgentFields), schemaOf(AgentSpec));
  const { template: _none, ...known } = part(fields, "properties");
  const agent = { ...parametric({ ...fields, properties: known }), description };
  return {
    ...schema,
    properties: { ...properties, spec: { ...spec, properties: { ...part(spec, "properties"), agent } } },
  };
}

function combineSchemas(schemas: readonly JsonSchema[]): JsonSchema {
  const named = schemas.map((schema) => [String(valueAt(schema, ["properties", "kind", "const"])), schema] as const);
  return {
    $schema: DRAFT,
    description: "A file of a RAOS repository",
    type: "object",
    required: ["apiVersion", "kind"],
    properties: { kind: { description: "What the file holds", enum: named.map(([kind]) => kind) } },
    anyOf: named.map(([kind]) => ({ $ref: `#/definitions/${kind}` })),
    definitions: Object.fromEntries(named.map(([kind, { $schema: _draft, ...schema }]) => [kind, schema])),
  };
}

/** A shorter form of `anyOf: [X, null]`: the type of X, or null. */
function nullable(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || valueAt(anyOf, [1, "type"]) !== "null") return schema;
  const [first]: readonly unknown[] = anyOf;
  if (!isMap(first)) return schema;
  if (Array.isArray(first.anyOf)) return { ...first, ...rest, anyOf: [...first.anyOf, { type: "null" }] };
  if (typeof first.type !== "string") return schema;
  const values = Array.isArray(first.enum) ? { enum: [...first.enum, null] } : {};
  return { ...first, ...rest, ...values, type: [first.type, "null"] };
}

/** The schema, with the defaults of another one of the same shape. */
function withDefaults(schema: unknown, other: JsonSchema): JsonSchema {
  if (!isMap(schema)) return {};
  const fields = part(schema, "properties");
  const others = part(other, "properties");
  const standard = other.default;
  const plain = standard !== undefined && !isMap(standard) ? { default: standard } : {};
  if (Object.keys(fields).length === 0) return { ...schema, ...plain };
  const properties = Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, withDefaults(field, part(others, key))]),
  );
  return { ...schema, ...plain, properties };
}

/** The maximum length of a text with parameters in it. */
const LONGEST_PARAMETRIC = 4096;

/** The schema in which every value may also be a text with a parameter in it. */
function parametric(schema: JsonSchema): JsonSchema {
  const fields = part(schema, "properties");
  if (Object.keys(fields).length > 0) {
    const properties = Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, isMap(field) ? parametric(field) : field]),
    );
    return { ...schema, properties };
  }
  const { items, additionalProperties } = schema;
  if (isMap(items)) return { ...schema, items: parametric(items) };
  if (isMap(additionalProperties)) return { ...schema, additionalProperties: parametric(additionalProperties) };
  if (Array.isArray(schema.anyOf) && schema.anyOf.some((option) => isMap(option) && option.type === "object")) {
    return { ...schema, anyOf: schema.anyOf.map((option: unknown) => (isMap(option) ? parametric(option) : option)) };
  }
  const { description, ...rest } = schema;
  const maxLength =
    typeof rest.maxLength === "number" ? Math.max(rest.maxLength, LONGEST_PARAMETRIC) : LONGEST_PARAMETRIC;
  const parameter = { type: "string", maxLength, pattern: "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" };
  return { description, anyOf: [rest, parameter] };
}

function mapSubschemas(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const below = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(below) : isMap(value) ? mapSubschemas(value, change) : value;
  return change(
    Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === "default" ? value : below(value)])),
  );
}

function part(schema: JsonSchema, key: string): JsonSchema {
  const value = schema[key];
  return isMap(value) ? value : {};
}
