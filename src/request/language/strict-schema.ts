import type { JsonSchema } from "../../spec/schema/schema.ts";
import { isMap } from "../../spec/values.ts";

/** Whether a field is left out, by its path; `*` stands for an item of a list or a value of a mapping. */
export type LeavesOut = (path: readonly string[]) => boolean;

/**
 * The schema in the subset that OpenAI's strict mode takes: every property is required, an optional one may be null, there are no
 * defaults, lengths and patterns, and a mapping is a list of pairs. `plainValue` turns what fits it back into what fits `schema`, which
 * has to be checked again. https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function strictSchema(schema: JsonSchema, leavesOut: LeavesOut = () => false): JsonSchema {
  return strictPart(schema, [], leavesOut);
}

function strictPart(node: JsonSchema, path: readonly string[], leavesOut: LeavesOut): JsonSchema {
  const described = typeof node.description === "string" ? { description: node.description } : {};
  const [only, ...others] = alternativesOf(node);
  if (only !== undefined && others.length === 0 && only !== node)
    return { ...strictPart(only, path, leavesOut), ...described };
  if (only !== undefined && others.length > 0) return { ...anyOf([only, ...others], path, leavesOut), ...described };
  return { ...strictKind(node, path, leavesOut), ...described };
}

function strictKind(node: JsonSchema, path: readonly string[], leavesOut: LeavesOut): JsonSchema {
  if (isMap(node.properties)) return strictObject(node, node.properties, path, leavesOut);
  if (isMap(node.additionalProperties)) {
    const value = strictPart(node.additionalProperties, [...path, "*"], leavesOut);
    return listOf(closed({ name: { type: "string" }, value }));
  }
  if (isMap(node.items)) return listOf(strictPart(node.items, [...path, "*"], leavesOut));
  if (Array.isArray(node.enum)) return { type: "string", enum: node.enum };
  if (node.const !== undefined) return { type: typeof node.const, enum: [node.const] };
  return { type: node.type };
}

function strictObject(
  node: JsonSchema,
  properties: JsonSchema,
  path: readonly string[],
  leavesOut: LeavesOut,
): JsonSchema {
  const required = Array.isArray(node.required) ? node.required : [];
  const kept: Record<string, JsonSchema> = {};
  for (const [name, part] of Object.entries(properties)) {
    const at = [...path, name];
    if (!isMap(part) || leavesOut(at)) continue;
    const strict = strictPart(part, at, leavesOut);
    kept[name] = required.includes(name) && !isNullable(part) ? strict : orNull(strict);
  }
  return closed(kept);
}

/** Texts, numbers and truth values are one type with several names; objects are alternatives. */
function anyOf(alternatives: readonly JsonSchema[], path: readonly string[], leavesOut: LeavesOut): JsonSchema {
  const parts = alternatives.map((one) => strictPart(one, path, leavesOut));
  const types = parts.map(({ type, enum: values }) => (values === undefined && isScalar(type) ? type : undefined));
  if (types.every((type) => type !== undefined)) return { type: [...new Set(types)] };
  return { anyOf: parts };
}

/** The alternatives of a node but null, those of nested ones too; the node itself where it has none. */
export function alternativesOf(node: JsonSchema): readonly JsonSchema[] {
  const nested = node.anyOf ?? node.oneOf;
  if (!Array.isArray(nested)) return [node];
  return nested.filter(isMap).flatMap((one) => (one.type === "null" ? [] : alternativesOf(one)));
}

/** Whether a node takes null. */
export function isNullable(node: JsonSchema): boolean {
  const nested = node.anyOf ?? node.oneOf;
  return node.type === "null" || (Array.isArray(nested) && nested.filter(isMap).some(isNullable));
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, description, enum: values, ...rest } = schema;
  const described = description === undefined ? {} : { description };
  if (Array.isArray(schema.anyOf)) return { ...rest, anyOf: [...schema.anyOf, { type: "null" }], ...described };
  if (Array.isArray(values)) return { type: [type, "null"], enum: [...values, null], ...described };
  if (Array.isArray(type) || isScalar(type)) return { type: [type, "null"].flat(), ...described };
  const { description: _, ...bare } = schema;
  return { anyOf: [bare, { type: "null" }], ...described };
}

function isScalar(type: unknown): boolean {
  return type === "string" || type === "number" || type === "integer" || type === "boolean";
}

/** An object that has exactly these properties. */
export function closed(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}
