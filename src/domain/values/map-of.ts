import * as z from "zod";

/**
 * A mapping of at most `most` entries. The maximum is also in the schema's metadata, for the JSON Schema, the shortcut of
 * `spec/read/accept.ts`, and layers made of the schema.
 */
export function mapOf<K extends z.ZodString, V extends z.ZodType>(keys: K, values: V, most: number) {
  const check = z.core._check<Record<string, unknown>>((payload) => {
    if (Object.keys(payload.value).length <= most) return;
    payload.issues.push({
      code: "too_big",
      origin: "record",
      maximum: most,
      inclusive: true,
      input: payload.value,
      message: `has more than ${most} entries; write at most ${most}`,
    });
  });
  return z.record(keys, values).check(check).meta({ maxProperties: most });
}

/** The maximum of entries of a mapping made by `mapOf`; undefined for any other schema. */
export function mostEntries(schema: z.ZodRecord): number | undefined {
  const most = schema.meta()?.maxProperties;
  return typeof most === "number" ? most : undefined;
}
