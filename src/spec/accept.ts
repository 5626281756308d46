import * as z from "zod";
import { mostEntries } from "../domain/map-of.ts";
import { isMap } from "./pointer.ts";

type Check = (value: unknown) => boolean;

/**
 * A fast answer to whether a value fits a schema as it stands, several times faster than a parse. Yes means that
 * `schema.parse(value)` gives an equal value; no means only that the schema itself has to be asked: the value may be wrong,
 * or the schema uses something (a default, a refinement) that this shortcut does not know.
 */
export function acceptor<S extends z.ZodType>(schema: S): (value: unknown) => value is z.output<S> {
  const check = checkOf(schema);
  return (value): value is z.output<S> => check(value);
}

/** A value that fits, or what the schema has against it. */
export type Validated<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "issues"; readonly issues: readonly z.core.$ZodIssue[] };

/** As `schema.safeParse`, but by way of the shortcut where the value fits as it stands. */
export function validator<S extends z.ZodType>(schema: S): (value: unknown) => Validated<z.output<S>> {
  const fits = acceptor(schema);
  return (value) => {
    if (fits(value)) return { kind: "value", value };
    const parsed = schema.safeParse(value);
    return parsed.success ? { kind: "value", value: parsed.data } : { kind: "issues", issues: parsed.error.issues };
  };
}

const NEVER: Check = () => false;

function checkOf(schema: unknown): Check {
  if (schema instanceof z.ZodOptional) return checkOfOptional(schema.unwrap());
  if (schema instanceof z.ZodNullable) return orElse(null, checkOf(schema.unwrap()));
  if (schema instanceof z.ZodObject) return checkOfObject(schema);
  if (schema instanceof z.ZodRecord) return checkOfRecord(schema);
  if (schema instanceof z.ZodArray) return checkOfArray(schema);
  if (schema instanceof z.ZodUnion) return checkOfUnion(schema);
  if (schema instanceof z.ZodString) return checkOfString(schema);
  if (schema instanceof z.ZodNumber) return checkOfNumber(schema);
  if (schema instanceof z.ZodBoolean) return (value) => typeof value === "boolean";
  if (schema instanceof z.ZodLiteral) return memberOf(schema.values);
  if (schema instanceof z.ZodEnum) return memberOf(new Set<unknown>(schema.options));
  return NEVER;
}

/** Layers wrap nearly every field twice, so that the two wrappers are one call. */
function checkOfOptional(inner: unknown): Check {
  if (!(inner instanceof z.ZodNullable)) return orElse(undefined, checkOf(inner));
  const check = checkOf(inner.unwrap());
  return (value) => value === undefined || value === null || check(value);
}

function orElse(other: null | undefined, check: Check): Check {
  return (value) => value === other || check(value);
}

function memberOf(values: ReadonlySet<unknown>): Check {
  return (value) => values.has(value);
}

function checkOfObject(schema: z.ZodObject): Check {
  if (hasChecks(schema) || !(schema.def.catchall instanceof z.ZodNever)) return NEVER;
  const fields = new Map(Object.entries(schema.shape).map(([key, field]) => [key, checkOf(field)]));
  const required = [...fields].filter(([, check]) => !check(undefined)).map(([key]) => key);
  return (value) => {
    if (!isMap(value)) return false;
    for (const key in value) {
      const check = fields.get(key);
      if (check === undefined || !check(value[key])) return false;
    }
    for (const key of required) if (!Object.hasOwn(value, key)) return false;
    return true;
  };
}

function checkOfRecord(schema: z.ZodRecord): Check {
  const most = mostEntries(schema);
  if (most === undefined || (schema.def.checks ?? []).length > 1) return NEVER;
  const keyFits = checkOf(schema.keyType);
  const fits = checkOf(schema.valueType);
  return (value) => {
    if (!isMap(value)) return false;
    if (Object.keys(value).length > most) return false;
    // A parse leaves the name `__proto__` out, so what has it does not fit as it stands.
    for (const key in value) if (key === "__proto__" || !keyFits(key) || !fits(value[key])) return false;
    return true;
  };
}

function checkOfUnion(schema: z.ZodUnion): Check {
  if (hasChecks(schema)) return NEVER;
  const options = schema.options.map(checkOf);
  return (value) => options.some((fits) => fits(value));
}

function checkOfArray(schema: z.ZodArray): Check {
  const fits = checkOf(schema.element);
  const bounds = boundsOf(schema);
  return (value) => Array.isArray(value) && bounds.every((within) => within(value)) && value.every(fits);
}

function checkOfString(schema: z.ZodString): Check {
  const bounds = boundsOf(schema);
  return (value) => {
    if (typeof value !== "string") return false;
    for (const within of bounds) if (!within(value)) return false;
    return true;
  };
}

function checkOfNumber(schema: z.ZodNumber): Check {
  const bounds = boundsOf(schema);
  const format = schema.format;
  if (format !== null && format !== "safeint") return NEVER;
  const fits = format === "safeint" ? Number.isSafeInteger : Number.isFinite;
  return (value) => typeof value === "number" && fits(value) && bounds.every((within) => within(value));
}

type Sized = string | number | readonly unknown[];
type Bound = (value: Sized) => boolean;

/** The checks of a schema as predicates; one that this file does not know makes a predicate that is never true. */
function boundsOf(schema: z.ZodString | z.ZodNumber | z.ZodArray): readonly Bound[] {
  return (schema.def.checks ?? []).map(boundOf);
}

function boundOf(check: z.core.$ZodCheck): Bound {
  if (check instanceof z.core.$ZodCheckMaxLength) {
    const { maximum } = check._zod.def;
    return (value) => typeof value !== "number" && value.length <= maximum;
  }
  if (check instanceof z.core.$ZodCheckMinLength) {
    const { minimum } = check._zod.def;
    return (value) => typeof value !== "number" && value.length >= minimum;
  }
  if (check instanceof z.core.$ZodCheckRegex) {
    const { pattern } = check._zod.def;
    return (value) => typeof value === "string" && !pattern.global && !pattern.sticky && pattern.test(value);
  }
  if (check instanceof z.core.$ZodCheckLessThan) {
    const { value: limit, inclusive } = check._zod.def;
    if (typeof limit !== "number") return NEVER;
    return (value) => typeof value === "number" && (inclusive ? value <= limit : value < limit);
  }
  if (check instanceof z.core.$ZodCheckGreaterThan) {
    const { value: limit, inclusive } = check._zod.def;
    if (typeof limit !== "number") return NEVER;
    return (value) => typeof value === "number" && (inclusive ? value >= limit : value > limit);
  }
  return NEVER;
}

function hasChecks(schema: z.ZodType): boolean {
  return (schema.def.checks ?? []).length > 0;
}
