import { isDeepStrictEqual } from "node:util";
import type { CelInput } from "@bufbuild/cel";
import { nameOf, tenantOf } from "../domain/agent-key.ts";
import type { Evidence, MissingReason } from "../domain/alert/evidence.ts";
import type { DroppedEdit, EditDropReason, Incident, WantedEdit } from "../domain/alert/incident.ts";
import { type Expression, jsonOf, variable } from "../domain/expression/expression.ts";
import type { AgentKey } from "../domain/fleet.ts";
import { at, isMapping } from "../domain/values/json.ts";
import { pointerOf } from "../domain/values/json-pointer.ts";
import type { Json, JsonPointer } from "../domain/values/scalars.ts";
import { droppedEdit } from "./bounds/dropped-edit.ts";
import { isNoStep, limitsOfEdit, withinLimits } from "./bounds/value-limits.ts";
import type { CompiledRemedy, RemedyEdit, RemedyNote, WantedEvidence } from "./compiled-remedy.ts";
import { alertVariable } from "./incidents.ts";
import { asSpecValue, isSmall } from "./spec-value.ts";
import { valueInSpec } from "./value-in-spec.ts";

/** What a remedy is applied to: an incident of an agent in an environment. */
export interface RemedySubject {
  readonly incident: Incident;
  readonly agent: AgentKey;
  readonly environment: string;
  readonly namespace: string;
  /** The spec in effect. */
  readonly spec: Json;
}

/**
 * The edits that a remedy's rules ask for, and those that were dropped. Expressions see:
 * - `alert`: `{name, labels, annotations, startsAt, status}`, the oldest that fires; `agent`: `{key, name, tenant, namespace,
 *   environment}`; `spec`: the spec in effect; `current`: the value at the edit's path, null where there is none;
 * - `evidence.<name>`: of a series `{min, max, mean, p95, last, count}`; of logs `{lines, templates: [{template, count,
 *   level, isNew}]}`; of objects their value; of history `{previous: {sha, spec}}`. Evidence that is missing is not set.
 */
export function applyRules(
  remedy: CompiledRemedy,
  subject: RemedySubject & { readonly evidence: readonly Evidence[] },
): { readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] } {
  const edits: WantedEdit[] = [];
  const dropped: DroppedEdit[] = [];
  const missing = remedy.evidence.find(
    ({ name, required }) => required && !subject.evidence.some((one) => one.name === name && one.kind !== "missing"),
  );
  if (missing !== undefined) {
    const detail = `${missing.name} is unavailable, and the remedy requires it`;
    const all = remedy.edits.map(({ at }) => droppedEdit({ at, to: undefined, by: "rule" }, "no-evidence", detail));
    return { edits, dropped: all };
  }
  const evidence = evidenceVariable(subject.evidence);
  const unread = subject.evidence.filter((one) => one.kind === "missing" && UNREAD.has(one.reason));
  const holding = notesSaid(remedy, subject).find(({ holds }) => holds);
  if (holding !== undefined) {
    const place = ({ at }: RemedyEdit) => ({ at, to: undefined, by: "rule" }) as const;
    return { edits, dropped: remedy.edits.map((edit) => droppedEdit(place(edit), "held-by-remedy", holding.say)) };
  }
  for (const edit of remedy.edits) {
    const outcome = rollbackUnread(edit, unread) ?? outcomeOf(edit, subject, evidence);
    if ("dropped" in outcome) {
      dropped.push(outcome.dropped);
      continue;
    }
    const ids = subject.evidence.filter((one) => uses(edit, one.name)).map((one) => one.id);
    for (const leaf of outcome.leaves) {
      const { rollback } = edit;
      const why = `${edit.why}${outcome.limit ?? ""}`;
      edits.push({ ...leaf, agent: subject.agent, why, by: "rule", evidence: ids, ...(rollback ? { rollback } : {}) });
    }
  }
  return { edits, dropped };
}

/** Reasons for which evidence is probably there a moment later. A source that is away stays away as long as the crash. */
const UNREAD: ReadonlySet<MissingReason> = new Set(["timed-out"]);

/** The drop of a rollback of which a source did not answer: what is not there may be what speaks against it. Else undefined. */
function rollbackUnread(edit: RemedyEdit, unread: readonly Evidence[]): EditOutcome | undefined {
  const missing = unread.find((one) => edit.rollback && uses(edit, one.name));
  if (missing === undefined) return undefined;
  const detail = `${missing.name} could not be read, and a rollback needs it`;
  return { dropped: droppedEdit({ at: edit.at, to: undefined, by: "rule" }, "no-evidence", detail) };
}

/** What the remedy's notes say about this evidence. */
export function notesOf(...about: Parameters<typeof notesSaid>): readonly string[] {
  return notesSaid(...about).map(({ say }) => say);
}

/** The notes that are said. A condition that fails counts as false. */
function notesSaid(
  remedy: CompiledRemedy,
  subject: RemedySubject & { readonly evidence: readonly Evidence[] },
): readonly RemedyNote[] {
  const evidence = evidenceVariable(subject.evidence);
  const isSaid = (when: Expression) => {
    const result = evaluate(when, subject, "/spec", evidence);
    return result.kind === "value" && result.value === true;
  };
  return remedy.notes.filter(({ when }) => when === undefined || isSaid(when));
}

/** The threshold of an alert, in the unit of its evidence; undefined where the remedy gives none, or it is not a number. */
export function thresholdOf(wanted: WantedEvidence, subject: RemedySubject): number | undefined {
  if (wanted.kind !== "promql" || wanted.threshold === undefined) return undefined;
  const value = evaluate(wanted.threshold, subject, "/spec", variable({}));
  return value.kind === "value" && typeof value.value === "number" && Number.isFinite(value.value)
    ? value.value
    : undefined;
}

type Leaf = Pick<WantedEdit, "kind" | "at" | "from" | "to">;
/** The result of a remedy's edit: edits of single values, or an edit that is dropped. */
type EditOutcome = { readonly leaves: readonly Leaf[]; readonly limit?: string } | { readonly dropped: DroppedEdit };
type DropEdit = (reason: EditDropReason, detail?: string, to?: Json) => EditOutcome;

function outcomeOf(edit: RemedyEdit, subject: RemedySubject, evidence: CelInput): EditOutcome {
  const drop: DropEdit = (reason, detail, to) => ({
    dropped: droppedEdit({ at: edit.at, to, by: "rule" }, reason, detail),
  });
  if (edit.when !== undefined) {
    const condition = evaluate(edit.when, subject, edit.at, evidence);
    if (condition.kind === "error") return drop("expression-failed", `in \`when\`, ${condition.message}`);
    if (condition.value !== true) return drop("condition-false");
  }
  const from = valueInSpec(subject.spec, edit.at);
  if (edit.to !== undefined) return valueOutcome(edit, edit.to, from, subject, evidence, drop);
  if (from === undefined) return drop("same-as-now", "there is nothing to remove");
  return { leaves: [{ kind: "remove", at: edit.at, from, to: undefined }] };
}

function valueOutcome(
  edit: RemedyEdit,
  expression: Expression,
  from: Json | undefined,
  subject: RemedySubject,
  evidence: CelInput,
  drop: DropEdit,
): EditOutcome {
  const { at, as } = edit;
  const result = evaluate(expression, subject, at, evidence);
  if (result.kind === "error") return drop("expression-failed", `in \`to\`, ${result.message}`);
  const limits = limitsOfEdit(edit, (limit) => evaluate(limit, subject, at, evidence));
  if ("problem" in limits) return drop("expression-failed", limits.problem);
  const wanted = asSpecValue(result.value, as);
  const to = asSpecValue(withinLimits(result.value, limits), as);
  if (wanted === undefined || to === undefined) return drop("not-a-value");
  const useless = uselessnessOf(from, to, wanted, as);
  if (useless !== undefined) return drop(useless, undefined, to);
  // The reviewer is told where the value is not what the evidence asks for.
  const limit = ` The remedy's limit is ${String(to)}; ${String(wanted)} was asked for.`;
  return { leaves: leavesOf(at, from, to), ...(isDeepStrictEqual(to, wanted) ? {} : { limit }) };
}

/** Why a value is not set; undefined where it is. */
function uselessnessOf(
  from: Json | undefined,
  to: Json,
  wanted: Json,
  as: RemedyEdit["as"],
): EditDropReason | undefined {
  if (!isDeepStrictEqual(to, wanted) && isNoStep(from, to, wanted)) return "beyond-remedys-limit";
  if (isDeepStrictEqual(from, to)) return "same-as-now";
  return as !== "json" && from !== undefined && isSmall(from, to) ? "below-20-percent" : undefined;
}

function evaluate(expression: Expression, subject: RemedySubject, at: JsonPointer, evidence: CelInput) {
  const { incident, agent, environment, namespace, spec } = subject;
  const alert = incident.alerts.find((one) => one.status === "firing") ?? incident.alerts[0];
  const result = expression.evaluate({
    alert: variable(alert === undefined ? {} : alertVariable(alert)),
    agent: variable({ key: agent, name: nameOf(agent), tenant: tenantOf(agent), namespace, environment }),
    current: variable(valueInSpec(spec, at) ?? null),
    evidence,
    spec: variable(spec),
  });
  return result.kind === "value" ? ({ kind: "value", value: jsonOf(result.value) } as const) : result;
}

/** The edits from one value to another. A mapping is changed value by value, so that equal values are not edited. */
function leavesOf(pointer: JsonPointer, from: Json | undefined, to: Json): readonly Leaf[] {
  if (!isMapping(from) || !isMapping(to)) return [{ kind: "set", at: pointer, from, to }];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys.flatMap((key): readonly Leaf[] => {
    const below = pointer + pointerOf([key]);
    const [before, after] = [at(from, key), at(to, key)];
    if (isDeepStrictEqual(before, after)) return [];
    if (after === undefined) return [{ kind: "remove", at: below, from: before, to: undefined }];
    return leavesOf(below, before, after);
  });
}

function evidenceVariable(evidence: readonly Evidence[]): CelInput {
  return new Map(evidence.filter((one) => one.kind !== "missing").map((one) => [one.name, variableOf(one)]));
}

function variableOf(one: Exclude<Evidence, { readonly kind: "missing" }>): CelInput {
  switch (one.kind) {
    case "series":
      // Always doubles, since with ints 3 / 2 would be 1.
      return new Map(Object.entries(one.stats));
    case "logs": {
      const templates = one.templates.map(({ template, count, level, isNew }) => ({ template, count, level, isNew }));
      return variable({ lines: one.lines, templates });
    }
    case "objects":
      return variable(one.value);
    case "history":
      return variable(one.previous === undefined ? {} : { previous: { ...one.previous } });
    default:
      return one satisfies never;
  }
}

function uses({ to, when }: RemedyEdit, name: string): boolean {
  return [to, when].some((planned) => planned?.reads.some((read) => read[0] === "evidence" && read[1] === name));
}
