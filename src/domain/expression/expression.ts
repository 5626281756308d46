import {
  type CelInput,
  type CelMap,
  celEnv,
  isCelError,
  isCelList,
  isCelMap,
  isCelUint,
  parse,
  plan,
} from "@bufbuild/cel";
import type { Json } from "../values/scalars.ts";
import { type ExpressionBudget, functionsOf } from "./expression-functions.ts";
import { checkExpression, metered } from "./expression-tree.ts";

/** The result of an expression, or why it failed. */
export type Evaluation =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly message: string };

/** A CEL expression, planned once. */
export interface Expression {
  readonly source: string;
  /** Paths that it reads from its variables, such as `["after", "spec", "stage"]`, those below `has()` included. */
  readonly reads: readonly (readonly string[])[];
  /** Never throws and always ends soon: a missing field, a wrong type and a used-up budget are errors. */
  evaluate(variables: Variables): Evaluation;
}

/** Variables by name, each made by `variable` once and used for many expressions. */
export type Variables = Readonly<Record<string, CelInput>>;

/** Longest expression, in characters. */
const EXPRESSION_LIMIT = 4096;
/** How many steps an evaluation may take; a text counts one for each 64 characters. */
const BUDGET = 30_000;

/** One environment for all expressions, since making one takes a millisecond. Evaluation is synchronous: one budget is enough. */
const budget: ExpressionBudget = { left: 0 };
const env = celEnv({ funcs: functionsOf(budget) });

/**
 * Plans a CEL expression over the named variables. A mistake in it is returned as text: what is wrong and what to write.
 *
 * Two things differ from plain CEL. `has(a.b.c)` is false, and not an error, even where `a.b` is missing, so that one call is
 * enough. Int and double may be mixed in arithmetic. Every other missing field is an error, which a caller must not read as
 * false.
 */
export function planExpression(source: string, variables: readonly string[]): Planned {
  const key = JSON.stringify([source, variables]);
  const before = memo.get(key);
  if (before !== undefined) return before;
  const made = planOnce(source, variables);
  if (memo.size >= MEMO_LIMIT) memo.clear();
  memo.set(key, made);
  return made;
}

type Planned = Expression | { readonly problem: string };

/** Policies are read in every pass and seldom change: planned expressions are kept. */
const memo = new Map<string, Planned>();
const MEMO_LIMIT = 2000;

function planOnce(source: string, variables: readonly string[]): Planned {
  if (source.length > EXPRESSION_LIMIT) return { problem: `is longer than ${EXPRESSION_LIMIT} characters` };
  try {
    const { expr } = parse(source);
    const { problem, reads, paths } = checkExpression(
      expr,
      new Set(variables),
      (name) => env.funcs.find(name) !== undefined,
    );
    if (problem !== undefined) return { problem };
    const run = plan(env, metered(expr));
    const evaluate = (bound: Variables): Evaluation => {
      budget.left = BUDGET;
      const value = run(bound);
      if (!isCelError(value)) return { kind: "value", value };
      return { kind: "error", message: reason(value.message, paths.get(value.exprId ?? -1n)) };
    };
    return { source, reads, evaluate };
  } catch (error) {
    return {
      problem: `is not valid CEL: ${error instanceof Error ? error.message.replace(/^syntax error /, "") : "it cannot be read"}`,
    };
  }
}

/** A JSON value as an expression's variable: whole numbers become ints, objects become maps of their own keys. */
export function variable(value: Json | undefined): CelInput {
  if (value === undefined) return null;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(variable);
  return new Map(Object.entries(value).map(([key, part]) => [key, variable(part)]));
}

function reason(message: string, path: string | undefined): string {
  if (path !== undefined && message.startsWith("field not found")) return `${path} is not set`;
  return message;
}

/** An expression's result as JSON: ints are numbers. Undefined for what JSON does not have: bytes, times, NaN. */
export function jsonOf(value: unknown): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (isCelList(value)) return listOf([...value].map(jsonOf));
  return isCelMap(value) ? mappingOf(value) : numberOf(value);
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  if (isCelUint(value)) return Number(value.value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function listOf(parts: readonly (Json | undefined)[]): Json | undefined {
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

function mappingOf(map: CelMap): Json | undefined {
  const entries = [...map.entries()].map(([key, part]) => [String(key), jsonOf(part)] as const);
  const known = entries.flatMap(([key, part]): [string, Json][] => (part === undefined ? [] : [[key, part]]));
  return known.length === entries.length ? Object.fromEntries(known) : undefined;
}
