import { isDeepStrictEqual } from "node:util";
import type { DroppedEdit, EditDropReason, MissingPermission, WantedEdit } from "../../domain/alert/incident.ts";
import type { Tenant } from "../../domain/kinds/kinds.ts";
import { at, isMapping } from "../../domain/values/json.ts";
import { pointerSteps } from "../../domain/values/json-pointer.ts";
import { amountIn } from "../../domain/values/quantity.ts";
import type { Instant, Json, JsonPointer } from "../../domain/values/scalars.ts";
import { valueInSpec } from "../value-in-spec.ts";
import { droppedEdit } from "./dropped-edit.ts";
import { isLowering } from "./lowering.ts";
import { isOverLimit, isOverQuota } from "./resource-needs.ts";

/** A recent change of a value in effect. */
export interface RecentChange {
  readonly at: JsonPointer;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
  /** When it reached the default branch. */
  readonly when: Instant;
  /** When the files generated from it did; undefined: not yet. */
  readonly deployedAt: Instant | undefined;
  readonly by: "person" | "bot";
}

/** The agent in another environment. An edit of a value that environments share changes it there, too. */
export interface OtherEnvironment {
  readonly spec: Json;
  /** Whether an edit of this path in effect changes this spec too. */
  readonly isChangedBy: (at: JsonPointer) => boolean;
}

/** What limits the edits of one agent, whether a rule or a model asks for them. */
export interface Bounds {
  readonly allowedPaths: readonly JsonPointer[];
  /** The spec in effect. */
  readonly spec: Json;
  readonly recent: readonly RecentChange[];
  readonly maxEdits: number;
  /** The evidence that exists: an edit of a model has to cite some of it. */
  readonly evidenceIds: ReadonlySet<string>;
  /** The part of it that is partial: no edit that lowers or removes anything may rest on it. */
  readonly partialEvidence?: ReadonlySet<string>;
  readonly now: Instant;
  /** For this time after a change no edit may undo it. Milliseconds. */
  readonly cooldownMs: number;
  /** The agent's tenant, whose quota and limits hold for it; undefined where it has none. */
  readonly tenant: Tenant | undefined;
  readonly otherEnvironments: readonly OtherEnvironment[];
}

/**
 * The edits that may be made, and the dropped ones with the reason. Code decides this, whatever a prompt or a remedy says. An
 * edit has to be below the agent's allowed paths; a model's edit needs evidence; it must not undo a recent change; and in no
 * environment that it changes may it need more than the agent's limits and its tenant's quota allow.
 */
export function boundEdits(
  edits: readonly WantedEdit[],
  bounds: Bounds,
): { readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] } {
  const kept: WantedEdit[] = [];
  let refused: readonly (readonly [WantedEdit, EditDropReason])[] = [];
  let left = edits;
  // A request above its limit may be allowed after a later edit has raised the limit, so refused edits are tried again.
  for (let more = true; more; ) {
    const before = kept.length;
    refused = left.flatMap((edit): readonly (readonly [WantedEdit, EditDropReason])[] => {
      const reason = refusalOf(edit, kept, bounds);
      if (reason !== undefined) return [[edit, reason]];
      kept.push(edit);
      return [];
    });
    left = refused.map(([edit]) => edit);
    more = kept.length > before && refused.some(([, reason]) => reason === "request-over-limit");
  }
  const dropped = refused.map(([edit, reason]) =>
    reason === "outside-allowed-paths"
      ? { ...droppedEdit(edit, reason), permission: permissionFor(edit, bounds) }
      : droppedEdit(edit, reason),
  );
  return { edits: edits.filter((edit) => kept.includes(edit)), dropped };
}

/** Why an edit may not be made in addition to the kept ones; undefined where it may. */
function refusalOf(edit: WantedEdit, kept: readonly WantedEdit[], bounds: Bounds): EditDropReason | undefined {
  const steps = stepsInSpec(edit.at);
  if (steps === undefined) return "invalid";
  // The permission comes last: an issue says of an edit without it that nothing else forbids it.
  return (
    missingEvidence(edit, bounds) ??
    uselessness(edit, steps, kept, bounds) ??
    conflictWithHistory(edit, bounds) ??
    (kept.length >= bounds.maxEdits ? "too-many-edits" : excessOf([...kept, edit], bounds)) ??
    (bounds.allowedPaths.some((path) => isBelow(steps, path)) ? undefined : "outside-allowed-paths")
  );
}

function missingEvidence(edit: WantedEdit, { evidenceIds, partialEvidence, spec }: Bounds): EditDropReason | undefined {
  const needsEvidence = edit.by === "model";
  if (needsEvidence && !edit.evidence.some((id) => evidenceIds.has(id))) return "no-evidence";
  const isUnsure = edit.evidence.some((id) => partialEvidence?.has(id) === true);
  return isUnsure && isLowering(valueInSpec(spec, edit.at), edit.to) ? "partial-evidence" : undefined;
}

/** The reason to drop an edit that changes nothing, or a value that another edit changes; else undefined. */
function uselessness(
  edit: WantedEdit,
  steps: readonly string[],
  kept: readonly WantedEdit[],
  { spec }: Bounds,
): EditDropReason | undefined {
  const present = valueInSpec(spec, edit.at);
  if (edit.kind === "set" ? isDeepStrictEqual(present, edit.to) : present === undefined) return "same-as-now";
  return kept.some((other) => overlap(steps, stepsInSpec(other.at) ?? [])) ? "invalid" : undefined;
}

/** The reason to drop an edit that undoes a change of a person, or of the bot, within the cool-down; else undefined. */
function conflictWithHistory(edit: WantedEdit, { recent, now, cooldownMs }: Bounds): EditDropReason | undefined {
  const changes = recent.filter((change) => change.at === edit.at && now - change.when < cooldownMs);
  // A rollback may undo a person's change, but only once: a person has to decide about a second time.
  if (edit.by === "rule" && edit.rollback === true)
    return changes.some((change) => change.by === "bot") ? "flapping" : undefined;
  if (changes.some((change) => change.by === "person" && takesBack(edit.to, change))) return "undoes-a-person";
  return changes.some((change) => isDeepStrictEqual(change.from, edit.to)) ? "flapping" : undefined;
}

/** The limit that the specs exceed only after these edits; undefined where there is none. */
function excessOf(
  edits: readonly WantedEdit[],
  { spec, otherEnvironments: elsewhere, tenant }: Bounds,
): EditDropReason | undefined {
  const own: OtherEnvironment = { spec, isChangedBy: () => true };
  for (const { spec: before, isChangedBy } of [own, ...elsewhere]) {
    const applied = edits.filter((edit) => isChangedBy(edit.at));
    const after = applied.reduce((now, edit) => withValue(now, (stepsInSpec(edit.at) ?? []).slice(1), edit.to), before);
    if (isOverLimit(after, tenant) && !isOverLimit(before, tenant)) return "request-over-limit";
    if (isOverQuota(before, after, tenant)) return "over-tenant-quota";
  }
  return undefined;
}

/** The value with `to` at a path below it; undefined removes the value there. */
function withValue(value: Json | undefined, steps: readonly string[], to: Json | undefined): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return to ?? null;
  const mapping = isMapping(value) ? value : {};
  const { [step]: now, ...others } = mapping;
  if (rest.length === 0 && to === undefined) return others;
  return { ...others, [step]: withValue(now, rest, to) };
}

/**
 * Whether `to` undoes a change: it is the value before the change, lies beyond it, or is none. In a
 * mapping, any value counts.
 */
function takesBack(to: Json | undefined, change: Pick<RecentChange, "from" | "to">): boolean {
  if (isMapping(change.from) && isMapping(change.to) && isMapping(to)) {
    const keys = new Set([...Object.keys(change.from), ...Object.keys(change.to)]);
    return [...keys].some((key) => {
      const part = { from: at(change.from, key), to: at(change.to, key) };
      return !isDeepStrictEqual(part.from, part.to) && takesBack(at(to, key), part);
    });
  }
  if (to === undefined || isDeepStrictEqual(change.from, to)) return true;
  const [before, after, wanted] = [amountIn(change.from), amountIn(change.to), amountIn(to)];
  if (before === undefined || after === undefined || wanted === undefined) return false;
  return after > before ? wanted <= before : wanted >= before;
}

/** The steps of a pointer below /spec; undefined where no spec has such a pointer. */
function stepsInSpec(pointer: JsonPointer): readonly string[] | undefined {
  if (pointer.length > 256 || !pointer.startsWith("/spec/") || /~(?![01])/.test(pointer)) return undefined;
  const steps = pointerSteps(pointer);
  return steps.every((step) => step !== "" && !FORBIDDEN_STEPS.has(step)) ? steps : undefined;
}

/**
 * Steps that are no names of fields. Three of them name JavaScript's own properties; an overlay is
 * edited through its environment.
 */
const FORBIDDEN_STEPS = new Set([".", "..", "-", "__proto__", "constructor", "prototype", "environments"]);

/** Parts of a spec that belong together: to allow one value is to allow its part. */
const PARTS: readonly JsonPointer[] = ["/spec/runtime/resources", "/spec/scaling"];

/** What would allow an edit: its part of the spec, or the value alone where it is in none. */
function permissionFor({ agent, at }: WantedEdit, { allowedPaths, spec }: Bounds): MissingPermission {
  const part = PARTS.find((one) => at.startsWith(`${one}/`)) ?? at.slice(0, 256);
  return { agent, from: valueInSpec(spec, at), allowedPaths: [...allowedPaths, part] };
}

function isBelow(steps: readonly string[], allowed: JsonPointer): boolean {
  const above = stepsInSpec(allowed);
  return above !== undefined && above.length <= steps.length && above.every((step, index) => steps[index] === step);
}

function overlap(one: readonly string[], other: readonly string[]): boolean {
  const shorter = Math.min(one.length, other.length);
  return one.slice(0, shorter).every((step, index) => other[index] === step);
}
