import { exploreLink, prometheusLink } from "../../domain/alert/link.ts";
import type { SeriesReading } from "../../domain/rollout-verdict/readings.ts";
import { POINT_STEP } from "../../domain/rollout-verdict/timing.ts";
import type { RangeRequest } from "../evidence-reader.ts";
import { type PrometheusSource, readSeries, redactLabels } from "../prometheus.ts";
import type { ReadOptions } from "../read-options.ts";

/** Most series: one for a query of one, a few by node or by alert. */
const MOST_SERIES = 50;

/** Every point of a query, one a minute. Partial answers, and more series than can be meant, are not read. Never throws. */
export async function readPoints(
  { query, start, end }: RangeRequest,
  source: PrometheusSource,
  options: ReadOptions,
): Promise<SeriesReading> {
  const step = POINT_STEP / 1000;
  const to = Math.floor(end / 1000);
  const from = to - Math.floor((to - start / 1000) / step) * step;
  const read = await readSeries({ from, to, step }, query, source, options);
  if ("reason" in read) return { kind: "not-read", query, message: read.message };
  if (read.partial !== undefined) return { kind: "not-read", query, message: read.partial.join("; ") };
  if (read.series.length > MOST_SERIES)
    return { kind: "not-read", query, message: `the answer has more than ${MOST_SERIES} series` };
  if (read.series.length === 0) return { kind: "empty", query };
  const link =
    options.grafana === undefined
      ? prometheusLink(source.url, query, from, to)
      : exploreLink(options.grafana.url, { type: "prometheus", uid: source.datasource }, query, from, to);
  const labels = await Promise.all(read.series.map((one) => redactLabels(one.labels)));
  const series = read.series.map(({ points }, index) => ({ labels: labels[index] ?? {}, points }));
  return { kind: "read", query, link, series };
}
