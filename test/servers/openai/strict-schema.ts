import * as z from "zod";

/**
 * What is wrong with a JSON schema for strict mode; undefined where it is right. OpenAI's rules: an object at the root, every
 * property required, no others allowed, and no keyword beside those it supports; at most 10 levels and 5,000 properties.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function strictProblem(schema: unknown): string | undefined {
  const read = z.record(z.string(), z.unknown()).safeParse(schema);
  if (!read.success) return "the schema is no object";
  if (read.data.type !== "object") return "schema must be a JSON Schema of 'type: \"object\"'";
  const counted = { properties: 0 };
  const problem = problemIn(read.data, [], counted);
  if (problem !== undefined) return problem;
  return counted.properties > 5000 ? "the schema has more than 5000 properties" : undefined;
}

const KEYWORDS = new Set([
  ...["$schema", "$defs", "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const"],
  ...["anyOf", "description", "title", "pattern", "format", "minimum", "maximum", "exclusiveMinimum"],
  ...["exclusiveMaximum", "multipleOf", "minItems", "maxItems"],
]);
const TYPES = z.enum(["string", "number", "integer", "boolean", "object", "array", "null"]);
const Types = z.union([TYPES, z.array(TYPES).min(1)]);
const Node = z.record(z.string(), z.unknown());

function problemIn(node: unknown, path: readonly string[], counted: { properties: number }): string | undefined {
  const at = `In context=(${path.map((step) => `'${step}'`).join(", ")})`;
  const read = Node.safeParse(node);
  if (!read.success) return `${at}, a schema is an object`;
  if (path.length > 20) return `${at}, the schema is nested deeper than 10 levels`;
  const { data } = read;
  const unknown = Object.keys(data).find((key) => !KEYWORDS.has(key));
  if (unknown !== undefined) return `${at}, '${unknown}' is not permitted.`;
  if (!("type" in data || "anyOf" in data || "$ref" in data || "enum" in data || "const" in data))
    return `${at}, schema must have a 'type' key.`;
  if ("type" in data && !Types.safeParse(data.type).success) return `${at}, '${String(data.type)}' is no type.`;
  const isObject = data.type === "object" || (Array.isArray(data.type) && data.type.includes("object"));
  if (isObject) {
    const properties = Node.safeParse(data.properties ?? {}).data;
    if (properties === undefined) return `${at}, 'properties' is no object.`;
    if (data.additionalProperties !== false)
      return `${at}, 'additionalProperties' is required to be supplied and to be false.`;
    const names = Object.keys(properties);
    const required = z.array(z.string()).safeParse(data.required).data;
    const missing = names.find((name) => required?.includes(name) !== true);
    if (required === undefined || missing !== undefined || required.length !== names.length)
      return `${at}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing ?? ""}'.`;
    counted.properties += names.length;
    for (const [name, part] of Object.entries(properties)) {
      const problem = problemIn(part, [...path, "properties", name], counted);
      if (problem !== undefined) return problem;
    }
  }
  if (data.type === "array" && data.items === undefined) return `${at}, array schema missing items.`;
  const parts = [
    ...(data.items === undefined ? [] : [["items", data.items] as const]),
    ...(Array.isArray(data.anyOf) ? data.anyOf.map((part, index) => [`anyOf.${index}`, part] as const) : []),
    ...Object.entries(Node.safeParse(data.$defs ?? {}).data ?? {}),
  ];
  for (const [name, part] of parts) {
    const problem = problemIn(part, [...path, name], counted);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
