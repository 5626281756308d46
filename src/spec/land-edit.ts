import type { Agent } from "../domain/fleet.ts";
import type { Json, JsonPointer, Path } from "../domain/scalars.ts";
import { type Change, changeValue } from "./json-edit.ts";
import { decides, landing } from "./landing.ts";
import { pointerOf, stepsOf, valueAt } from "./pointer.ts";

/** A change of a value in effect: `at` points into the spec as it is in effect, such as `/spec/scaling/max`. */
export type EffectiveEdit =
  | { readonly kind: "set" | "add"; readonly at: JsonPointer; readonly to: Json }
  | { readonly kind: "remove"; readonly at: JsonPointer };

/** The same as a change of a file; `from` is what is in effect now, undefined where nothing is. */
export type LandedEdit =
  | {
      readonly kind: "set" | "add";
      readonly file: Path;
      readonly at: JsonPointer;
      readonly to: Json;
      readonly from: Json | undefined;
    }
  | { readonly kind: "remove"; readonly file: Path; readonly at: JsonPointer; readonly from: Json | undefined };

/**
 * Turns a change of a value in effect into the change of the file that brings it about: in the overlay where it decides the
 * value, else in the agent. What a template or a stage gives is overridden there: within a list, by the whole list;
 * a removal, by `null`. Undefined where the path leads nowhere or the agent is not in the environment.
 */
export function landEdit(agent: Agent, environment: string, edit: EffectiveEdit): LandedEdit | undefined {
  const spec = agent.environments.get(environment)?.spec;
  const path = stepsOf(edit.at).slice(1);
  if (spec === undefined || path.length === 0) return undefined;
  const from = jsonOf(valueAt(spec, path));
  const { file, at } = landing(agent, environment, edit.at);
  const inOverlay = at.startsWith(pointerOf(["spec", "environments", environment, ""]));
  const layer = inOverlay ? agent.overlays.get(environment) : agent.own;
  const list = path.findIndex((_, depth) => Array.isArray(valueAt(spec, path.slice(0, depth))));
  if (list >= 0 && !Array.isArray(valueAt(layer, path.slice(0, list))))
    return wholeList(agent, environment, edit, path.slice(0, list), path.slice(list));
  if (edit.kind !== "remove") return { ...edit, file, at, from };
  if (from === undefined) return undefined;
  const below = [agent.template, inOverlay ? agent.own : undefined].some(
    (lower) => lower !== undefined && decides(lower, path),
  );
  const own = valueAt(layer, path) !== undefined;
  return own && !below ? { kind: "remove", file, at, from } : { kind: "set", file, at, to: null, from };
}

/** A list that a lower layer gives, changed and written out where the change belongs. */
function wholeList(
  agent: Agent,
  environment: string,
  edit: EffectiveEdit,
  list: readonly string[],
  below: readonly string[],
): LandedEdit | undefined {
  const present = valueAt(agent.environments.get(environment)?.spec, list);
  const change: Change =
    edit.kind === "remove"
      ? { kind: "drop", path: below }
      : { kind: edit.kind === "add" ? "insert" : "put", path: below, value: edit.to };
  const changed = changeValue(present, change);
  const to = changed.kind === "value" ? jsonOf(changed.value) : undefined;
  if (to === undefined) return undefined;
  return { kind: "set", ...landing(agent, environment, pointerOf(["spec", ...list])), to, from: jsonOf(present) };
}

function jsonOf(value: unknown): Json | undefined {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
