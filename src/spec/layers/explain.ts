import type { Agent, Explanation, Origin, SharedInputs } from "../../domain/fleet.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { setsValueAt } from "../edit/place-of-edit.ts";
import { isMap } from "../values.ts";
import { declaredLayers, originLayers } from "./layers.ts";
import { overlayAll } from "./merge.ts";
import { stageLayer } from "./stages.ts";

/**
 * Every value in effect in an environment with the layer it came from, in the order of the spec; a list is one value.
 * Empty where the agent is not in the environment. `shared` names the files of templates and Models.
 */
export function explain(
  agent: Agent,
  environment: string,
  shared: Pick<SharedInputs, "templateFiles" | "modelFiles">,
): readonly Explanation[] {
  const effective = agent.environments.get(environment);
  if (effective === undefined) return [];
  const layers: readonly (readonly [Origin, unknown])[] = [
    ...originLayers(agent, environment).toReversed(),
    ["stage", stageOf(agent, environment, effective.spec.scaling.keda !== undefined)],
  ];
  const files: Readonly<Record<Origin, Path | undefined>> = {
    default: undefined,
    stage: undefined,
    model: shared.modelFiles?.get(effective.spec.modelRef?.name ?? ""),
    template: shared.templateFiles?.get(agent.own.template?.ref ?? "")?.path,
    agent: agent.path,
    environment: agent.path,
  };
  const found: Explanation[] = [];
  walk(effective.spec, [], (path, value) => {
    const origin = layers.find(([, layer]) => setsValueAt(layer, path))?.[0] ?? "default";
    found.push({ pointer: pointerOf(["spec", ...path]), value, origin, file: files[origin] });
  });
  return found;
}

/** The stage's layer, computed again. It uses KEDA on request rates only where there is a Prometheus. */
function stageOf(agent: Agent, environment: string, prometheus: boolean): unknown {
  const declared = overlayAll(declaredLayers(agent, environment));
  return stageLayer(declared, { name: agent.name, namespace: agent.facts.namespace, prometheus });
}

function walk(value: unknown, path: readonly string[], visit: (path: readonly string[], value: unknown) => void): void {
  if (!isMap(value) || Object.keys(value).length === 0) visit(path, value);
  else for (const [key, below] of Object.entries(value)) walk(below, [...path, key], visit);
}
