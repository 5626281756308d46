import { amountIn } from "../domain/values/quantity.ts";
import type { Json } from "../domain/values/scalars.ts";
import type { RemedyEdit } from "./compiled-remedy.ts";

const MI = 2 ** 20;
/** KRR's floors: 10 millicores, 100 MB (https://github.com/robusta-dev/krr, the simple strategy). */
const LEAST_CORES = 0.01;
const LEAST_MEMORY = 100 * MI;
/** Changes of less than this share are dropped, as KRR does. */
const LEAST_SHARE = 0.2;

/**
 * An expression's result as a spec holds it: bytes as whole Mi (or Gi), cores as millicores, rounded up, never below KRR's
 * floors. Undefined where the result is not such a value: not finite, or not positive.
 */
export function asSpecValue(value: Json | undefined, as: RemedyEdit["as"]): Json | undefined {
  switch (as) {
    case "memory": {
      const bytes = amount(value);
      return bytes === undefined ? undefined : memory(Math.max(bytes, LEAST_MEMORY));
    }
    case "cpu": {
      const cores = amount(value);
      return cores === undefined ? undefined : cpu(Math.max(cores, LEAST_CORES));
    }
    case "integer": {
      const number = typeof value === "number" && Number.isFinite(value) ? Math.ceil(value - 1e-9) + 0 : Number.NaN;
      return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
    }
    case "json":
      return value;
    default:
      return as satisfies never;
  }
}

/** Whether two numbers or quantities are less than 20 % apart. Below 5, a whole number's step of 1 is always enough. */
export function isSmall(from: Json, to: Json): boolean {
  const [a, b] = [amount(from), amount(to)];
  if (a === undefined || b === undefined) return false;
  if (Number.isInteger(from) && Number.isInteger(to) && a < 5) return a === b;
  // Floating-point differences are not exact: from 100m to 120m is a fifth.
  return Math.abs(b - a) < LEAST_SHARE * a * (1 - 1e-9);
}

function amount(value: Json | undefined): number | undefined {
  const units = amountIn(value);
  return units !== undefined && units > 0 ? units : undefined;
}

/** Bytes in Gi where that is a whole number, else in Mi; from 10Gi on rounded up to 256Mi. Undefined above the safe integers. */
function memory(bytes: number): string | undefined {
  if (bytes > Number.MAX_SAFE_INTEGER) return undefined;
  const step = bytes >= 10_240 * MI ? 256 : 1;
  const mi = Math.ceil(bytes / MI / step - 1e-9) * step;
  return mi % 1024 === 0 ? `${mi / 1024}Gi` : `${mi}Mi`;
}

function cpu(cores: number): string | undefined {
  const exact = cores * 1000;
  // A double's error grows with the number: what was written as whole millicores must be read as the same ones.
  const milli = Math.ceil(exact - Math.max(1e-6, exact * 1e-15));
  if (!Number.isSafeInteger(milli)) return undefined;
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}
