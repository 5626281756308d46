import type { DroppedEdit, EditDropReason } from "../../domain/alert/incident.ts";

/** Why an edit was dropped, as pull requests and issues say it. */
const MESSAGES: Readonly<Record<EditDropReason, string>> = {
  "below-20-percent": "the new value is less than 20 % from the present one",
  "expression-failed": "an expression of the remedy failed",
  "condition-false": "the remedy's condition does not hold",
  "no-evidence": "there is no evidence for it",
  "partial-evidence": "it lowers or removes a value, and not all of the evidence for it could be read",
  "outside-allowed-paths": "the agent's supervision.allowedPaths does not include this path",
  "not-a-value": "the result is no value that a spec can hold",
  "too-many-edits": "the pull request holds as many edits as it may already",
  "undoes-a-person": "a person changed this value less than a day ago, and the edit would undo that",
  flapping: "the value was changed less than a day ago, and the edit would change it back",
  "same-as-now": "the spec says so already",
  "beyond-remedys-limit": "the remedy does not move this value any further",
  "request-over-limit":
    "the container would request more than its limit, here or in another environment that the edit changes",
  "over-tenant-quota":
    "at its maximum of replicas, the agent alone would need more than its tenant's quota or limits allow",
  "not-rolled-out": "what the spec says now has not been rolled out",
  "changed-since-alert": "the spec was changed after the alert began, so the alert says nothing about what it says now",
  "did-not-help": "RAOS changed this value in the same direction before, and nothing shows that it helped",
  "tried-enough": "RAOS changed this value in the same direction three times in two weeks, and the alert came back",
  "opposes-other-change": "RAOS made a change for another alert less than a day ago, and this one works against it",
  "refused-by-a-person": "a person closed a pull request that changes this value in the same way, less than a week ago",
  "held-by-remedy": "the remedy makes no edit here",
  "too-little-history": "its evidence has to go back seven days",
  "changed-lately": "what runs was changed less than a day before, so its evidence is about something else",
  invalid: "the path is not valid in a spec, or another edit changes the same value",
};

/** An edit that is not made, with its reason in words; `detail` says more where the reason alone is not enough. */
export function droppedEdit(
  { at, to, by }: Pick<DroppedEdit, "at" | "to" | "by">,
  reason: EditDropReason,
  detail?: string,
): DroppedEdit {
  const message = detail === undefined ? MESSAGES[reason] : `${MESSAGES[reason]}: ${detail}`;
  return { at: at.slice(0, 256), to, by, reason, message };
}
