import type { Series } from "../domain/alert/evidence.ts";
import type { FleetSeriesReading, FleetSeriesRequest } from "./evidence-reader.ts";
import { type PrometheusSource, readSeries } from "./prometheus.ts";
import type { ReadOptions } from "./read-options.ts";

/** Most series of a query about all agents: more can only be a query that forgot a condition. */
const MOST_SERIES = 10_000;
/** Points within the time for which a query has to hold, and the shortest step between two, in seconds. */
const POINTS = 10;
const SHORTEST = 15;
/** Labels of a series that are kept, and characters of each. */
const MOST_LABELS = 64;
const LONGEST_LABEL = 1000;

/** The series that a query has at a moment, and had at every step for as long before it as is asked. One request. Never throws. */
export async function readFleetSeries(
  { query, at, forMs }: FleetSeriesRequest,
  source: PrometheusSource,
  options: ReadOptions,
): Promise<FleetSeriesReading> {
  const to = Math.floor(at / 1000);
  const step = Math.max(SHORTEST, Math.ceil(forMs / 1000 / POINTS));
  const steps = Math.ceil(forMs / 1000 / step);
  const read = await readSeries({ from: to - steps * step, to, step }, query, source, options);
  if ("reason" in read) return { kind: "not-read", message: read.message };
  if (read.series.length > MOST_SERIES)
    return {
      kind: "not-read",
      message: `the answer has more than ${MOST_SERIES} series; add a condition to the query`,
    };
  const held = read.series.filter(({ points }) => points.length > steps);
  return { kind: "read", series: held.map(withShortLabels), isWhole: read.partial === undefined };
}

function withShortLabels({ labels, points }: Series): Series {
  const some = Object.entries(labels).slice(0, MOST_LABELS);
  return { labels: Object.fromEntries(some.map(([key, value]) => [key, value.slice(0, LONGEST_LABEL)])), points };
}
