import * as z from "zod";

/** The schemas at a path: several below a union, none where the schema has no such path. */
export function schemasAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly z.ZodType[] {
  let found = unwrapped(schema);
  for (const step of path) found = found.flatMap((each) => schemasBelow(each, step)).flatMap(unwrapped);
  return found;
}

/** The keys that a mapping at a path may have; none where every key is allowed, or there is no mapping. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  return schemasAt(schema, path).flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : []));
}

/** The description of the field at a path; undefined where it has none. */
export function descriptionAt(schema: z.ZodType, path: readonly PropertyKey[]): string | undefined {
  const last = path.at(-1);
  for (const parent of schemasAt(schema, path.slice(0, -1))) {
    if (!(parent instanceof z.ZodObject) || last === undefined) continue;
    const field: unknown = parent.shape[String(last)];
    const description = field instanceof z.ZodType ? field.meta()?.description : undefined;
    if (description !== undefined) return description;
  }
  return undefined;
}

function schemasBelow(schema: z.ZodType, step: PropertyKey): readonly z.ZodType[] {
  const below: unknown =
    schema instanceof z.ZodObject
      ? schema.shape[String(step)]
      : schema instanceof z.ZodArray
        ? schema.element
        : schema instanceof z.ZodRecord
          ? schema.valueType
          : undefined;
  return below instanceof z.ZodType ? [below] : [];
}

function unwrapped(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option: unknown) => (option instanceof z.ZodType ? unwrapped(option) : []));
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  if (!wraps) return [schema];
  const below: unknown = schema.unwrap();
  return below instanceof z.ZodType ? unwrapped(below) : [];
}
