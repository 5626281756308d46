import * as z from "zod";
import type { DeepPartial } from "./agent.ts";
import { mapOf, mostEntries } from "./map-of.ts";

/**
 * The schema with every field of every object optional, nullable and without its default: what one layer (agent file,
 * template, overlay) may hold before the layers are merged. `null` takes a lower layer's value away, an entry of a record
 * too. Arrays and unions are kept whole, since a layer replaces them.
 */
export function deepPartial<S extends z.ZodType>(schema: S): z.ZodType<DeepPartial<z.output<S>>>;
export function deepPartial(schema: z.ZodType): z.ZodType {
  return loosen(schema);
}

function loosen(schema: z.ZodType): z.ZodType {
  const description = schema.meta()?.description;
  const described = (made: z.ZodType): z.ZodType => (description === undefined ? made : made.meta({ description }));
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return described(loosen(inner(schema)));
  }
  if (schema instanceof z.ZodRecord)
    return described(mapOf(keysOf(schema), loosen(valuesOf(schema)).nullable(), mostOf(schema)));
  if (!(schema instanceof z.ZodObject)) return schema;
  const shape: Record<string, z.ZodType> = {};
  for (const [key, field] of Object.entries<z.ZodType>(schema.shape)) {
    const made = loosen(field);
    const text = field.meta()?.description ?? made.meta()?.description;
    shape[key] = text === undefined ? made.nullish() : made.nullish().meta({ description: text });
  }
  return described(z.strictObject(shape));
}

function keysOf(schema: z.ZodRecord): z.ZodString {
  if (schema.keyType instanceof z.ZodString) return schema.keyType;
  throw new TypeError("a record's keys are strings");
}

function mostOf(schema: z.ZodRecord): number {
  const most = mostEntries(schema);
  if (most === undefined) throw new TypeError("a record has a maximum");
  return most;
}

function valuesOf(schema: z.ZodRecord): z.ZodType {
  if (schema.valueType instanceof z.ZodType) return schema.valueType;
  throw new TypeError("a record's values have a schema");
}

function inner(schema: z.ZodDefault | z.ZodPrefault | z.ZodOptional): z.ZodType {
  const wrapped = schema.unwrap();
  if (wrapped instanceof z.ZodType) return wrapped;
  throw new TypeError("a schema wraps something that is no schema");
}
