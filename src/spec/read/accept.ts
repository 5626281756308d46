import * as z from "zod";
import { mostEntries } from "../../domain/values/map-of.ts";
import { isMap } from "../values.ts";

type Check = (value: unknown) => boolean;

/**
 * Creates a function that checks whether a value fits a schema unchanged, several times faster than a parse. True means that
 * `schema.parse(value)` returns an equal value. False only means that the caller has to use the schema itself: the value may be
 * wrong, or the schema uses something (a default, a refinement) that this shortcut does not know.
 */
export function createAcceptor<S extends z.ZodType>(schema: S): (value: unknown) => value is z.output<S> {
  const check = checkOf(schema);
  return (value): value is z.output<S> => check(value);
}

/** A value that fits, or the issues that the schema finds. */
export type Validated<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "issues"; readonly issues: readonly z.core.$ZodIssue[] };

/** As `schema.safeParse`, with the shortcut where the value fits unchanged. */
export function createValidator<S extends z.ZodType>(schema: S): (value: unknown) => Validated<z.output<S>> {
  const fits = createAcceptor(schema);
  return (value) => {
    if (fits(value)) return { kind: "value", value };
    const parsed = schema.safeParse(value);
    return parsed.success ? { kind: "value", value: parsed.data } : { kind: "issues", issues: parsed.error.issues };
  };
}

const NEVER: Check = () => false;

/** How the check of each class of schema is made, for the classes that this file knows. */
const CHECK_MAKERS: readonly ((schema: unknown) => Check | undefined)[] = [
  madeFor(z.ZodOptional, (schema) => checkOfOptional(schema.unwrap())),
  madeFor(z.ZodNullable, (schema) => orElse(null, checkOf(schema.unwrap()))),
  madeFor(z.ZodObject, checkOfObject),
  madeFor(z.ZodRecord, checkOfRecord),
  madeFor(z.ZodArray, checkOfArray),
  madeFor(z.ZodUnion, checkOfUnion),
  madeFor(z.ZodString, checkOfString),
  madeFor(z.ZodNumber, checkOfNumber),
  madeFor(z.ZodBoolean, () => (value) => typeof value === "boolean"),
  madeFor(z.ZodLiteral, (schema) => memberOf(schema.values)),
  madeFor(z.ZodEnum, (schema) => memberOf(new Set<unknown>(schema.options))),
];

function madeFor<S>(kind: abstract new (def: never) => S, make: (schema: S) => Check) {
  return (schema: unknown): Check | undefined => (schema instanceof kind ? make(schema) : undefined);
}

function checkOf(schema: unknown): Check {
  for (const make of CHECK_MAKERS) {
    const check = make(schema);
    if (check !== undefined) return check;
  }
  return NEVER;
}

/** Layers wrap nearly every field in optional and nullable: both are checked in one call. */
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
    // A parse removes the name `__proto__`, so that a value with it does not fit unchanged.
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
  return lengthBoundOf(check) ?? limitOf(check) ?? patternOf(check) ?? NEVER;
}

function lengthBoundOf(check: z.core.$ZodCheck): Bound | undefined {
  if (check instanceof z.core.$ZodCheckMaxLength) {
    const { maximum } = check._zod.def;
    return (value) => typeof value !== "number" && value.length <= maximum;
  }
  if (!(check instanceof z.core.$ZodCheckMinLength)) return undefined;
  const { minimum } = check._zod.def;
  return (value) => typeof value !== "number" && value.length >= minimum;
}

function limitOf(check: z.core.$ZodCheck): Bound | undefined {
  const isMost = check instanceof z.core.$ZodCheckLessThan;
  if (!isMost && !(check instanceof z.core.$ZodCheckGreaterThan)) return undefined;
  const { value: limit, inclusive } = check._zod.def;
  if (typeof limit !== "number") return NEVER;
  if (isMost) return (value) => typeof value === "number" && (inclusive ? value <= limit : value < limit);
  return (value) => typeof value === "number" && (inclusive ? value >= limit : value > limit);
}

function patternOf(check: z.core.$ZodCheck): Bound | undefined {
  if (!(check instanceof z.core.$ZodCheckRegex)) return undefined;
  const { pattern } = check._zod.def;
  return (value) => typeof value === "string" && !pattern.global && !pattern.sticky && pattern.test(value);
}

function hasChecks(schema: z.ZodType): boolean {
  return (schema.def.checks ?? []).length > 0;
}
