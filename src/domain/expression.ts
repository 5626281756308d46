import { type CelInput, celEnv, isCelError, isCelList, isCelMap, isCelUint, parse, plan } from "@bufbuild/cel";
import { type Budget, functionsOf } from "./expression-functions.ts";
import { checked, metered } from "./expression-tree.ts";
import type { Json } from "./scalars.ts";

/** What an expression came to, or why it came to nothing. */
export type Evaluation =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly message: string };

/** A CEL expression, planned once. */
export interface Expression {
  readonly source: string;
  /** Paths that it reads from its variables, such as `["after", "spec", "stage"]`, those below `has()` included. */
  readonly reads: readonly (readonly string[])[];
  /** Never throws and never hangs: a missing field, a wrong type and a spent budget are errors. */
  evaluate(variables: Variables): Evaluation;
}

/** Variables by name, each made by `variable` once and used for many expressions. */
export type Variables = Readonly<Record<string, CelInput>>;

/** Longest expression, in characters. */
export const EXPRESSION_LIMIT = 4096;
/** Steps an evaluation may take; a text counts one for each 64 characters. */
const BUDGET = 30_000;

/** One environment for every expression: planning one costs a millisecond. Evaluation is synchronous, so one budget does. */
const budget: Budget = { left: 0 };
const env = celEnv({ funcs: functionsOf(budget) });

/**
 * Plans a CEL expression over the named variables. A mistake in it is returned as text: what is wrong and what to write.
 *
 * Two things differ from plain CEL. `has(a.b.c)` is false, not an error, also where `a.b` is missing, so that a guard is
 * one call. Int and double may be mixed in arithmetic. Everything else that is missing is an error, which a caller must
 * not take for "no".
 */
export function expression(source: string, variables: readonly string[]): Planned {
  const key = JSON.stringify([source, variables]);
  const before = memo.get(key);
  if (before !== undefined) return before;
  const made = planned(source, variables);
  if (memo.size >= MEMO_LIMIT) memo.clear();
  memo.set(key, made);
  return made;
}

type Planned = Expression | { readonly problem: string };

/** Policies are read anew for each pass, and seldom change: what was planned once is kept. */
const memo = new Map<string, Planned>();
const MEMO_LIMIT = 2000;

function planned(source: string, variables: readonly string[]): Planned {
  if (source.length > EXPRESSION_LIMIT) return { problem: `is longer than ${EXPRESSION_LIMIT} characters` };
  try {
    const { expr } = parse(source);
    const { problem, reads, paths } = checked(expr, new Set(variables), (name) => env.funcs.find(name) !== undefined);
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
      problem: `is not CEL: ${error instanceof Error ? error.message.replace(/^syntax error /, "") : "it cannot be read"}`,
    };
  }
}

/** A JSON value as an expression's variable: whole numbers are ints, objects maps whose only keys are their own. */
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

/** What an expression came to, as JSON: ints are numbers. Undefined for what JSON does not know: bytes, times, NaN. */
export function jsonOf(value: unknown): Json | undefined {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (isCelUint(value)) return Number(value.value);
  if (isCelList(value)) {
    const parts = [...value].map(jsonOf);
    return parts.every((part) => part !== undefined) ? parts : undefined;
  }
  if (!isCelMap(value)) return undefined;
  const entries = [...value.entries()].map(([key, part]) => [String(key), jsonOf(part)] as const);
  const known = entries.flatMap(([key, part]): [string, Json][] => (part === undefined ? [] : [[key, part]]));
  return known.length === entries.length ? Object.fromEntries(known) : undefined;
}
