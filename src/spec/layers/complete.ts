import * as z from "zod";
import { AgentSpec } from "../../domain/agent/agent.ts";
import { isMap } from "../values.ts";

/** A merged spec with the schema's defaults, or the paths of required fields that no layer sets. */
export type Completed =
  | { readonly kind: "spec"; readonly spec: AgentSpec }
  | { readonly kind: "missing"; readonly paths: readonly (readonly string[])[] };

/**
 * Fills the schema's defaults into a merged spec, drops its `null`s and finds missing fields. It returns what `AgentSpec.parse`
 * would, only faster. Every layer must have been checked against its schema before the merge, so that only a missing field can
 * be wrong.
 */
export function completeSpec(merged: unknown): Completed {
  const missing: Path[] = [];
  const spec = fill(merged, missing);
  if (isWhole(spec, missing)) return { kind: "spec", spec };
  return { kind: "missing", paths: missing.map((path) => path.toReversed()) };
}

function isWhole(_spec: unknown, missing: readonly unknown[]): _spec is AgentSpec {
  return missing.length === 0;
}

/** The steps to a missing field, the last one first: levels add their step only where something is missing. */
type Path = string[];
type Fill = (value: unknown, missing: Path[]) => unknown;
const fill = fillOf(AgentSpec);

function fillOf(schema: z.ZodType): Fill {
  if (schema instanceof z.ZodOptional) {
    const below = fillOf(innerSchema(schema));
    return (value, missing) => (value === undefined || value === null ? undefined : below(value, missing));
  }
  if (schema instanceof z.ZodDefault) {
    const below = fillOf(innerSchema(schema));
    const standard: unknown = schema.parse(undefined);
    return (value, missing) => (value === undefined || value === null ? standard : below(value, missing));
  }
  if (schema instanceof z.ZodPrefault) {
    const below = fillOf(innerSchema(schema));
    return (value, missing) => below(value === undefined || value === null ? {} : value, missing);
  }
  if (schema instanceof z.ZodObject) {
    return fillObject(Object.entries<z.ZodType>(schema.shape).map(([key, field]) => [key, fillOf(field)] as const));
  }
  if (schema instanceof z.ZodRecord) return fillRecord;
  return (value, missing) => {
    if (value === undefined || value === null) missing.push([]);
    return value;
  };
}

/** A record's entries, without those that a layer removed. */
function fillRecord(value: unknown, missing: Path[]): unknown {
  if (!isMap(value)) {
    missing.push([]);
    return value;
  }
  return Object.values(value).includes(null)
    ? Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null))
    : value;
}

function fillObject(fields: ReadonlyArray<readonly [key: string, fill: Fill]>): Fill {
  return (value, missing) => {
    if (!isMap(value)) {
      missing.push([]);
      return undefined;
    }
    const filled: Record<string, unknown> = {};
    for (const [key, fillField] of fields) {
      const known = missing.length;
      const field = fillField(value[key], missing);
      for (let index = known; index < missing.length; index++) missing[index]?.push(key);
      if (field !== undefined) filled[key] = field;
    }
    return filled;
  };
}

function innerSchema(schema: z.ZodDefault | z.ZodPrefault | z.ZodOptional): z.ZodType {
  const wrapped = schema.unwrap();
  if (wrapped instanceof z.ZodType) return wrapped;
  throw new TypeError("a schema wraps something that is not a schema");
}
