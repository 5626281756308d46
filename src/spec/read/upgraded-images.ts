import type { EffectiveAgent, UpgradedImage } from "../../domain/fleet.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { isSetByOverlay } from "../edit/place-of-edit.ts";
import type { Layers } from "../layers/layers.ts";

const IMAGE = ["runtime", "image"];

/**
 * The images of an agent that move to newer versions, each with the place where an edit of it is written. Environments that share a
 * value move together, and where one of them has no rule, the value stays.
 */
export function upgradedImages(
  layers: Layers,
  environments: ReadonlyMap<string, EffectiveAgent>,
): readonly UpgradedImage[] {
  const uses = [...environments.values()].map(({ environment, spec: { runtime } }) => {
    const own = isSetByOverlay(layers, environment, IMAGE) ? ["environments", environment] : [];
    return { at: pointerOf(["spec", ...own, ...IMAGE]), environment, image: runtime.image, rule: runtime.upgrade };
  });
  return [...Map.groupBy(uses, ({ at }) => at)].flatMap(([at, shared]): readonly UpgradedImage[] => {
    const [image, ...others] = new Set(shared.map((use) => use.image));
    const rules = shared.map(({ rule }) => rule).filter((rule) => rule !== undefined);
    if (image === undefined || others.length > 0 || rules.length < shared.length) return [];
    const distinct = new Map(rules.map((rule) => [JSON.stringify(rule), rule]));
    return [{ at, image, environments: shared.map(({ environment }) => environment), rules: [...distinct.values()] }];
  });
}
