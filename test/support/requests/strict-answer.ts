import { changedAgentSchema, newAgentSchema } from "../../../src/request/language/draft-schema.ts";
import type { JsonSchema } from "../../../src/spec/schema/schema.ts";
import { isMap } from "../../../src/spec/values.ts";

/** What a scripted model wants, written as people write specs: what is left out is null, and mappings are mappings. */
export type SparseAnswer = Readonly<Record<string, unknown>>;

/** The answer of a model to a request for a new agent, with every field that the schema has. What the schema does not have, it keeps. */
export function agentAnswer(sparse: SparseAnswer): object {
  return filled(newAgentSchema({ tenants: ["a"], templates: ["a"] }), sparse);
}

/** The answer of a model to a request for a change. Values of edits are written as JSON. */
export function changeAnswer(sparse: SparseAnswer & { readonly edits?: readonly SparseAnswer[] }): object {
  const edits = (sparse.edits ?? []).map((edit) => ({
    why: "It was asked for.",
    ...edit,
    to: edit.to === undefined || edit.to === null ? null : JSON.stringify(edit.to),
  }));
  return filled(changedAgentSchema(["staging"]), { ...sparse, edits });
}

function filled(schema: JsonSchema, sparse: SparseAnswer): object {
  return Object(fill(schema, sparse));
}

/** A value with every field that its schema has: null, or an empty list, where it says nothing; pairs where the schema has them. */
export function fill(schema: JsonSchema, value: unknown): unknown {
  if (value === undefined) return schema.type === "array" ? [] : null;
  const node = branchOf(schema, value);
  if (isMap(node.properties) && isMap(value)) {
    const known = Object.entries(node.properties).map(([name, part]) => [name, fill(Object(part), value[name])]);
    const others = Object.entries(value).filter(([name]) => !Object.hasOwn(Object(node.properties), name));
    return Object.fromEntries([...known, ...others]);
  }
  const { items } = node;
  if (!isMap(items)) return value;
  if (Array.isArray(value)) return value.map((item) => fill(items, item));
  if (!isMap(value)) return value;
  return Object.entries(value).map(([name, each]) => fill(items, { name, value: each }));
}

function branchOf(schema: JsonSchema, value: unknown): JsonSchema {
  const branches = Array.isArray(schema.anyOf) ? schema.anyOf.filter(isMap) : [schema];
  const fits = ({ properties }: JsonSchema) =>
    isMap(value) && isMap(properties) && Object.keys(value).every((name) => Object.hasOwn(properties, name));
  return (
    branches.find(fits) ??
    branches.find(({ properties, type }) => (isMap(value) ? isMap(properties) : type === "array")) ??
    branches[0] ??
    schema
  );
}
