import { setsValueAt } from "../edit/place-of-edit.ts";
import { type Layers, originLayers } from "../layers/layers.ts";

/** Where a document says what a value is; `path` starts at the top of the document. */
export interface PlaceInDocument {
  /** written: the document sets the value. template, model: it names what gives it. */
  readonly kind: "written" | "template" | "model";
  readonly path: readonly PropertyKey[];
}

/**
 * Where the document gives the value in effect at a path: in the overlay, in the agent's own spec, or by naming a template or a
 * Model.
 */
export function pathInDocument(layers: Layers, environment: string, path: readonly PropertyKey[]): PlaceInDocument {
  const steps = path.map(String);
  const [origin] = originLayers(layers, environment).findLast(([, layer]) => setsValueAt(layer, steps)) ?? ["agent"];
  switch (origin) {
    case "environment":
      return { kind: "written", path: ["spec", "environments", environment, ...path] };
    case "template":
      return { kind: "template", path: ["spec", "template"] };
    case "model":
      return { kind: "model", path: pathInDocument(layers, environment, ["modelRef", "name"]).path };
    case "agent":
    case "stage":
    case "default":
      return { kind: "written", path: ["spec", ...path] };
    default:
      return origin satisfies never;
  }
}
