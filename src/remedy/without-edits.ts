import type { DroppedEdit, EditDropReason } from "../domain/alert/incident.ts";
import type { ReportReason } from "../domain/decision.ts";

/** What to do about an incident whose remedy finds no edit that may be made. */
export type WithoutEdits =
  | { readonly kind: "nothing" }
  | { readonly kind: "report"; readonly reason: ReportReason; readonly reasons: readonly string[] }
  | { readonly kind: "ask-model" };

/** Reasons after which neither another edit nor a model helps: a person has to look at what is there. */
const FOR_A_PERSON: ReadonlySet<EditDropReason> = new Set([
  "flapping",
  "undoes-a-person",
  "not-rolled-out",
  "changed-since-alert",
  "did-not-help",
  "tried-enough",
  "opposes-other-change",
  "refused-by-a-person",
  "held-by-remedy",
]);

/**
 * Edits that would undo a person's change, that a person refused, that repeat one that did not help, or are about a spec that does not run, are for a
 * person to decide. Else the remedy's `otherwise` says: ask a model, report, or do nothing; where a source answered
 * in part (`partial` says what is missing), a person has to know, so nothing becomes a report.
 */
export function withoutEdits(
  dropped: readonly DroppedEdit[],
  otherwise: "ask" | "report" | "none",
  partial: readonly string[] = [],
): WithoutEdits {
  const forPerson = dropped.filter(({ reason }) => FOR_A_PERSON.has(reason));
  // Of edits that the remedy holds back, its notes say why.
  const unsaid = forPerson.filter(({ reason }) => reason !== "held-by-remedy");
  if (forPerson.length > 0) return { kind: "report", reason: "held-back", reasons: reasonsOf(unsaid) };
  // A rule has the answer, so no model is asked: it may not change more than the rule.
  if (dropped.some((edit) => edit.by === "rule" && edit.permission !== undefined))
    return { kind: "report", reason: "not-allowed", reasons: [] };
  if (otherwise === "ask") return { kind: "ask-model" };
  const reasons = [...reasonsOf(dropped.filter(({ reason }) => reason === "partial-evidence")), ...partial];
  if (otherwise === "none" && reasons.length === 0) return { kind: "nothing" };
  return { kind: "report", reason: "report", reasons };
}

function reasonsOf(dropped: readonly DroppedEdit[]): readonly string[] {
  return dropped.map(({ at, to, message }) => `${at} to ${JSON.stringify(to ?? null)}: ${message}`);
}
