import { isMapping } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";

/** Depth to which schemas are compared; a chart's own one may be nested without end. */
const DEEPEST = 12;

/**
 * The values that one JSON Schema knows and another one refuses, such as `runtime.pod`: a chart with the second one cannot be
 * deployed with them. Only mappings are compared, and only where the second schema allows no other keys.
 */
export function unknownValues(known: Json | undefined, other: Json | undefined, depth = 0): readonly string[] {
  if (!isMapping(known) || !isMapping(other) || depth > DEEPEST) return [];
  const [wanted, there] = [known.properties, other.properties];
  if (!isMapping(wanted)) return [];
  return Object.keys(wanted).flatMap((key): readonly string[] => {
    const value = isMapping(there) && Object.hasOwn(there, key) ? there[key] : undefined;
    if (value === undefined) return other.additionalProperties === false ? [key] : [];
    return unknownValues(wanted[key], value, depth + 1).map((below) => `${key}.${below}`);
  });
}
