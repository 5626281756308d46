import type { Edit } from "../domain/change.ts";
import { baseUnits } from "../domain/quantity.ts";
import type { Json } from "../domain/scalars.ts";

/** Changes of a number by less than this are the same change; the share KRR drops too. */
const SHARE = 0.2;

/**
 * Whether nothing is asked for that was not asked for before: the same places, or fewer, and numbers or quantities less than
 * 20 % apart. A person's no to one is a no to the other: evidence moves from hour to hour, what it asks for does not.
 */
export function isSameChange(before: readonly Edit[], now: readonly Edit[]): boolean {
  const values = new Map(before.map((edit) => [placeOf(edit), wantedBy(edit)]));
  return now.every((edit) => values.has(placeOf(edit)) && isNear(wantedBy(edit), values.get(placeOf(edit))));
}

function placeOf({ kind, file, at }: Edit): string {
  return `${kind === "remove" ? "-" : "+"} ${file} ${at}`;
}

function wantedBy(edit: Edit): Json | undefined {
  return edit.kind === "remove" ? undefined : edit.to;
}

function isNear(one: Json | undefined, other: Json | undefined): boolean {
  if (JSON.stringify(one) === JSON.stringify(other)) return true;
  const [a, b] = [amount(one), amount(other)];
  return a !== undefined && b !== undefined && Math.abs(a - b) < SHARE * Math.max(Math.abs(a), Math.abs(b));
}

function amount(value: Json | undefined): number | undefined {
  return typeof value === "string" || typeof value === "number" ? baseUnits(value) : undefined;
}
