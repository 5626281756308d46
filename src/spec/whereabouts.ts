import { decides } from "./landing.ts";
import type { Layers } from "./layers.ts";

/** Where the document says what is in effect at a path: in the overlay, the agent's own spec, or by naming a template. */
export function whereabouts(
  layers: Layers,
  environment: string,
  path: readonly PropertyKey[],
): { readonly path: readonly PropertyKey[]; readonly template: boolean } {
  const steps = path.map(String);
  const overlay = layers.overlays.get(environment);
  if (overlay !== undefined && decides(overlay, steps))
    return { path: ["spec", "environments", environment, ...path], template: false };
  if (!decides(layers.own, steps) && layers.template !== undefined && decides(layers.template, steps))
    return { path: ["spec", "template"], template: true };
  return { path: ["spec", ...path], template: false };
}
