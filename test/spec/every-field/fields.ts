import * as z from "zod";
import { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { AgentTemplate, Config, Guardrail, Model, Remedy, Tenant } from "../../../src/domain/kinds/kinds.ts";
import { Quantity } from "../../../src/domain/values/scalars.ts";
import { unwrapped } from "../../support/specs/unwrapped.ts";

/** What may be wrong with a value, though its type is right. */
export type Question =
  /** The number is right, and its unit another: milliseconds for seconds, percent for shares. */
  | "unit"
  /** A name that nearly is one. Near misses of keys and of words from a list are tried for every field in near-misses.test.ts. */
  | "miss"
  /** A value that deploys nothing: an empty list, a zero. */
  | "nothing"
  /** A value that another field makes moot. */
  | "moot";

export type FieldType = "number" | "quantity" | "text" | "flag" | "word" | "list" | "map" | "object";

/** A field of a kind, once for each schema: what a shape is used for a second time is not asked again. */
export interface Field {
  /** Such as `runtime.port` (of an agent), `Tenant.spec.quota.cpu`, `tools[].mcp.allow`. */
  readonly path: string;
  readonly type: FieldType;
  readonly schema: z.ZodType;
}

/** The questions that a field has to have an answer to, by its type. */
export const QUESTIONS: Readonly<Record<FieldType, readonly Question[]>> = {
  number: ["unit", "moot"],
  quantity: ["unit", "moot"],
  text: ["miss", "moot"],
  flag: ["moot"],
  word: ["moot"],
  list: ["nothing", "moot"],
  map: ["nothing", "moot"],
  object: ["nothing", "moot"],
};

/** Every field of every kind. */
export function fieldsOfKinds(): readonly Field[] {
  const found: Field[] = [];
  const seen = new Set<unknown>();
  walk(AgentSpec, "", found, seen);
  for (const [name, kind] of Object.entries({ Tenant, AgentTemplate, Config, Guardrail, Remedy, Model }))
    walk(kind, name, found, seen);
  return found.filter(({ path }) => !/^[A-Z][a-zA-Z]+\.(?:apiVersion|kind)$/.test(path));
}

function walk(schema: unknown, path: string, found: Field[], seen: Set<unknown>): void {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodArray) walk(bare.element, `${path}[]`, found, seen);
  if (bare instanceof z.ZodRecord) walk(bare.valueType, `${path}.*`, found, seen);
  if (bare instanceof z.ZodUnion) for (const option of bare.options) walk(option, path, found, seen);
  if (!(bare instanceof z.ZodObject) || seen.has(bare)) return;
  seen.add(bare);
  for (const [key, field] of Object.entries(bare.shape)) {
    const at = path === "" ? key : `${path}.${key}`;
    const inner = unwrapped(field);
    if (!found.some((one) => one.path === at)) found.push({ path: at, type: typeOf(inner), schema: inner });
    walk(field, at, found, seen);
  }
}

function typeOf(schema: z.ZodType): FieldType {
  if (schema instanceof z.ZodNumber) return "number";
  if (schema instanceof z.ZodBoolean) return "flag";
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return "word";
  if (schema instanceof z.ZodArray) return "list";
  if (schema instanceof z.ZodRecord) return "map";
  if (schema instanceof z.ZodObject) return "object";
  if (schema instanceof z.ZodUnion) {
    const [first] = schema.options.map(unwrapped);
    if (first === Quantity.options[0]) return "quantity";
    return first instanceof z.ZodObject ? "object" : first instanceof z.ZodNumber ? "number" : "text";
  }
  return schema instanceof z.ZodString && (patternOf(schema) ?? "").includes("(ms|s|m|h") ? "quantity" : "text";
}

function patternOf(schema: z.ZodType): string | undefined {
  if (!(schema instanceof z.ZodString)) return undefined;
  for (const check of schema.def.checks ?? [])
    if (check instanceof z.core.$ZodCheckRegex) return check._zod.def.pattern.source;
  return undefined;
}
