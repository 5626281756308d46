import { isDeepStrictEqual } from "node:util";
import type { DroppedEdit } from "../../domain/alert/incident.ts";
import type { Edit } from "../../domain/change-set.ts";
import { amountIn } from "../../domain/values/quantity.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { droppedEdit } from "./dropped-edit.ts";
import { direction, withoutEnvironment } from "./load-direction.ts";

/** An edit of a pull request that a person closed. */
export interface RefusedEdit {
  readonly pull: number;
  readonly edit: Edit;
}

/**
 * The edits that no person has refused, and the dropped ones with the pull request that was closed. The edits of one agent
 * belong together: all or none.
 */
export function withoutRefused(
  edits: readonly Edit[],
  refused: readonly RefusedEdit[],
): { readonly edits: readonly Edit[]; readonly dropped: readonly DroppedEdit[] } {
  const kept: Edit[] = [];
  const dropped: DroppedEdit[] = [];
  for (const own of Map.groupBy(edits, (edit) => edit.agent).values()) {
    const first = own.map((edit) => findRefusal(edit, refused)).find((one) => one !== undefined);
    if (first === undefined) kept.push(...own);
    else dropped.push(...own.map((edit) => droppedAs(edit, findRefusal(edit, refused), first)));
  }
  return { edits: kept, dropped };
}

function droppedAs(edit: Edit, refusal: RefusedEdit | undefined, first: RefusedEdit): DroppedEdit {
  const { to } = valuesOf(edit);
  const place = { at: withoutEnvironment(edit.at), to, by: edit.by === "model" ? "model" : "rule" } as const;
  const others = `it belongs to the change of ${withoutEnvironment(first.edit.at)}, which pull request ${first.pull} asked for`;
  return droppedEdit(place, "refused-by-a-person", refusal === undefined ? others : `pull request ${refusal.pull}`);
}

/**
 * The refused edit that asks for what this one asks for; undefined where there is none. A number or a quantity is refused in
 * one direction, whatever the amount: evidence, and so the amount, varies from remedy to remedy. Another value is
 * refused as the same change from the same value; a removal, whatever the value.
 */
export function findRefusal(edit: Edit, refused: readonly RefusedEdit[]): RefusedEdit | undefined {
  return refused.find((one) => asksForTheSame(edit, one.edit));
}

function asksForTheSame(one: Edit, other: Edit): boolean {
  if (one.file !== other.file || one.at !== other.at) return false;
  const [now, before] = [valuesOf(one), valuesOf(other)];
  const way = wayOf(now);
  if (way !== undefined) return way === wayOf(before);
  return isDeepStrictEqual(now.to, before.to) && (now.to === undefined || isDeepStrictEqual(now.from, before.from));
}

interface Values {
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

function valuesOf(edit: Edit): Values {
  return { from: edit.kind === "add" ? undefined : edit.from, to: edit.kind === "remove" ? undefined : edit.to };
}

/** What happens to a number or a quantity; undefined where it is none. */
function wayOf({ from, to }: Values): "up" | "down" | "set" | undefined {
  return from === undefined && amountIn(to) !== undefined ? "set" : direction(from, to);
}
