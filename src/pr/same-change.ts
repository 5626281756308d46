import type { Edit } from "../domain/change-set.ts";
import { amountIn } from "../domain/values/quantity.ts";
import type { Json } from "../domain/values/scalars.ts";

/** Numbers that differ by less than this share are the same change; KRR ignores such differences too. */
const SHARE = 0.2;

/**
 * Whether the edits ask for nothing new: they change the same values or fewer, and numbers differ by less than 20 %. Then a
 * person who refused the earlier change refuses this one, too: evidence, and so the numbers, vary from hour to hour.
 */
export function isSameChange(before: readonly Edit[], now: readonly Edit[]): boolean {
  const values = new Map(before.map((edit) => [placeOf(edit), wantedValueOf(edit)]));
  return now.every((edit) => values.has(placeOf(edit)) && isNear(wantedValueOf(edit), values.get(placeOf(edit))));
}

function placeOf({ kind, file, at }: Edit): string {
  return `${kind === "remove" ? "-" : "+"} ${file} ${at}`;
}

function wantedValueOf(edit: Edit): Json | undefined {
  return edit.kind === "remove" ? undefined : edit.to;
}

function isNear(one: Json | undefined, other: Json | undefined): boolean {
  if (JSON.stringify(one) === JSON.stringify(other)) return true;
  const [a, b] = [amountIn(one), amountIn(other)];
  return a !== undefined && b !== undefined && Math.abs(a - b) < SHARE * Math.max(Math.abs(a), Math.abs(b));
}
