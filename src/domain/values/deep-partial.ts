import * as z from "zod";
import type { DeepPartial } from "../agent/agent.ts";
import { mapOf, mostEntries } from "./map-of.ts";

/**
 * The schema with every field of every object optional, nullable and without its default: one layer (agent file, template,
 * overlay) before the layers are merged. `null` removes a lower layer's value, also an entry of a record. Arrays and unions are
 * not changed, since a layer replaces them as a whole.
 */
export function deepPartial<S extends z.ZodType>(schema: S): z.ZodType<DeepPartial<z.output<S>>>;
export function deepPartial(schema: z.ZodType): z.ZodType {
  return makePartial(schema);
}

function makePartial(schema: z.ZodType): z.ZodType {
  const description = schema.meta()?.description;
  const described = (made: z.ZodType): z.ZodType => (description === undefined ? made : made.meta({ description }));
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return described(makePartial(innerSchema(schema)));
  }
  if (schema instanceof z.ZodRecord)
    return described(mapOf(keysOf(schema), makePartial(valuesOf(schema)).nullable(), mostOf(schema)));
  if (!(schema instanceof z.ZodObject)) return schema;
  const shape: Record<string, z.ZodType> = {};
  for (const [key, field] of Object.entries<z.ZodType>(schema.shape)) {
    const made = makePartial(field);
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

function innerSchema(schema: z.ZodDefault | z.ZodPrefault | z.ZodOptional): z.ZodType {
  const wrapped = schema.unwrap();
  if (wrapped instanceof z.ZodType) return wrapped;
  throw new TypeError("a schema wraps something that is no schema");
}
