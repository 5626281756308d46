import * as z from "zod";

/**
 * A mapping of at most `most` entries. The maximum lies in the schema's metadata, where the JSON Schema, the shortcut of
 * `spec/accept.ts` and a layer made of the schema find it.
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

/** The most entries a mapping made by `mapOf` may have; undefined of any other schema. */
export function mostEntries(schema: z.ZodRecord): number | undefined {
  const most = schema.meta()?.maxProperties;
  return typeof most === "number" ? most : undefined;
}
