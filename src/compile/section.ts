import type { Json } from "../domain/values/scalars.ts";

/** One section of the values, its fields in the order of the YAML. Undefined fields are left out. */
export type Section = { readonly [key: string]: Json | undefined };

/** The section without its undefined fields and empty mappings; undefined where nothing is left. */
export function section(fields: Section): { readonly [key: string]: Json } | undefined {
  const present: { [key: string]: Json } = {};
  let any = false;
  for (const key in fields) {
    const value = fields[key];
    if (value === undefined) continue;
    present[key] = value;
    any = true;
  }
  return any ? present : undefined;
}

/** The value, or undefined where it is the chart's default. */
export function unless<T extends Json>(assumed: T, value: T | undefined): T | undefined {
  return value === assumed ? undefined : value;
}

/** The list, or undefined where it is empty. */
export function filled<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

/** The mapping with its keys sorted by code unit, or undefined where it is empty. */
export function sorted<T extends Json>(
  mapping: { readonly [key: string]: T } | undefined,
): { readonly [key: string]: T } | undefined {
  if (mapping === undefined) return undefined;
  const ordered: { [key: string]: T } = {};
  let any = false;
  for (const key of Object.keys(mapping).sort()) {
    any = true;
    const value = mapping[key];
    if (value !== undefined) ordered[key] = value;
  }
  return any ? ordered : undefined;
}
