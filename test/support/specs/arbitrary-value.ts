import fc from "fast-check";
import * as z from "zod";

/** Values that a schema accepts, made from the schema itself: every kind of schema that the spec language uses. */
export function valuesOf(schema: unknown): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodOptional) return fc.option(valuesOf(schema.unwrap()), { nil: undefined, freq: 2 });
  if (schema instanceof z.ZodNullable) return fc.option(valuesOf(schema.unwrap()), { nil: null, freq: 8 });
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return fc.option(valuesOf(schema.unwrap()), { nil: undefined });
  if (schema instanceof z.ZodObject) return objectOf(schema);
  if (schema instanceof z.ZodRecord)
    return fc.dictionary(valuesOf(schema.keyType).map(String), valuesOf(schema.valueType), {
      maxKeys: 3,
      noNullPrototype: true,
    });
  if (schema instanceof z.ZodArray)
    return fc
      .array(valuesOf(schema.element), { minLength: 0, maxLength: 3 })
      .filter((list) => schema.safeParse(list).success);
  if (schema instanceof z.ZodUnion) return fc.oneof(...schema.options.map(valuesOf));
  if (schema instanceof z.ZodString) return textOf(schema);
  if (schema instanceof z.ZodNumber) return numberOf(schema);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  throw new TypeError(`no values known for ${String(schema)}`);
}

function objectOf(schema: z.ZodObject): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.shape).map(([key, field]) => [key, valuesOf(field)] as const);
  return fc
    .record(Object.fromEntries(fields))
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)));
}

const PLAIN = fc.constantFrom(
  "x",
  "Answers questions.",
  "gpt-5-mini",
  "two\nlines",
  "é😀",
  "yes",
  "0o17",
  "~",
  "a: b",
  "1.0",
);

function textOf(schema: z.ZodString): fc.Arbitrary<string> {
  const [pattern] = (schema.def.checks ?? []).flatMap((check) =>
    check instanceof z.core.$ZodCheckRegex ? [check._zod.def.pattern] : [],
  );
  const made =
    pattern === undefined
      ? fc.oneof(
          PLAIN,
          fc.string({ maxLength: 20 }).filter((text) => text.isWellFormed()),
        )
      : fc.stringMatching(bounded(pattern), { size: "-1" });
  return made.filter(
    (text) => schema.safeParse(text).success && !/[^\P{Cc}\t\n]|[\u2028\u2029\ufeff\ufffe\uffff]/u.test(text),
  );
}

/** The pattern with ASCII for its negated classes, which would otherwise yield mostly exotic text. */
function bounded(pattern: RegExp): RegExp {
  return new RegExp(
    pattern.source
      .replaceAll("[^\\s/?#@]", "[a-z0-9.]")
      .replaceAll("[^\\s@]", "[a-z0-9.:]")
      .replaceAll("[^\\s]", "[a-z0-9/]")
      .replaceAll("[^/]", "[a-zA-Z0-9]")
      .replaceAll("[^:]", "[a-z/]"),
  );
}

function numberOf(schema: z.ZodNumber): fc.Arbitrary<number> {
  const min = Math.max(schema.minValue ?? -1000, -1000);
  const max = Math.min(schema.maxValue ?? 1000, 1000);
  const any = schema.isInt ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
  return any.map((value) => (Object.is(value, -0) ? 0 : value)).filter((value) => schema.safeParse(value).success);
}
