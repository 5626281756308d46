import * as z from "zod";

/** A field's schema without what says that it may be left out. Throws TypeError where it is no schema. */
export function unwrapped(schema: unknown): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodType) return schema;
  throw new TypeError("not a schema");
}
