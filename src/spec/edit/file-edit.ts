import type { Agent } from "../../domain/fleet.ts";
import { pointerOf, pointerSteps } from "../../domain/values/json-pointer.ts";
import type { Json, JsonPointer, Path } from "../../domain/values/scalars.ts";
import { originLayers } from "../layers/layers.ts";
import { valueAt } from "../values.ts";
import { type Change, changeValue } from "./json-edit.ts";
import { type EditReach, placeOfEdit, setsValueAt } from "./place-of-edit.ts";

/** A change of a value in effect; `at` points into the spec in effect, such as `/spec/scaling/max`. */
export type EffectiveEdit =
  | { readonly kind: "set" | "add"; readonly at: JsonPointer; readonly to: Json }
  | { readonly kind: "remove"; readonly at: JsonPointer };

/** The same change in a file; `from` is the value in effect now, undefined where there is none. */
export type FileEdit =
  | {
      readonly kind: "set" | "add";
      readonly file: Path;
      readonly at: JsonPointer;
      readonly to: Json;
      readonly from: Json | undefined;
    }
  | { readonly kind: "remove"; readonly file: Path; readonly at: JsonPointer; readonly from: Json | undefined };

/**
 * Turns a change of a value in effect into a change of the file: in the overlay where that sets the value (or `reach` is "own"), else in
 * the agent's own spec. There it overrides a value of the template, Model or stage: a list as a whole; a removal is written as `null`. Undefined
 * where the path does not exist or the agent is not in the environment.
 */
export function toFileEdit(
  agent: Agent,
  environment: string,
  edit: EffectiveEdit,
  reach: EditReach = "shared",
): FileEdit | undefined {
  const spec = agent.environments.get(environment)?.spec;
  const path = pointerSteps(edit.at).slice(1);
  if (spec === undefined || path.length === 0) return undefined;
  const from = jsonOf(valueAt(spec, path));
  const { file, at } = placeOfEdit(agent, environment, edit.at, reach);
  const inOverlay = at.startsWith(pointerOf(["spec", "environments", environment, ""]));
  const layer = inOverlay ? agent.overlays.get(environment) : agent.own;
  const list = path.findIndex((_, depth) => Array.isArray(valueAt(spec, path.slice(0, depth))));
  if (list >= 0 && !Array.isArray(valueAt(layer, path.slice(0, list))))
    return wholeList(agent, environment, edit, path.slice(0, list), path.slice(list), reach);
  if (edit.kind !== "remove") return { ...edit, file, at, from };
  if (from === undefined) return undefined;
  const above = inOverlay ? ["environment"] : ["environment", "agent"];
  const below = originLayers(agent, environment).some(
    ([origin, lower]) => !above.includes(origin) && setsValueAt(lower, path),
  );
  const own = valueAt(layer, path) !== undefined;
  return own && !below ? { kind: "remove", file, at, from } : { kind: "set", file, at, to: null, from };
}

/** The whole list, changed and written out, where a lower layer gives the list. */
function wholeList(
  agent: Agent,
  environment: string,
  edit: EffectiveEdit,
  list: readonly string[],
  below: readonly string[],
  reach: EditReach,
): FileEdit | undefined {
  const present = valueAt(agent.environments.get(environment)?.spec, list);
  const change: Change =
    edit.kind === "remove"
      ? { kind: "drop", path: below }
      : { kind: edit.kind === "add" ? "insert" : "put", path: below, value: edit.to };
  const changed = changeValue(present, change);
  const to = changed.kind === "value" ? jsonOf(changed.value) : undefined;
  if (to === undefined) return undefined;
  const place = placeOfEdit(agent, environment, pointerOf(["spec", ...list]), reach);
  return { kind: "set", ...place, to, from: jsonOf(present) };
}

function jsonOf(value: unknown): Json | undefined {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
