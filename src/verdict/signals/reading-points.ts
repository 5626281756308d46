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

/** The points from the hours before a roll-out to those after it, for a chart. */
export function shownSeries(reading: SeriesReading, unit: MeasureUnit, times: RolloutTimes): ShownSeries | undefined {
  const found = pointsOf(reading);
  if (found.kind === "none" || reading.kind !== "read") return undefined;
  const { hours, after } = sidesOf(times);
  const points = within(found.points, { from: hours.from, to: after.to });
  const every = Math.max(1, Math.ceil(points.length / SHOWN));
  return { query: reading.query, link: reading.link, unit, points: points.filter((_, index) => index % every === 0) };
}
