import type { Points } from "../domain/rollout-verdict/comparison.ts";
import type { RolloutTimes } from "../domain/rollout-verdict/rollout-verdict.ts";
import { LOOK_BACK, POINT_STEP, POINTS } from "../domain/rollout-verdict/timing.ts";
import type { Instant } from "../domain/values/scalars.ts";

const MINUTE = 60_000;

/** The hours before a roll-out whose mean is a side, too: of more points, so that it is steadier. */
const LONG = 6 * 60 * MINUTE;
/** Share of its points that a side must have. */
const COMPLETE = 0.8;

/** Milliseconds between the last point before and the first after, which belong to neither side. */
export function gapOf({ changeAt, settledAt }: RolloutTimes): number {
  return Math.max(0, settledAt - changeAt) + LOOK_BACK;
}

/** A part of a time: `from` is not in it, `to` is. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** The sides of a change at a moment: as many points before as after, and the hours before. */
export interface Sides {
  readonly hours: Span;
  readonly before: Span;
  readonly after: Span;
}

/** The sides of a change whose first points after it come so many milliseconds later. */
export function sidesAt(moment: Instant, gap: number): Sides {
  const length = POINTS * POINT_STEP;
  return {
    hours: { from: moment - LONG, to: moment },
    before: { from: moment - length, to: moment },
    after: { from: moment + gap, to: moment + gap + length },
  };
}

/** The sides of a roll-out. */
export function sidesOf(times: RolloutTimes): Sides {
  return sidesAt(times.changeAt, gapOf(times));
}

/** The points of a span; `points` are in order. */
export function within(points: Points, { from, to }: Span): Points {
  return points.slice(firstAfter(points, from), firstAfter(points, to));
}

/** The mean of a span's values; undefined where too many of its points are missing. `points` are in order. */
export function meanWithin(points: Points, span: Span): number | undefined {
  return meansOf(within(points, span))(span);
}

/** As `meanWithin`, for many spans of the same points. */
export function meansOf(points: Points): (span: Span) => number | undefined {
  // No sum of values up to 1 is infinite.
  const scale = points.reduce((most, [, value]) => Math.max(most, Math.abs(value)), 0) || 1;
  const sums = new Float64Array(points.length + 1);
  points.forEach(([, value], index) => {
    sums[index + 1] = (sums[index] ?? 0) + value / scale;
  });
  return ({ from, to }) => {
    const [first, end] = [firstAfter(points, from), firstAfter(points, to)];
    if (end - first < Math.max(1, COMPLETE * ((to - from) / POINT_STEP))) return undefined;
    return (((sums[end] ?? 0) - (sums[first] ?? 0)) / (end - first)) * scale;
  };
}

/** Only what is a number, in the order of time, each moment once. */
export function cleaned(points: Points): Points {
  const sorted = points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value));
  const ordered = sorted.toSorted(([a], [b]) => a - b);
  return ordered.filter(([at], index) => at !== ordered[index + 1]?.[0]);
}

/** The index of the first point after a moment, by halves. */
function firstAfter(points: Points, moment: Instant): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.[0] ?? 0) > moment) high = middle;
    else low = middle + 1;
  }
  return low;
}
