import { isDeepStrictEqual } from "node:util";
import type { DroppedEdit, DropReason, WantedEdit } from "../domain/incident.ts";
import { at, isMapping } from "../domain/json.ts";
import type { Tenant } from "../domain/kinds.ts";
import { baseUnits } from "../domain/quantity.ts";
import type { Instant, Json, JsonPointer } from "../domain/scalars.ts";
import { isOverLimit, isOverQuota } from "./ask.ts";
import { valueInSpec } from "./pointer-in-spec.ts";

/** A value that was changed lately, by its path in effect. */
export interface RecentChange {
  readonly at: JsonPointer;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
  readonly when: Instant;
  readonly by: "person" | "bot";
}

/** The agent in another environment, which an edit of what environments share changes as well. */
export interface Elsewhere {
  readonly spec: Json;
  /** Whether an edit of this path in effect changes this spec, too. */
  readonly changes: (at: JsonPointer) => boolean;
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
  /** The agent's tenant, whose quota and limits it has to keep; undefined where it has none. */
  readonly tenant: Tenant | undefined;
  readonly elsewhere: readonly Elsewhere[];
}

/**
 * The edits that may be made, and why the others may not. Bounded by code, whatever a prompt or a remedy says: only below
 * the agent's allowed paths, only with evidence where a model asks, not back to what a person changed, not to and fro, and
 * not to more than its limits and its tenant's quota allow, in any environment that the edit reaches.
 */
export function bound(
  edits: readonly WantedEdit[],
  bounds: Bounds,
): { readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] } {
  const kept: WantedEdit[] = [];
  let refused: readonly (readonly [WantedEdit, DropReason])[] = [];
  let left = edits;
  // A request that its limit does not allow yet may be allowed once the limit is raised, in whatever order they come.
  for (let more = true; more; ) {
    const before = kept.length;
    refused = left.flatMap((edit): readonly (readonly [WantedEdit, DropReason])[] => {
      const reason = refusal(edit, kept, bounds);
      if (reason !== undefined) return [[edit, reason]];
      kept.push(edit);
      return [];
    });
    left = refused.map(([edit]) => edit);
    more = kept.length > before && refused.some(([, reason]) => reason === "request-over-limit");
  }
  const dropped = refused.map(([edit, reason]): DroppedEdit => {
    return { at: edit.at.slice(0, 256), to: edit.to, by: edit.by, reason, message: MESSAGES[reason] };
  });
  return { edits: edits.filter((edit) => kept.includes(edit)), dropped };
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
  "request-over-limit":
    "more would be requested than the limit allows, here or in an environment that it changes as well",
  "over-tenant-quota":
    "at its most replicas the agent alone would ask for more than its tenant's quota or limits allow",
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
  const isRollback = edit.by === "rule" && edit.rollback === true;
  if (!isRollback && since.some((change) => change.by === "person" && takesBack(edit.to, change)))
    return "undoes-a-person";
  // What was rolled back and came again is a person's to decide.
  if (since.some((change) => (isRollback ? change.by === "bot" : isDeepStrictEqual(change.from, edit.to))))
    return "flapping";
  if (kept.length >= bounds.maxEdits) return "too-many-edits";
  return excess([...kept, edit], bounds);
}

/** What the specs after these edits ask for too much of, if they did not before. */
function excess(edits: readonly WantedEdit[], { spec, elsewhere, tenant }: Bounds): DropReason | undefined {
  const here: Elsewhere = { spec, changes: () => true };
  for (const { spec: before, changes } of [here, ...elsewhere]) {
    const reaching = edits.filter((edit) => changes(edit.at));
    const after = reaching.reduce((now, edit) => changed(now, (stepsOf(edit.at) ?? []).slice(1), edit.to), before);
    if (isOverLimit(after, tenant) && !isOverLimit(before, tenant)) return "request-over-limit";
    if (isOverQuota(before, after, tenant)) return "over-tenant-quota";
  }
  return undefined;
}

/** A value with another at a path below it, or with none there. */
function changed(value: Json | undefined, steps: readonly string[], to: Json | undefined): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return to ?? null;
  const mapping = isMapping(value) ? value : {};
  const { [step]: now, ...others } = mapping;
  if (rest.length === 0 && to === undefined) return others;
  return { ...others, [step]: changed(now, rest, to) };
}

/** Back to what it was before the change, or beyond it, or away; of a mapping, any value in it. */
function takesBack(to: Json | undefined, change: Pick<RecentChange, "from" | "to">): boolean {
  if (isMapping(change.from) && isMapping(change.to) && isMapping(to)) {
    const keys = new Set([...Object.keys(change.from), ...Object.keys(change.to)]);
    return [...keys].some((key) => {
      const part = { from: at(change.from, key), to: at(change.to, key) };
      return !isDeepStrictEqual(part.from, part.to) && takesBack(at(to, key), part);
    });
  }
  if (to === undefined || isDeepStrictEqual(change.from, to)) return true;
  const [before, after, wanted] = [amount(change.from), amount(change.to), amount(to)];
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
