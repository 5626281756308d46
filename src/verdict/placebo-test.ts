import type { Incomparable, PlaceboComparison, Points, Shift } from "../domain/rollout-verdict/comparison.ts";
import type { RolloutTimes } from "../domain/rollout-verdict/rollout-verdict.ts";
import { HISTORY } from "../domain/rollout-verdict/timing.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { withoutDailyCycle } from "./daily-cycle.ts";
import { cleaned, gapOf, meansOf, meanWithin, sidesAt, sidesOf } from "./windows.ts";

/** Milliseconds from one placebo to the next, and fewest placebos: those of three days, so that each hour was seen thrice. */
const EVERY = 15 * 60_000;
const DAY = 86_400_000;
const FEWEST = (3 * 24 * 60) / 15;
/** The part of the placebos that a change must be beyond, and how large it must be. */
const TOP = 0.01;
const RATIO = 1.25;
/** Rounding differs with the unit of a series; what is told of it must not. */
const TINY = 1e-9;

/**
 * Tells whether a series moved with a roll-out more than it does by itself. The statistic is the logarithm of a ratio: the mean of
 * the points just after to the mean of as many just before, or to that of the hours before, whichever is nearer to no change, both
 * without the daily cycle. It is worked out at every quarter of an hour of the week before, too, when nothing was rolled out: these
 * are the placebos. The series moved where at most 1 % of them went as far, and the ratio is at least 1.25, or at most 0.8.
 * Nothing is presumed about how values are distributed: points may depend on those before them, as rates over five minutes do,
 * which makes the tests of Student and of Mann and Whitney cry wolf. `points` may be in any order and have any values.
 */
export function placeboTest(points: Points, times: RolloutTimes): PlaceboComparison {
  const series = cleaned(points);
  const { hours, before, after } = sidesOf(times);
  const means = { before: meanWithin(series, before), after: meanWithin(series, after) };
  const reason = whyNot(series, means);
  if (reason !== undefined || means.before === undefined || means.after === undefined)
    return { kind: "not-compared", reason: reason ?? "gaps", ...means };
  const rank = rankAmongPlacebos(series, times);
  const ofHours = meanWithin(series, hours);
  if (rank === undefined || ofHours === undefined) return { kind: "not-compared", reason: "little-history", ...means };
  const { real, ...ranks } = rank;
  const sides = { before: means.before, hours: ofHours, after: means.after };
  return { kind: "compared", shift: shiftAmong(rank), ...sides, ratio: Math.exp(real), ...ranks };
}

/** A change among the placebos. */
export interface Rank {
  /** The logarithm of its ratio. */
  readonly real: number;
  readonly placebos: number;
  /** How many placebos rose at least as much, and fell at least as much. */
  readonly higher: number;
  readonly lower: number;
  /** Whether it went the same way, and at least half as far, at the same time of most days before. */
  readonly daily: boolean;
}

/** The rank of a roll-out's statistic among the placebos; undefined where there are too few. A rise from zero is a very large one. */
export function rankAmongPlacebos(points: Points, times: RolloutTimes): Rank | undefined {
  const gap = gapOf(times);
  const meanOf = meansOf(withoutDailyCycle(cleaned(points), times.changeAt));
  const real = statisticAt(meanOf, times.changeAt, gap);
  const placebos = momentsBefore(times.changeAt, gap).flatMap((moment) => {
    const statistic = statisticAt(meanOf, moment, gap);
    return statistic === undefined ? [] : [{ statistic, isSameTime: (times.changeAt - moment) % DAY === 0 }];
  });
  if (real === undefined || placebos.length < FEWEST) return undefined;
  const higher = placebos.filter(({ statistic }) => statistic >= real - TINY);
  const lower = placebos.filter(({ statistic }) => statistic <= real + TINY);
  const sameTime = placebos.filter(({ isSameTime }) => isSameTime);
  // Half as far is enough: it is not as far each day.
  const alike = sameTime.filter(({ statistic }) => real !== 0 && statistic / real >= 0.5);
  const daily = 2 * alike.length > sameTime.length;
  return { real, placebos: placebos.length, higher: higher.length, lower: lower.length, daily };
}

/** The way that a change went, where it is large, at most 1 % of the placebos went as far, and it is not what happens each day. */
export function shiftAmong({ real, placebos, higher, lower, daily }: Rank): Shift {
  const isLarge = Math.abs(real) >= Math.log(RATIO) - TINY;
  if (!isLarge || daily) return "none";
  const asFar = real > 0 ? higher : lower;
  if (asFar > TOP * placebos) return "none";
  return real > 0 ? "up" : "down";
}

interface Means {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Why there is no ratio of the two sides; undefined where there is one. */
function whyNot(series: Points, { before, after }: Means): Incomparable | undefined {
  if (series.length === 0) return "not-measured";
  if (before === undefined || after === undefined) return "gaps";
  if (series.every(([, value]) => value === series[0]?.[1])) return "constant";
  return before > 0 && after > 0 ? undefined : "zeroes";
}

/**
 * The logarithm of the ratio after a moment to before it; undefined where points are missing. Where the minutes and the hours before
 * disagree on the direction, nothing moved just then: the logarithm is 0.
 */
function statisticAt(meanOf: ReturnType<typeof meansOf>, moment: Instant, gap: number): number | undefined {
  const sides = sidesAt(moment, gap);
  const after = meanOf(sides.after);
  const near = meanOf(sides.before);
  const far = meanOf(sides.hours);
  if (after === undefined || near === undefined || far === undefined) return undefined;
  const ratios = [logRatio(after, near), logRatio(after, far)] as const;
  if (ratios[0] > 0 && ratios[1] > 0) return Math.min(...ratios);
  return ratios[0] < 0 && ratios[1] < 0 ? Math.max(...ratios) : 0;
}

/** Bounded, since a placebo's sides may be zero or less. */
function logRatio(after: number, before: number): number {
  if (after <= 0 || before <= 0) return before <= 0 && after <= 0 ? 0 : after <= 0 ? -FAR : FAR;
  return Math.max(-FAR, Math.min(FAR, Math.log(after) - Math.log(before)));
}

const FAR = 700;

/** The moments of the placebos: all that they look at was over when the roll-out began. Each day has one at its time of the day. */
function momentsBefore(changeAt: Instant, gap: number): readonly Instant[] {
  const { after } = sidesAt(changeAt, gap);
  const first = Math.ceil((after.to - changeAt) / EVERY);
  return Array.from(
    { length: Math.max(0, HISTORY / EVERY - first + 1) },
    (_, index) => changeAt - (first + index) * EVERY,
  );
}
