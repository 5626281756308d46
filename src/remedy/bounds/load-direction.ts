import { amountIn } from "../../domain/values/quantity.ts";
import type { Json, JsonPointer } from "../../domain/values/scalars.ts";

/** What a larger value at these paths means for how much an agent does at a time, all replicas together. */
const LARGER_MEANS: Readonly<Record<JsonPointer, "more" | "less">> = {
  "/spec/scaling/min": "more",
  "/spec/scaling/max": "more",
  "/spec/scaling/hpa/cpu": "less",
  "/spec/scaling/hpa/memory": "less",
  "/spec/scaling/keda/threshold": "less",
  "/spec/scaling/keda/kafkaLag": "less",
  "/spec/model/maxConcurrency": "more",
  "/spec/dapr/maxConcurrency": "more",
};

export const LOAD_PATHS: readonly JsonPointer[] = Object.keys(LARGER_MEANS);

/** Whether a change of a value lets an agent do more at a time, or less; undefined where it does neither. */
export function loadDirection({
  at,
  from,
  to,
}: {
  readonly at: JsonPointer;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}): "more" | "less" | undefined {
  const larger = Object.hasOwn(LARGER_MEANS, at) ? LARGER_MEANS[at] : undefined;
  const way = direction(from, to);
  if (larger === undefined || way === undefined || way === "up") return way && larger;
  return larger === "more" ? "less" : "more";
}

/** Whether a number or a quantity becomes larger or smaller; undefined where it does neither, or is no number. */
export function direction(from: Json | undefined, to: Json | undefined): "up" | "down" | undefined {
  const [before, after] = [amountIn(from), amountIn(to)];
  if (before === undefined || after === undefined || before === after) return undefined;
  return after > before ? "up" : "down";
}

/** A pointer into a spec as it is in effect: one below an environment's overlay without the overlay. */
export function withoutEnvironment(at: JsonPointer): JsonPointer {
  return at.replace(/^\/spec\/environments\/[^/]+(?=\/)/, "/spec");
}
