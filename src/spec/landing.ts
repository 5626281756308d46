import type { Agent } from "../domain/fleet.ts";
import type { JsonPointer, Path } from "../domain/scalars.ts";
import { isMap, pointerOf, stepsOf, valueAt } from "./pointer.ts";

/** A place in a spec file. */
export interface Landing {
  readonly file: Path;
  readonly at: JsonPointer;
}

/**
 * Where an edit of a value in effect lands: `pointer` points into an agent's spec as it is in effect in the environment
 * (`/spec/scaling/max`). The environment's overlay, where it sets the value, part of it, or a list that holds it; else the
 * agent's own spec, which also overrides template, stage and default. An overlay that takes the value away with `null`
 * sets it, too.
 */
export function landing(agent: Agent, environment: string, pointer: JsonPointer): Landing {
  const steps = stepsOf(pointer);
  const path = steps[0] === "spec" ? steps.slice(1) : steps;
  const overlay = agent.overlays.get(environment);
  const inOverlay = overlay !== undefined && decides(overlay, path);
  return {
    file: agent.path,
    at: pointerOf(inOverlay ? ["spec", "environments", environment, ...path] : ["spec", ...path]),
  };
}

/** Whether a layer says anything of a path: at it, below it, or above it with something that is no mapping. */
export function decides(layer: unknown, path: readonly string[]): boolean {
  let node = layer;
  for (const [depth, step] of path.entries()) {
    if (!isMap(node)) return depth > 0 && node !== undefined;
    if (!Object.hasOwn(node, step)) return false;
    node = valueAt(node, [step]);
  }
  return node !== undefined;
}
