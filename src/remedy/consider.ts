import { isDeepStrictEqual } from "node:util";
import type { CelInput } from "@bufbuild/cel";
import type { Evidence } from "../domain/evidence.ts";
import { type Expression, jsonOf, variable } from "../domain/expression.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { DroppedEdit, DropReason, Incident, WantedEdit } from "../domain/incident.ts";
import { at, isMapping } from "../domain/json.ts";
import type { Json, JsonPointer } from "../domain/scalars.ts";
import { seen } from "./incidents.ts";
import { valueInSpec } from "./pointer-in-spec.ts";
import type { CompiledRemedy, RemedyEdit, WantedEvidence } from "./read-remedies.ts";
import { isSmall, written } from "./written.ts";

/** What a remedy is applied to. */
export interface About {
  readonly incident: Incident;
  readonly agent: AgentKey;
  readonly environment: string;
  readonly namespace: string;
  /** The spec in effect. */
  readonly spec: Json;
}

/**
 * The edits a remedy's rules come to, and those that were considered and dropped. Expressions see:
 * - `alert`: `{name, labels, annotations, startsAt, status}`, the oldest that fires; `agent`: `{key, name, tenant, namespace,
 *   environment}`; `spec`: the spec in effect; `current`: the value at the edit's path, null where there is none;
 * - `evidence.<name>`: of a series `{min, max, mean, p95, last, count}`; of logs `{lines, templates: [{template, count,
 *   level, isNew}]}`; of objects their value; of history `{previous: {sha, spec}}`. What is missing is not there.
 */
export function consider(
  remedy: CompiledRemedy,
  about: About & { readonly evidence: readonly Evidence[] },
): { readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] } {
  const edits: WantedEdit[] = [];
  const dropped: DroppedEdit[] = [];
  const missing = remedy.evidence.find(
    ({ name, required }) => required && !about.evidence.some((one) => one.name === name && one.kind !== "missing"),
  );
  const known = evidenceOf(about.evidence);
  for (const edit of remedy.edits) {
    const outcome =
      missing === undefined
        ? outcomeOf(edit, about, known)
        : drop("no-evidence", `${missing.name} could not be had, and nothing is proposed without it`);
    if (outcome.kind === "drop") {
      dropped.push({ at: edit.at, to: outcome.to, by: "rule", reason: outcome.reason, message: outcome.message });
      continue;
    }
    const ids = about.evidence.filter((one) => uses(edit, one.name)).map((one) => one.id);
    for (const leaf of outcome.leaves) {
      const { why, rollback } = edit;
      edits.push({ ...leaf, agent: about.agent, why, by: "rule", evidence: ids, ...(rollback ? { rollback } : {}) });
    }
  }
  return { edits, dropped };
}

/** Where an alert draws the line, in the unit of its evidence; undefined where the remedy does not say, or it is no number. */
export function thresholdOf(wanted: WantedEvidence, about: About): number | undefined {
  if (wanted.kind !== "promql" || wanted.threshold === undefined) return undefined;
  const value = valueOfExpression(wanted.threshold, about, "/spec", variable({}));
  return value.kind === "value" && typeof value.value === "number" && Number.isFinite(value.value)
    ? value.value
    : undefined;
}

type Leaf = Pick<WantedEdit, "kind" | "at" | "from" | "to">;
type EditOutcome =
  | { readonly kind: "edits"; readonly leaves: readonly Leaf[] }
  | { readonly kind: "drop"; readonly reason: DropReason; readonly message: string; readonly to: Json | undefined };

function outcomeOf(edit: RemedyEdit, about: About, evidence: CelInput): EditOutcome {
  if (edit.when !== undefined) {
    const holds = valueOfExpression(edit.when, about, edit.at, evidence);
    if (holds.kind === "error") return drop("expression-failed", `its condition came to nothing: ${holds.message}`);
    if (holds.value !== true) return drop("condition-false", "its condition does not hold");
  }
  const from = valueInSpec(about.spec, edit.at);
  if (edit.to === undefined) {
    if (from === undefined) return drop("same-as-now", "there is nothing to take away");
    return { kind: "edits", leaves: [{ kind: "remove", at: edit.at, from, to: undefined }] };
  }
  const said = valueOfExpression(edit.to, about, edit.at, evidence);
  if (said.kind === "error") return drop("expression-failed", `its value came to nothing: ${said.message}`);
  const to = written(said.value, edit.as);
  if (to === undefined) return drop("not-a-value", "what it came to cannot be written into a spec");
  if (isDeepStrictEqual(from, to)) return drop("same-as-now", "it is so already", to);
  if (edit.as !== "json" && from !== undefined && isSmall(from, to))
    return drop("below-20-percent", "it is less than 20 % apart from now", to);
  return { kind: "edits", leaves: leavesOf(edit.at, from, to) };
}

function valueOfExpression(planned: Expression, about: About, at: JsonPointer, evidence: CelInput) {
  const { incident, agent, environment, namespace, spec } = about;
  const [tenant = "", name = ""] = agent.split("/");
  const alert = incident.alerts.find((one) => one.status === "firing") ?? incident.alerts[0];
  const said = planned.evaluate({
    alert: variable(alert === undefined ? {} : seen(alert)),
    agent: variable({ key: agent, name, tenant, namespace, environment }),
    current: variable(valueInSpec(spec, at) ?? null),
    evidence,
    spec: variable(spec),
  });
  return said.kind === "value" ? ({ kind: "value", value: jsonOf(said.value) } as const) : said;
}

/** A mapping is changed value by value, so that a spec keeps what stays the same. */
function leavesOf(pointer: JsonPointer, from: Json | undefined, to: Json): readonly Leaf[] {
  if (!isMapping(from) || !isMapping(to)) return [{ kind: "set", at: pointer, from, to }];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys.flatMap((key): readonly Leaf[] => {
    const below = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const [before, after] = [at(from, key), at(to, key)];
    if (isDeepStrictEqual(before, after)) return [];
    if (after === undefined) return [{ kind: "remove", at: below, from: before, to: undefined }];
    return leavesOf(below, before, after);
  });
}

function evidenceOf(evidence: readonly Evidence[]): CelInput {
  return new Map(evidence.filter((one) => one.kind !== "missing").map((one) => [one.name, wordOf(one)]));
}

function wordOf(one: Exclude<Evidence, { readonly kind: "missing" }>): CelInput {
  switch (one.kind) {
    case "series":
      // Doubles also where they are whole: as an int, 3 / 2 would be 1.
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

function drop(reason: DropReason, message: string, to?: Json): EditOutcome {
  return { kind: "drop", reason, message, to };
}
