import type { Agent } from "../../domain/fleet.ts";
import { pointerOf, pointerSteps } from "../../domain/values/json-pointer.ts";
import type { JsonPointer, Path } from "../../domain/values/scalars.ts";
import { isMap, valueAt } from "../values.ts";

/** A place in a spec file. */
export interface FilePlace {
  readonly file: Path;
  readonly at: JsonPointer;
}

/** Which environments an edit may change: those that share the value, or only its own. */
export type EditReach = "shared" | "own";

/**
 * The place where an edit of a value in effect is written; `pointer` points into the agent's spec in effect in the environment
 * (`/spec/scaling/max`). It is written into the environment's overlay where that sets the value, part of it, or a list that
 * holds it; else into the agent's own spec, which also overrides template, stage and default. `null` sets a value too. With the reach
 * "own", an edit of an agent that has other environments is always written into the overlay.
 */
export function placeOfEdit(
  agent: Agent,
  environment: string,
  pointer: JsonPointer,
  reach: EditReach = "shared",
): FilePlace {
  const steps = pointerSteps(pointer);
  const path = steps[0] === "spec" ? steps.slice(1) : steps;
  const isOverlays = isSetByOverlay(agent, environment, path) || (reach === "own" && agent.environments.size > 1);
  return {
    file: agent.path,
    at: pointerOf(isOverlays ? ["spec", "environments", environment, ...path] : ["spec", ...path]),
  };
}

/**
 * Whether an environment's overlay decides about a value, so that the agent's own one would not count: it sets the value, or names
 * the Model that the whole model section starts from.
 */
export function isSetByOverlay(
  { overlays }: Pick<Agent, "overlays">,
  environment: string,
  path: readonly string[],
): boolean {
  const overlay = overlays.get(environment);
  if (setsValueAt(overlay, path)) return true;
  return path[0] === "model" && typeof valueAt(overlay, ["modelRef", "name"]) === "string";
}

/** Whether a layer sets a value at a path, below it, or above it (with a value that is not a mapping). */
export function setsValueAt(layer: unknown, path: readonly string[]): boolean {
  let node = layer;
  for (const [depth, step] of path.entries()) {
    if (!isMap(node)) return depth > 0 && node !== undefined;
    if (!Object.hasOwn(node, step)) return false;
    node = valueAt(node, [step]);
  }
  return node !== undefined;
}
