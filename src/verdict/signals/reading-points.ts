import type { MeasureUnit } from "../../domain/alert/evidence.ts";
import type { Incomparable, Points } from "../../domain/rollout-verdict/comparison.ts";
import type { SeriesReading } from "../../domain/rollout-verdict/readings.ts";
import type { RolloutTimes } from "../../domain/rollout-verdict/rollout-verdict.ts";
import type { ShownSeries } from "../../domain/rollout-verdict/signal.ts";
import { cleaned, sidesOf, within } from "../windows.ts";

/** Most points that are kept for people. */
const SHOWN = 240;

/** The points of a reading of one series, or why there are none. */
export type PointsRead =
  | { readonly kind: "points"; readonly points: Points }
  | { readonly kind: "none"; readonly reason: Extract<Incomparable, "not-measured" | "not-read"> };

/** The only series of a reading. Several, where the query gives one, are not what was asked for. */
export function pointsOf(reading: SeriesReading): PointsRead {
  if (reading.kind === "not-read") return { kind: "none", reason: "not-read" };
  const [only, ...more] = reading.kind === "empty" ? [] : reading.series;
  if (only === undefined) return { kind: "none", reason: "not-measured" };
  return more.length > 0 ? { kind: "none", reason: "not-read" } : { kind: "points", points: cleaned(only.points) };
}

/** The only series of a reading from the hours before a roll-out to the minutes after it, for a chart. */
export function shownReading(reading: SeriesReading, unit: MeasureUnit, times: RolloutTimes): ShownSeries | undefined {
  const found = pointsOf(reading);
  return found.kind === "none" || reading.kind !== "read" ? undefined : shownPoints(found.points, reading, unit, times);
}

/** Points from the hours before a roll-out to the minutes after it, for a chart. */
export function shownPoints(
  points: Points,
  { query, link }: Pick<ShownSeries, "query" | "link">,
  unit: MeasureUnit,
  times: RolloutTimes,
): ShownSeries {
  const { hours, after } = sidesOf(times);
  const near = within(points, { from: hours.from, to: after.to });
  const every = Math.max(1, Math.ceil(near.length / SHOWN));
  return { query, link, unit, points: near.filter((_, index) => index % every === 0) };
}
