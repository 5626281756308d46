import type { Expression } from "../../domain/expression/expression.ts";
import { amountIn } from "../../domain/values/quantity.ts";
import type { Json } from "../../domain/values/scalars.ts";
import type { RemedyEdit } from "../compiled-remedy.ts";
import { isSmall } from "../spec-value.ts";

/** Between which values a remedy moves a number, in base units. */
export interface ValueLimits {
  readonly most?: number;
  readonly least?: number;
}

type Evaluate = (
  expression: Expression,
) =>
  | { readonly kind: "value"; readonly value: Json | undefined }
  | { readonly kind: "error"; readonly message: string };

/** The limits of a remedy's edit; or which expression failed, since an edit is not made without its limits. */
export function limitsOfEdit(edit: RemedyEdit, evaluate: Evaluate): ValueLimits | { readonly problem: string } {
  const limits: { most?: number; least?: number } = {};
  for (const name of ["most", "least"] as const) {
    const expression = edit[name];
    if (expression === undefined) continue;
    const result = evaluate(expression);
    const limit = result.kind === "value" ? amountIn(result.value) : undefined;
    if (limit === undefined)
      return { problem: `in \`${name}\`, ${result.kind === "error" ? result.message : "the result is no quantity"}` };
    limits[name] = limit;
  }
  return limits;
}

/** The value, or the limit that it is beyond. What is no number and no quantity stays as it is. */
export function withinLimits(value: Json | undefined, { most, least }: ValueLimits): Json | undefined {
  const units = amountIn(value);
  if (units === undefined) return value;
  if (most !== undefined && units > most) return most;
  return least !== undefined && units < least ? least : value;
}

/** Whether the limit `to` of the wanted value is no step from the present value towards it, or too small a one. */
export function isNoStep(from: Json | undefined, to: Json, wanted: Json): boolean {
  const [now, next, goal] = [amountIn(from), amountIn(to), amountIn(wanted)];
  if (from === undefined || now === undefined || next === undefined || goal === undefined) return false;
  return (goal > now ? next <= now : next >= now) || isSmall(from, to);
}
