import type { Agent, Explanation, Origin } from "../domain/fleet.ts";
import { decides } from "./landing.ts";
import { declaredLayers } from "./layers.ts";
import { overlayAll } from "./merge.ts";
import { isMap, pointerOf } from "./pointer.ts";
import { stageLayer } from "./stages.ts";

/**
 * Every value in effect in an environment with the layer it came from, in the order of the spec; a list is one value.
 * Empty where the agent is not in the environment.
 */
export function explain(agent: Agent, environment: string): readonly Explanation[] {
  const effective = agent.environments.get(environment);
  if (effective === undefined) return [];
  const overlay = agent.overlays.get(environment);
  const layers: readonly (readonly [Origin, unknown])[] = [
    ["environment", overlay],
    ["agent", agent.own],
    ["template", agent.template],
    ["stage", stageOf(agent, environment, effective.spec.scaling.keda !== undefined)],
  ];
  const found: Explanation[] = [];
  walk(effective.spec, [], (path, value) => {
    const origin = layers.find(([, layer]) => layer !== undefined && decides(layer, path))?.[0] ?? "default";
    found.push({ pointer: pointerOf(["spec", ...path]), value, origin });
  });
  return found;
}

/** The stage's layer once more. It scales by KEDA on request rates only where there was a Prometheus to ask. */
function stageOf(agent: Agent, environment: string, prometheus: boolean): unknown {
  const declared = overlayAll(declaredLayers(agent, environment));
  return stageLayer(declared, { name: agent.name, namespace: agent.facts.namespace, prometheus });
}

function walk(value: unknown, path: readonly string[], visit: (path: readonly string[], value: unknown) => void): void {
  if (!isMap(value) || Object.keys(value).length === 0) visit(path, value);
  else for (const [key, below] of Object.entries(value)) walk(below, [...path, key], visit);
}
