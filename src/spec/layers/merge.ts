import { isMap } from "../values.ts";

/** A layer of a spec: what one of stage, template, agent file and overlay sets. */
export type Layer = Readonly<Record<string, unknown>>;

/**
 * Groups of fields that exclude each other: where a higher layer sets one group, the other groups of
 * lower layers are removed.
 */
interface Choices {
  readonly groups?: readonly (readonly string[])[];
  readonly below?: Readonly<Record<string, Choices>>;
}

const NONE: Choices = {};
const PROBE: Choices = { groups: [["httpGet"], ["tcpSocket"], ["grpc"], ["exec"]] };
const CHOICES: Choices = {
  below: {
    runtime: {
      below: {
        pod: {
          below: {
            startupProbe: PROBE,
            readinessProbe: PROBE,
            livenessProbe: PROBE,
            lifecycle: { below: { preStop: { groups: [["exec"], ["httpGet"], ["sleep"]] } } },
          },
        },
      },
    },
    instructions: { groups: [["inline"], ["file"]] },
    scaling: { groups: [["hpa"], ["keda"]], below: { keda: { groups: [["query", "threshold"], ["kafkaLag"]] } } },
  },
};

/**
 * Merges the higher layer over the lower one: maps merge, everything else replaces. A `null` of the higher layer stays in the
 * result, so that it hides lower values; `completeSpec` drops it. Neither argument is changed.
 */
export function overlay(lower: Layer, higher: Layer): Layer {
  return merge(lower, higher, CHOICES);
}

/** Layers from lowest to highest, merged. */
export function overlayAll(layers: readonly Layer[]): Layer {
  const [lowest = {}, ...higher] = layers;
  return higher.reduce(overlay, lowest);
}

function merge(lower: Layer, higher: Layer, choices: Choices): Layer {
  const merged: Record<string, unknown> = {
    ...(choices.groups === undefined ? lower : withoutLosers(lower, higher, choices.groups)),
  };
  for (const key of Object.keys(higher)) {
    const value = higher[key];
    const below = merged[key];
    merged[key] = isMap(value) && isMap(below) ? merge(below, value, choices.below?.[key] ?? NONE) : value;
  }
  return merged;
}

function withoutLosers(lower: Layer, higher: Layer, groups: readonly (readonly string[])[]): Layer {
  const chosen = groups.filter((group) => group.some((key) => sets(higher, key)));
  if (chosen.length !== 1) return lower;
  return Object.fromEntries(
    Object.entries(lower).filter(([key]) => chosen[0]?.includes(key) || !groups.some((group) => group.includes(key))),
  );
}

function sets(layer: Layer, key: string): boolean {
  return layer[key] !== undefined && layer[key] !== null;
}
