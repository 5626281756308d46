import * as z from "zod";
import type { Evidence, Series, SeriesStats } from "../domain/alert/evidence.ts";
import { exploreLink, prometheusLink } from "../domain/alert/link.ts";
import { type Peak, peakQuery, SCRAPE } from "../domain/query/peaks.ts";
import { endpointOf } from "../domain/values/endpoint.ts";
import type { Instant } from "../domain/values/scalars.ts";
import type { MetricsRequest } from "./evidence-reader.ts";
import { partialWords } from "./partial-words.ts";
import { readJson, type Unread } from "./read-json.ts";
import type { ReadOptions } from "./read-options.ts";
import { redactJson } from "./redact.ts";
import { type ObservedSource, sourceRequest } from "./source-request.ts";

/** Most bytes of an answer, points of a series, and series that are returned. */
const LIMIT = 8 * 1024 * 1024;
const POINTS = 240;
const MOST_SERIES = 20;
/** Points of a series in which peaks are searched: one a minute of a day. */
const FINE_POINTS = 1500;
/** Fewer points than this make no chart. */
const FEW = 10;

/** A number as Go formats it. */
const Sample = z.tuple([z.number(), z.string().regex(/^(?:[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|Inf)|NaN)$/i)]);
const Answer = z.object({
  status: z.literal("success"),
  /** Of Prometheus, Thanos, Cortex, Mimir and Promxy. `infos` are remarks about the query. */
  warnings: z.array(z.string()).max(1000).nullish(),
  /** Of VictoriaMetrics. */
  isPartial: z.boolean().nullish(),
  data: z.object({
    resultType: z.literal("matrix"),
    result: z
      .array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(Sample).default([]) }))
      .max(100_000),
  }),
});

export type PrometheusSource = ObservedSource;

/**
 * Runs a range query; its series, or why there are none. NaN, infinities and native histograms are left out. Over a long range
 * the extreme that the request wants is read at every scrape, so that no peak is missed; the series that are returned have the
 * extreme of each step.
 */
export async function readMetrics(
  request: MetricsRequest,
  id: string,
  source: PrometheusSource,
  options: ReadOptions,
): Promise<Evidence> {
  const { name, start, end, unit, threshold, peak = "none" } = request;
  const range = rangeOf(start, end, POINTS);
  const { query, read } = await readWithPeaks(request, range, source, options);
  const missing = { kind: "missing", id, name, query } as const;
  if ("reason" in read) return { ...missing, ...read };
  const finer = await readFiner(read.series, range, query, source, options);
  const all = finer ?? read.series;
  const { partial } = read;
  if (all.length === 0) return { ...missing, reason: "empty", message: emptyMessage(partial) };
  const kept = all.toSorted((a, b) => (b.points.at(-1)?.[1] ?? 0) - (a.points.at(-1)?.[1] ?? 0)).slice(0, MOST_SERIES);
  const labels = await Promise.all(kept.map((one) => redactLabels(one.labels)));
  const series = kept.map(({ points }, index) => {
    const shown = finer === undefined ? extremesOf(points, range, peak) : points;
    return { labels: labels[index] ?? {}, points: shown };
  });
  const link =
    options.grafana === undefined
      ? prometheusLink(source.url, query, range.from, range.to)
      : exploreLink(options.grafana.url, { type: "prometheus", uid: source.datasource }, query, range.from, range.to);
  return { kind: "series", id, name, query, link, unit, series, stats: statsOf(all), threshold, partial };
}

/** The query that ran, and what it gave: that of the peaks where they are wanted, else the request's own. */
async function readWithPeaks(
  { query, start, end, peak = "none" }: MetricsRequest,
  range: Range,
  source: PrometheusSource,
  options: ReadOptions,
): Promise<{ readonly query: string; readonly read: Seen }> {
  const plain = async () => ({ query, read: await readSeries(range, query, source, options) });
  if (peak === "none" || range.step <= SCRAPE) return plain();
  const fine = rangeOf(start, end, FINE_POINTS, SCRAPE);
  const peaks = peakQuery(query, peak, fine.step);
  const read = await readSeries(fine, peaks, source, options);
  const isTooMuch = "reason" in read && read.refusal === undefined && TOO_MUCH.has(read.reason);
  if (!isTooMuch) return { query: peaks, read };
  const coarse = await plain();
  if ("reason" in coarse.read) return coarse;
  const partial = [...(coarse.read.partial ?? []), `peaks between two points were not read: ${read.message}`];
  return { query, read: { ...coarse.read, partial } };
}

/** Why peaks cannot be read, where the plain query may still be: a limit of samples or of bytes, or no subqueries. */
const TOO_MUCH: ReadonlySet<string> = new Set(["refused", "too-large"]);

/** The extreme within each step of a range; the points themselves where none is wanted, or there are no more than steps. */
function extremesOf(points: Series["points"], { to, step }: Range, peak: Peak): Series["points"] {
  if (peak === "none" || points.length <= POINTS) return points;
  const better = peak === "max" ? Math.max : Math.min;
  const byStep = new Map<number, readonly [Instant, number]>();
  for (const [at, value] of points) {
    const index = Math.ceil((at / 1000 - to) / step);
    const known = byStep.get(index);
    byStep.set(index, [at, known === undefined ? value : better(known[1], value)]);
  }
  return [...byStep.values()];
}

/** A range of a query, in seconds. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** The range, with at most so many steps, counted back from its end, since the alert is about its end. */
function rangeOf(start: Instant, end: Instant, most: number, least = 1): Range {
  const step = Math.max(least, Math.ceil((end - start) / 1000 / most));
  // Up: an alert may be about a sample of this very second. Prometheus answers a time to come with the last sample.
  const to = Math.ceil(end / 1000);
  return { from: to - Math.ceil((to - start / 1000) / step) * step, to, step };
}

/** Where there are few points, all of them recent, reads the last minutes in smaller steps; else undefined. */
async function readFiner(
  series: readonly Series[],
  { to, step }: Range,
  query: string,
  source: PrometheusSource,
  options: ReadOptions,
): Promise<readonly Series[] | undefined> {
  const most = series.reduce((points, one) => Math.max(points, one.points.length), 0);
  if (most >= FEW || step < FEW) return undefined;
  const read = await readSeries(
    rangeOf((to - Math.min(FEW * step, POINTS)) * 1000, to * 1000, POINTS),
    query,
    source,
    options,
  );
  return "reason" in read || read.series.length === 0 ? undefined : read.series;
}

type Seen = { readonly series: readonly Series[]; readonly partial: readonly string[] | undefined } | Unread;

function emptyMessage(partial: readonly string[] | undefined): string {
  return ["there is no data in this range", ...(partial ?? [])].join("; ");
}

/** The series of a range query, not redacted yet; or why there are none. Never throws. */
export async function readSeries(
  { from, to, step }: Range,
  query: string,
  source: PrometheusSource,
  options: ReadOptions,
): Promise<Seen> {
  const body = new URLSearchParams({ query, start: String(from), end: String(to), step: String(step) }).toString();
  const request = sourceRequest(source, options);
  const read = await readJson({
    ...request,
    source: "Prometheus",
    url: endpointOf(source.url, "/api/v1/query_range"),
    method: "POST",
    headers: { ...request.headers, "content-type": "application/x-www-form-urlencoded" },
    body,
    limit: LIMIT,
  });
  if (read.kind === "missing") {
    const { kind: _, ...unread } = read;
    return unread;
  }
  const answer = Answer.safeParse(read.value);
  if (!answer.success) return { reason: "unreadable", message: "Prometheus answered in another shape" };
  const series = answer.data.data.result
    .map(({ metric, values }): Series => ({ labels: metric, points: finitePoints(values, { from, to, step }) }))
    .filter((one) => one.points.length > 0);
  return { series, partial: await partialWords("Prometheus", answer.data) };
}

/** The finite numbers inside the range, sorted by time. */
function finitePoints(values: readonly (readonly [number, string])[], { from, to, step }: Range): Series["points"] {
  return values
    .flatMap(([seconds, text]): readonly (readonly [number, number])[] => {
      const value = Number(text);
      const isInRange = seconds >= from - step && seconds <= to + step;
      return isInRange && Number.isFinite(value) ? [[Math.round(seconds * 1000), value]] : [];
    })
    .sort(([a], [b]) => a - b);
}

/** Statistics over every point of every series; `last` is the largest of the last points. */
export function statsOf(series: readonly Series[]): SeriesStats {
  const values = series.flatMap((one) => one.points.map(([, value]) => value)).sort((a, b) => a - b);
  const last = series.map((one) => one.points.at(-1)?.[1] ?? Number.NEGATIVE_INFINITY);
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    min: values[0] ?? 0,
    max: values.at(-1) ?? 0,
    mean: values.length === 0 ? 0 : sum / values.length,
    p95: values[Math.min(values.length - 1, Math.ceil(values.length * 0.95) - 1)] ?? 0,
    last: last.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    count: values.length,
  };
}

/** The first 40 labels, shortened and redacted. */
export async function redactLabels(
  labels: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const some = Object.fromEntries(Object.entries(labels).slice(0, 40));
  const clean = await redactJson(some);
  return Object.fromEntries(Object.entries(clean ?? {}).map(([key, value]) => [key, String(value).slice(0, 500)]));
}
