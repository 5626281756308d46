import type { Json, Quantity } from "./scalars.ts";

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A Kubernetes quantity in base units (cores, bytes), or undefined where the text is none. `500m` is 0.5 and `1Ki` 1024.
 * Follows k8s.io/apimachinery/pkg/api/resource; the result is a double, so beyond 2^53 it is rounded.
 */
export function baseUnits(quantity: Quantity): number | undefined {
  if (typeof quantity === "number") return Number.isFinite(quantity) ? quantity : undefined;
  if (quantity.length > 32) return undefined;
  const match = /^([+-]?(?:\d+|\d+\.\d*|\.\d+))(?:([eE][-+]?\d+)|([munkMGTPE]|[KMGTPE]i))?$/.exec(quantity);
  if (match === null) return undefined;
  const [, digits = "", exponent = "", suffix = ""] = match;
  const factor = FACTORS[suffix];
  const value = factor === undefined ? Number.NaN : Number(`${digits}${exponent}`) * factor;
  return Number.isFinite(value) ? value : undefined;
}

/** A number, or a quantity in base units; undefined for anything else. */
export function amountIn(value: Json | undefined): number | undefined {
  return typeof value === "string" || typeof value === "number" ? baseUnits(value) : undefined;
}
