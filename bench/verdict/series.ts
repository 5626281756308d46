import type { Points } from "../../src/domain/rollout-verdict/comparison.ts";
import type { RolloutTimes } from "../../src/domain/rollout-verdict/rollout-verdict.ts";
import { HISTORY, momentOfLook, POINT_STEP } from "../../src/domain/rollout-verdict/timing.ts";
import type { Chance } from "../month/random.ts";

/** A series whose truth is known: what it does by itself, and what the roll-out did to it. */
export interface Truth {
  /** How much a point depends on the one before: that of a first-order autoregression. Rates over five minutes have about 0.8. */
  readonly phi: number;
  /** Whether it goes up and down by 65 % in a day. */
  readonly daily: boolean;
  /** Whether it doubled or halved, for good, at some moment of the week before. */
  readonly step: boolean;
  /** What the roll-out multiplies it with. */
  readonly factor: number;
}

/** A roll-out of two minutes, and the week before it. Its moment decides nothing. */
export const TIMES: RolloutTimes = { changeAt: HISTORY, settledAt: HISTORY + 2 * 60_000 };

const SPREAD = 0.25;
const DAY = 86_400_000;

/** One such series, point by point: log-normal around its level. */
export function seriesOf({ phi, daily, step, factor }: Truth, chance: Chance): Points {
  const count = momentOfLook(TIMES) / POINT_STEP;
  const stepAt = chance.next() * HISTORY;
  const stepBy = chance.next() < 0.5 ? 2 : 0.5;
  const offset = chance.next() * DAY;
  let noise = normal(chance) * SPREAD;
  return Array.from({ length: count }, (_, index) => {
    const at = (index + 1) * POINT_STEP;
    noise = phi * noise + SPREAD * Math.sqrt(1 - phi * phi) * normal(chance);
    const cycle = daily ? 1 + 0.65 * Math.sin((2 * Math.PI * (at + offset)) / DAY) : 1;
    const level = (step && at > stepAt ? stepBy : 1) * (at > TIMES.changeAt ? factor : 1);
    return [at, level * cycle * Math.exp(noise)] as const;
  });
}

/** A normal number of mean 0 and deviation 1, by Box and Muller. */
export function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next());
}

/** A count of mean `mean`, by Knuth's products for small means, and a normal number for large ones. */
export function poisson(mean: number, chance: Chance): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(chance)));
  let count = -1;
  for (let product = 1; product > Math.exp(-mean); product *= chance.next()) count += 1;
  return Math.max(0, count);
}
