import type { Json } from "./scalars.ts";

export type Mapping = { readonly [key: string]: Json };

/** Whether a JSON value is a mapping. */
export function isMapping(value: Json | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value below these keys, or undefined where there is none. Only own keys count. */
export function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let found = value;
  for (const key of keys) {
    if (!isMapping(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}
