import { isMap } from "./pointer.ts";

/** A layer of a spec: what one of stage, template, agent file and overlay sets. */
export type Layer = Readonly<Record<string, unknown>>;

/**
 * Fields of which a layer chooses one: a higher layer's choice takes the lower layers' other choice away. Listed by the
 * path of their parent.
 */
const CHOICES: Readonly<Record<string, ReadonlyArray<readonly (readonly string[])[]>>> = {
  "/instructions": [[["inline"], ["file"]]],
  "/scaling": [[["hpa"], ["keda"]]],
  "/scaling/keda": [[["query", "threshold"], ["kafkaLag"]]],
};

/**
 * The higher layer over the lower one: maps merge, everything else replaces. A `null` of the higher layer stays in the
 * result, so that it also hides what lies below; `complete` takes it for nothing. Neither argument is changed.
 */
export function overlay(lower: Layer, higher: Layer, at = ""): Layer {
  const merged: Record<string, unknown> = { ...lower };
  for (const rival of losers(higher, at)) delete merged[rival];
  for (const key of Object.keys(higher)) {
    const value = higher[key];
    const below = merged[key];
    merged[key] = isMap(value) && isMap(below) ? overlay(below, value, `${at}/${key}`) : value;
  }
  return merged;
}

/** Layers from lowest to highest, merged. */
export function overlayAll(layers: readonly Layer[]): Layer {
  return layers.reduce((lower, higher) => overlay(lower, higher), {});
}

function losers(higher: Layer, at: string): readonly string[] {
  const choices = CHOICES[at];
  if (choices === undefined) return [];
  return choices.flatMap((options) =>
    options.flatMap((option, index) =>
      option.some((key) => sets(higher, key))
        ? options
            .filter((_, other) => other !== index)
            .flat()
            .filter((key) => !sets(higher, key))
        : [],
    ),
  );
}

function sets(layer: Layer, key: string): boolean {
  return layer[key] !== undefined && layer[key] !== null;
}
