import { isDeepStrictEqual } from "node:util";
import type { DroppedEdit, DropReason, WantedEdit } from "../domain/incident.ts";
import { baseUnits } from "../domain/quantity.ts";
import type { Instant, Json, JsonPointer } from "../domain/scalars.ts";
import { valueInSpec } from "./pointer-in-spec.ts";

/** A value that was changed lately, by its path in effect. */
export interface RecentChange {
  readonly at: JsonPointer;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
  readonly when: Instant;
  readonly by: "person" | "bot";
}

/** What bounds the edits of one agent, whoever asks for them. */
export interface Bounds {
  readonly allowedPaths: readonly JsonPointer[];
  /** The spec in effect. */
  readonly spec: Json;
  readonly recent: readonly RecentChange[];
  readonly maxEdits: number;
  /** Evidence there is: what a model asks for has to rest on it. */
  readonly evidenceIds: ReadonlySet<string>;
  readonly now: Instant;
  /** How long a person's change is not taken back, and a value does not go back to what it was. Milliseconds. */
  readonly cooldownMs: number;
}

/**
 * The edits that may be made, and why the others may not. Bounded by code, whatever a prompt or a remedy says: only below
 * the agent's allowed paths, only with evidence where a model asks, not back to what a person changed, not to and fro.
 */
export function bound(
  edits: readonly WantedEdit[],
  bounds: Bounds,
): { readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] } {
  const kept: WantedEdit[] = [];
  const dropped: DroppedEdit[] = [];
  for (const edit of edits) {
    const reason = refusal(edit, kept, bounds);
    if (reason === undefined) kept.push(edit);
    else dropped.push({ at: edit.at.slice(0, 256), to: edit.to, by: edit.by, reason, message: MESSAGES[reason] });
  }
  return { edits: kept, dropped };
}

const MESSAGES: Readonly<Record<DropReason, string>> = {
  "below-20-percent": "it is less than 20 % apart from now",
  "expression-failed": "its expression came to nothing",
  "condition-false": "its condition does not hold",
  "no-evidence": "it names no evidence that there is",
  "outside-allowed-paths": "the agent's supervision.allowedPaths does not hold this path",
  "not-a-value": "it is no value a spec can hold",
  "too-many-edits": "it is one edit too many for one pull request",
  "undoes-a-person": "a person changed this value less than a day ago, and it would take that back",
  flapping: "the value was changed from this very one less than a day ago",
  "same-as-now": "it is so already",
  invalid: "its path is none of a spec",
};

function refusal(edit: WantedEdit, kept: readonly WantedEdit[], bounds: Bounds): DropReason | undefined {
  const steps = stepsOf(edit.at);
  if (steps === undefined) return "invalid";
  if (!bounds.allowedPaths.some((path) => isBelow(steps, path))) return "outside-allowed-paths";
  if (edit.by === "model" && !edit.evidence.some((id) => bounds.evidenceIds.has(id))) return "no-evidence";
  const now = valueInSpec(bounds.spec, edit.at);
  if (edit.kind === "set" ? isDeepStrictEqual(now, edit.to) : now === undefined) return "same-as-now";
  if (kept.some((other) => overlap(steps, stepsOf(other.at) ?? []))) return "invalid";
  const since = bounds.recent.filter((change) => change.at === edit.at && bounds.now - change.when < bounds.cooldownMs);
  if (since.some((change) => change.by === "person" && takesBack(edit, change))) return "undoes-a-person";
  if (since.some((change) => isDeepStrictEqual(change.from, edit.to))) return "flapping";
  return kept.length >= bounds.maxEdits ? "too-many-edits" : undefined;
}

/** Back to what it was before the change, or beyond it. */
function takesBack(edit: WantedEdit, change: RecentChange): boolean {
  if (isDeepStrictEqual(change.from, edit.to)) return true;
  const [before, after, wanted] = [amount(change.from), amount(change.to), amount(edit.to)];
  if (before === undefined || after === undefined || wanted === undefined) return false;
  return after > before ? wanted <= before : wanted >= before;
}

function amount(value: Json | undefined): number | undefined {
  return typeof value === "string" || typeof value === "number" ? baseUnits(value) : undefined;
}

/** The names of a pointer below /spec; undefined where it is none that a spec can have. */
function stepsOf(pointer: JsonPointer): readonly string[] | undefined {
  if (pointer.length > 256 || !pointer.startsWith("/spec/") || /~(?![01])/.test(pointer)) return undefined;
  const steps = pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.every((step) => step !== "" && !NEVER.has(step)) ? steps : undefined;
}

/** Not names of fields: the last three would reach into JavaScript's own objects, the overlays are reached by landing. */
const NEVER = new Set([".", "..", "-", "__proto__", "constructor", "prototype", "environments"]);

function isBelow(steps: readonly string[], allowed: JsonPointer): boolean {
  const above = stepsOf(allowed);
  return above !== undefined && above.length <= steps.length && above.every((step, index) => steps[index] === step);
}

function overlap(one: readonly string[], other: readonly string[]): boolean {
  const shorter = Math.min(one.length, other.length);
  return one.slice(0, shorter).every((step, index) => other[index] === step);
}
