import type { Instant } from "../values/scalars.ts";
import type { RolloutTimes } from "./rollout-verdict.ts";

const MINUTE = 60_000;

/** Milliseconds from one point to the next, and how many points a side has. */
export const POINT_STEP = MINUTE;
export const POINTS = 30;
/** What the rates look back, `rate(x[5m])`: so long after a roll-out they still hold what was before. */
export const LOOK_BACK = 5 * MINUTE;
/** How much history is read: at a point a minute, within the 11,000 points that Prometheus answers. */
export const HISTORY = 7 * 24 * 60 * MINUTE;

/** The moment at which a roll-out is looked at, once: each further look would raise the chance of a false alarm. */
export function momentOfLook({ settledAt }: RolloutTimes): Instant {
  return settledAt + LOOK_BACK + POINTS * POINT_STEP;
}
