import { isDeepStrictEqual } from "node:util";
import { at, isMapping } from "../../domain/values/json.ts";
import { amountIn } from "../../domain/values/quantity.ts";
import type { Json } from "../../domain/values/scalars.ts";

/**
 * Whether an edit lowers or removes something: a number, a quantity or a duration becomes smaller, a switch goes off, a list
 * loses an entry, or there is no value any more; in a mapping, any part of it. Texts, such as an image, are neither lower nor
 * higher.
 */
export function isLowering(from: Json | undefined, to: Json | undefined): boolean {
  if (from === undefined || from === null) return false;
  if (to === undefined || to === null) return true;
  if (isMapping(from)) return !isMapping(to) || Object.keys(from).some((key) => isLowering(at(from, key), at(to, key)));
  if (Array.isArray(from))
    return !Array.isArray(to) || from.some((one) => !to.some((other) => isDeepStrictEqual(one, other)));
  if (typeof from === "boolean") return from && to === false;
  return isLess(to, from, amountIn) || isLess(to, from, secondsOf);
}

/** Whether both values can be read in one way, and the first is less. */
function isLess(one: Json, other: Json, read: (value: Json) => number | undefined): boolean {
  const [left, right] = [read(one), read(other)];
  return left !== undefined && right !== undefined && left < right;
}

/** A duration as Go and Dapr write it, such as `1m30s`, in seconds. */
function secondsOf(text: Json): number | undefined {
  if (typeof text !== "string" || text.length > 32 || !/^(?:\d{1,9}(?:ms|s|m|h))+$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  return [...text.matchAll(/(\d{1,9})(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? 0),
    0,
  );
}
