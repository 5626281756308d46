import { setsValueAt } from "../edit/place-of-edit.ts";
import type { Layers } from "../layers/layers.ts";

/** Where the document sets the value in effect at a path: in the overlay, in the agent's own spec, or by naming a template. */
export function pathInDocument(
  layers: Layers,
  environment: string,
  path: readonly PropertyKey[],
): { readonly path: readonly PropertyKey[]; readonly template: boolean } {
  const steps = path.map(String);
  const overlay = layers.overlays.get(environment);
  if (overlay !== undefined && setsValueAt(overlay, steps))
    return { path: ["spec", "environments", environment, ...path], template: false };
  if (!setsValueAt(layers.own, steps) && layers.template !== undefined && setsValueAt(layers.template, steps))
    return { path: ["spec", "template"], template: true };
  return { path: ["spec", ...path], template: false };
}
