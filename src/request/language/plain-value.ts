import type { JsonSchema } from "../../spec/schema/schema.ts";
import { isMap } from "../../spec/values.ts";
import { alternativesOf, isNullable } from "./strict-schema.ts";

/**
 * What a value in the shape of `strictSchema(schema)` means in the shape of `schema`: null is left out where it stands for nothing, and
 * a list of pairs is a mapping. What does not fit is left as it is, for the check that follows. Never throws.
 */
export function plainValue(schema: JsonSchema, value: unknown): unknown {
  const node = fittingAlternative(schema, value);
  if (node === undefined) return value;
  if (isMap(node.properties) && isMap(value)) return plainObject(node.properties, value);
  if (isMap(node.additionalProperties) && Array.isArray(value)) return mapping(node.additionalProperties, value);
  const { items } = node;
  return isMap(items) && Array.isArray(value) ? value.map((item) => plainValue(items, item)) : value;
}

/** Null says that a field is not set, in a shape where every field has to be there. */
function plainObject(properties: JsonSchema, value: Readonly<Record<string, unknown>>): unknown {
  const plain = Object.entries(value).flatMap(([name, part]): readonly (readonly [string, unknown])[] => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (part === null) return [];
    return [[name, isMap(schema) ? plainValue(schema, part) : part]];
  });
  return Object.fromEntries(plain);
}

function mapping(values: JsonSchema, pairs: readonly unknown[]): unknown {
  const known = new Map<string, unknown>();
  for (const pair of pairs) {
    if (!isMap(pair) || typeof pair.name !== "string") return pairs;
    if (pair.value === null && !isNullable(values)) continue;
    known.set(pair.name, plainValue(values, pair.value));
  }
  return Object.fromEntries(known);
}

/** The alternative that has all the fields of an object, or the only one for anything else. */
function fittingAlternative(schema: JsonSchema, value: unknown): JsonSchema | undefined {
  const alternatives = alternativesOf(schema);
  if (!isMap(value)) return alternatives.find(({ properties }) => !isMap(properties)) ?? alternatives[0];
  const set = Object.keys(value).filter((name) => value[name] !== null);
  return alternatives.find(
    ({ properties }) => isMap(properties) && set.every((name) => Object.hasOwn(properties, name)),
  );
}
