import {
  type CelFunc,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
  mapType,
} from "@bufbuild/cel";
import { imageReference, isFrom } from "../values/image.ts";
import { baseUnits } from "../values/quantity.ts";

/** How much one evaluation may still cost. */
export interface ExpressionBudget {
  left: number;
}

/** Longest text, and most entries of a list, that an expression may make. */
const LARGEST = 65_536;

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar;
const MAP = mapType(STRING, DYN);

/** The name of the function that RAOS inserts into every loop. It is not legal CEL, so no author can call it. */
export const STEP = "@step";

/**
 * The functions that expressions may call. CEL's own, each with a cost by the size of its arguments, and RAOS' own:
 * - `quantity(x)`: a Kubernetes quantity in base units (cores, bytes), as a double;
 * - `quantity.max(a, b)`, `quantity.min(a, b)`: the larger and the smaller, in base units;
 * - `image(x)`: `{name, registry, tag, digest}` of an image reference, Docker Hub's names spelled out;
 * - `image.from(x, registry)`: whether an image lies in a registry, or below a prefix of one;
 * - `cidr(x)`: `{family, prefix}` of a CIDR block, family 4 or 6, prefix the number of fixed bits;
 * - `+ - * /` of an int and a double, so that a rule does not depend on whether YAML holds `1` or `1.0`.
 */
export function functionsOf(budget: ExpressionBudget): CelFunc[] {
  const own = [...ownFunctions(), celFunc(STEP, [], BOOL, () => true)];
  return [...celEnv().funcs, ...own].map((func) => metered(func, budget));
}

function ownFunctions(): readonly CelFunc[] {
  const mixed = (name: string, apply: (a: number, b: number) => number): readonly CelFunc[] => [
    celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => apply(Number(a), b)),
    celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => apply(a, Number(b))),
  ];
  return [
    celFunc("quantity", [DYN], DOUBLE, units),
    celFunc("quantity.max", [DYN, DYN], DOUBLE, (a, b) => Math.max(units(a), units(b))),
    celFunc("quantity.min", [DYN, DYN], DOUBLE, (a, b) => Math.min(units(a), units(b))),
    celFunc("image", [STRING], MAP, (image) => new Map(Object.entries(imageReference(image)))),
    celFunc("image.from", [STRING, STRING], BOOL, (image, registry) => isFrom(image, registry)),
    celFunc("cidr", [STRING], MAP, block),
    ...mixed("_+_", (a, b) => a + b),
    ...mixed("_-_", (a, b) => a - b),
    ...mixed("_*_", (a, b) => a * b),
    ...mixed("_/_", (a, b) => a / b),
  ];
}

function units(value: CelValue): number {
  const plain = typeof value === "bigint" ? Number(value) : value;
  const result = typeof plain === "string" || typeof plain === "number" ? baseUnits(plain) : undefined;
  if (result === undefined) throw new Error(`${shown(plain)} is not a quantity`);
  return result;
}

function block(text: string): Map<string, bigint> {
  const [address = "", prefix = "", more] = text.split("/");
  const family = address.includes(":") ? 6 : 4;
  const bits = Number(prefix);
  if (more !== undefined || !/^\d{1,3}$/.test(prefix) || bits > (family === 4 ? 32 : 128) || address === "") {
    throw new Error(`${shown(text)} is not a CIDR block`);
  }
  return new Map([
    ["family", BigInt(family)],
    ["prefix", BigInt(bits)],
  ]);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
}

/** The function with a cost: it first takes its cost from the budget, and fails where the budget is used up. */
function metered(func: CelFunc, budget: ExpressionBudget): CelFunc {
  const { target } = func;
  if (target === undefined) {
    return celFunc(func.name, func.arguments, func.result, (...args) => {
      pay(func.name, undefined, args, budget);
      return callFunction(func, undefined, args);
    });
  }
  return celMethod(func.name, target, func.arguments, func.result, function (...args) {
    pay(func.name, this, args, budget);
    return callFunction(func, this, args);
  });
}

function callFunction(func: CelFunc, target: CelValue | undefined, args: CelValue[]): CelValue {
  const result = func.call(0, target, args);
  if (result === undefined) throw new Error(`${func.name} does not take these values`);
  if (isCelError(result)) throw result;
  return result;
}

function pay(name: string, target: CelValue | undefined, args: readonly CelValue[], budget: ExpressionBudget): void {
  const sizes = [target, ...args].map(sizeOf);
  const size = sizes.reduce((sum, each) => sum + each, 0);
  // A regular expression may read each character once for each of its states, and the length of the pattern limits those.
  budget.left -= name === "matches" ? 50 + (sizes[0] ?? 0) * (1 + (sizes[1] ?? 0) / 16) : 1 + size / 64;
  if (budget.left < 0) throw new Error("it takes too long");
  if (name === "_+_" && size > LARGEST) throw new Error("it makes a text or a list that is too large");
}

function sizeOf(value: CelValue | undefined): number {
  if (typeof value === "string" || value instanceof Uint8Array) return value.length;
  return value !== undefined && (isCelList(value) || isCelMap(value)) ? value.size : 0;
}
