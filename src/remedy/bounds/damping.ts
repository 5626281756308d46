import type { Evidence } from "../../domain/alert/evidence.ts";
import type { DroppedEdit, WantedEdit } from "../../domain/alert/incident.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { droppedEdit } from "./dropped-edit.ts";

const DAY = 86_400_000;
/** How far the evidence of a change has to go back that no alert asks for, in milliseconds: a week, less 5 %, since scrapes are missed. */
const HISTORY = 0.95 * 7 * DAY;
/** Fewest moments that were measured, as KRR has it. */
const FEWEST_POINTS = 100;

/** What damping looks at: the evidence, the moment that it is read of, and when what runs was changed last. */
export interface Damping {
  readonly evidence: readonly Evidence[];
  readonly at: Instant;
  readonly changedAt: Instant | undefined;
}

/**
 * The edits that may be made where no alert asks for them, and the dropped ones with the reason: nothing may be changed less than a day
 * after anything else was, and an edit that rests on series needs one of them to go back a week. The edits belong together: all or none.
 */
export function withoutRash(
  edits: readonly WantedEdit[],
  { evidence, at, changedAt }: Damping,
): { readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] } {
  if (changedAt !== undefined && at - changedAt < DAY)
    return { edits: [], dropped: edits.map((edit) => droppedEdit(edit, "changed-lately")) };
  if (edits.every((edit) => hasHistory(edit, evidence, at))) return { edits, dropped: [] };
  return { edits: [], dropped: edits.map((edit) => droppedEdit(edit, "too-little-history")) };
}

function hasHistory({ evidence: cited }: WantedEdit, evidence: readonly Evidence[], at: Instant): boolean {
  const series = evidence.filter((one) => one.kind === "series" && cited.includes(one.id));
  return series.length === 0 || series.some((one) => one.kind === "series" && isLong(one.series, at));
}

function isLong(series: Extract<Evidence, { readonly kind: "series" }>["series"], at: Instant): boolean {
  const moments = new Set(series.flatMap(({ points }) => points.map(([moment]) => moment)));
  return moments.size >= FEWEST_POINTS && at - Math.min(...moments) >= HISTORY;
}
