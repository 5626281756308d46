import * as z from "zod";

/**
 * What is wrong with a JSON schema for strict mode; undefined where it is right. OpenAI's rules: an object at the root, every
 * property required, no others allowed, and no keyword beside those it supports; alternatives that differ in their first key; at
 * most 10 levels of objects and lists, 5,000 properties, 1,000 values of enums, and 120,000 characters of names and values.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function strictProblem(schema: unknown): string | undefined {
  const read = z.record(z.string(), z.unknown()).safeParse(schema);
  if (!read.success) return "the schema is no object";
  if (read.data.type !== "object" || "anyOf" in read.data) return "schema must be a JSON Schema of 'type: \"object\"'";
  const counted: Counted = { properties: 0, values: 0, characters: 0 };
  const problem = problemIn(read.data, [], 0, counted);
  if (problem !== undefined) return problem;
  if (counted.properties > 5000) return "the schema has more than 5000 properties";
  if (counted.values > 1000) return "the schema has more than 1000 values of enums";
  return counted.characters > 120_000 ? "names and values have more than 120000 characters" : undefined;
}

interface Counted {
  properties: number;
  values: number;
  characters: number;
}

const KEYWORDS = new Set([
  ...["$schema", "$defs", "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const"],
  ...["anyOf", "description", "title", "pattern", "format", "minimum", "maximum", "exclusiveMinimum"],
  ...["exclusiveMaximum", "multipleOf", "minItems", "maxItems"],
]);
const TYPES = z.enum(["string", "number", "integer", "boolean", "object", "array", "null"]);
const Types = z.union([TYPES, z.array(TYPES).min(1)]);
const Node = z.record(z.string(), z.unknown());

function problemIn(node: unknown, path: readonly string[], above: number, counted: Counted): string | undefined {
  const at = `In context=(${path.map((step) => `'${step}'`).join(", ")})`;
  const read = Node.safeParse(node);
  if (!read.success) return `${at}, a schema is an object`;
  const { data } = read;
  const isNested = [data.type].flat().some((type) => type === "object" || type === "array");
  const level = above + (isNested ? 1 : 0);
  if (level > 10) return `${at}, the schema is nested deeper than 10 levels`;
  const unknown = Object.keys(data).find((key) => !KEYWORDS.has(key));
  if (unknown !== undefined) return `${at}, '${unknown}' is not permitted.`;
  if (!("type" in data || "anyOf" in data || "$ref" in data || "enum" in data || "const" in data))
    return `${at}, schema must have a 'type' key.`;
  if ("type" in data && !Types.safeParse(data.type).success) return `${at}, '${String(data.type)}' is no type.`;
  const values = problemOfValues(data, counted) ?? problemOfAlternatives(data);
  if (values !== undefined) return `${at}, ${values}`;
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
    counted.characters += names.join("").length;
    for (const [name, part] of Object.entries(properties)) {
      const problem = problemIn(part, [...path, "properties", name], level, counted);
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
    const problem = problemIn(part, [...path, name], level, counted);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** One enum of more than 250 values may have 15,000 characters. */
function problemOfValues(data: z.infer<typeof Node>, counted: Counted): string | undefined {
  if ("enum" in data && !Array.isArray(data.enum)) return "'enum' is no list.";
  const values = [...(Array.isArray(data.enum) ? data.enum : []), ...("const" in data ? [data.const] : [])];
  const characters = values.map(String).join("").length;
  counted.values += values.length;
  counted.characters += characters;
  return values.length > 250 && characters > 15_000 ? "an enum has more than 15000 characters" : undefined;
}

/** What a model writes first has to tell which of the objects it writes. */
function problemOfAlternatives({ anyOf }: z.infer<typeof Node>): string | undefined {
  const firsts = (Array.isArray(anyOf) ? anyOf : []).flatMap((one) => {
    const properties = Node.safeParse(Node.safeParse(one).data?.properties).data;
    return properties === undefined ? [] : Object.keys(properties).slice(0, 1);
  });
  const [same] = firsts.filter((first, index) => firsts.indexOf(first) !== index);
  return same === undefined ? undefined : `alternatives of 'anyOf' share the first key '${same}'.`;
}
