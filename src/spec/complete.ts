import * as z from "zod";
import { AgentSpec } from "../domain/agent.ts";
import { isMap } from "./pointer.ts";

/** A merged spec with the schema's defaults, or the paths of what is required and nobody set. */
export type Completed =
  | { readonly kind: "spec"; readonly spec: AgentSpec }
  | { readonly kind: "missing"; readonly paths: readonly (readonly string[])[] };

/**
 * Fills the schema's defaults into a merged spec, drops its `null`s and finds what is missing. It answers as
 * `AgentSpec.parse` would, and faster, on one condition: every layer was checked against its schema before the merge, so
 * that only a missing field can be wrong.
 */
export function complete(merged: unknown): Completed {
  const missing: (readonly string[])[] = [];
  const spec = fill(merged, [], missing);
  return isWhole(spec, missing) ? { kind: "spec", spec } : { kind: "missing", paths: missing };
}

function isWhole(_spec: unknown, missing: readonly unknown[]): _spec is AgentSpec {
  return missing.length === 0;
}

type Fill = (value: unknown, path: readonly string[], missing: (readonly string[])[]) => unknown;
const fill = fillOf(AgentSpec);

function fillOf(schema: z.ZodType): Fill {
  if (schema instanceof z.ZodOptional) {
    const below = fillOf(inner(schema));
    return (value, path, missing) => (value === undefined || value === null ? undefined : below(value, path, missing));
  }
  if (schema instanceof z.ZodDefault) {
    const below = fillOf(inner(schema));
    const standard: unknown = schema.parse(undefined);
    return (value, path, missing) => (value === undefined || value === null ? standard : below(value, path, missing));
  }
  if (schema instanceof z.ZodPrefault) {
    const below = fillOf(inner(schema));
    return (value, path, missing) => below(value === undefined || value === null ? {} : value, path, missing);
  }
  if (schema instanceof z.ZodObject)
    return fillObject(Object.entries<z.ZodType>(schema.shape).map(([key, field]) => [key, fillOf(field)] as const));
  return (value, path, missing) => {
    if (value === undefined || value === null) missing.push(path);
    return value;
  };
}

function fillObject(fields: ReadonlyArray<readonly [key: string, fill: Fill]>): Fill {
  return (value, path, missing) => {
    if (!isMap(value)) {
      missing.push(path);
      return undefined;
    }
    const filled: Record<string, unknown> = {};
    for (const [key, fillField] of fields) {
      const field = fillField(value[key], [...path, key], missing);
      if (field !== undefined) filled[key] = field;
    }
    return filled;
  };
}

function inner(schema: z.ZodDefault | z.ZodPrefault | z.ZodOptional): z.ZodType {
  const wrapped = schema.unwrap();
  if (wrapped instanceof z.ZodType) return wrapped;
  throw new TypeError("a schema wraps something that is no schema");
}
