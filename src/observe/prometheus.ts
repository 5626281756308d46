import * as z from "zod";
import type { Evidence, MissingReason, Series, SeriesStats } from "../domain/evidence.ts";
import type { Instant } from "../domain/scalars.ts";
import { withoutTrailing } from "../domain/trim.ts";
import type { How } from "./create-observatory.ts";
import { exploreLink, prometheusLink } from "./link.ts";
import type { MetricsAsk } from "./observatory.ts";
import { readJson } from "./read-json.ts";
import { redactJson } from "./redact.ts";

/** Most bytes of an answer, points of a series, and series that are kept. */
const LIMIT = 8 * 1024 * 1024;
const POINTS = 240;
const MOST_SERIES = 20;
/** Fewer points than this make no chart. */
const FEW = 10;

/** A number as Go writes it. */
const Sample = z.tuple([z.number(), z.string().regex(/^(?:[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|Inf)|NaN)$/i)]);
const Answer = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("matrix"),
    result: z
      .array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(Sample).default([]) }))
      .max(100_000),
  }),
});

/** A range query; its series, or why there are none. NaN, infinities and native histograms are left out. */
export async function lookAtMetrics(
  ask: MetricsAsk,
  id: string,
  where: { readonly url: string; readonly bearer?: string | undefined },
  how: How,
): Promise<Evidence> {
  const { name, query, start, end, unit, threshold } = ask;
  const missing = { kind: "missing", id, name, query } as const;
  const whole = rangeOf(start, end);
  const seen = await seriesOver(whole, query, where, how);
  if ("reason" in seen) return { ...missing, ...seen };
  const all = (await finer(seen.series, whole, query, where, how)) ?? seen.series;
  if (all.length === 0) return { ...missing, reason: "empty", message: "there is no data in this range" };
  const kept = all.toSorted((a, b) => (b.points.at(-1)?.[1] ?? 0) - (a.points.at(-1)?.[1] ?? 0)).slice(0, MOST_SERIES);
  const labels = await Promise.all(kept.map((one) => redactLabels(one.labels)));
  const series = kept.map((one, index) => ({ ...one, labels: labels[index] ?? {} }));
  const link =
    how.grafana === undefined
      ? prometheusLink(where.url, query, whole.from, whole.to)
      : exploreLink(how.grafana.url, query, whole.from, whole.to);
  return { kind: "series", id, name, query, link, unit, series, stats: statsOf(all), threshold };
}

/** A range of a query, in seconds. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Counted back from the end: what happened in the last moments is what the alert is about. */
function rangeOf(start: Instant, end: Instant): Range {
  const step = Math.max(1, Math.ceil((end - start) / 1000 / POINTS));
  const to = Math.floor(end / 1000);
  return { from: to - Math.ceil((to - start / 1000) / step) * step, to, step };
}

/** Where there are but a few points they are young: then the last minutes are asked for in finer steps. */
async function finer(
  series: readonly Series[],
  { to, step }: Range,
  query: string,
  where: Where,
  how: How,
): Promise<readonly Series[] | undefined> {
  const most = series.reduce((points, one) => Math.max(points, one.points.length), 0);
  if (most >= FEW || step < FEW) return undefined;
  const seen = await seriesOver(rangeOf((to - Math.min(FEW * step, POINTS)) * 1000, to * 1000), query, where, how);
  return "reason" in seen || seen.series.length === 0 ? undefined : seen.series;
}

type Where = Parameters<typeof lookAtMetrics>[2];
type Seen = { readonly series: readonly Series[] } | { readonly reason: MissingReason; readonly message: string };

async function seriesOver({ from, to, step }: Range, query: string, where: Where, how: How): Promise<Seen> {
  const body = new URLSearchParams({ query, start: String(from), end: String(to), step: String(step) }).toString();
  const read = await readJson({
    url: `${withoutTrailing(where.url, "/")}/api/v1/query_range`,
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(where.bearer === undefined ? {} : { authorization: `Bearer ${where.bearer}` }),
    },
    body,
    deadlineMs: how.deadlineMs,
    limit: LIMIT,
    signal: how.signal,
    fetch: how.fetch,
  });
  if (read.kind === "missing") return { reason: read.reason, message: read.message };
  const answer = Answer.safeParse(read.value);
  if (!answer.success) return { reason: "unreadable", message: "Prometheus answered in another shape" };
  const series = answer.data.data.result
    .map(({ metric, values }): Series => ({ labels: metric, points: finite(values, { from, to, step }) }))
    .filter((one) => one.points.length > 0);
  return { series };
}

/** The numbers of a range, in order; what lies outside was not asked for. */
function finite(values: readonly (readonly [number, string])[], { from, to, step }: Range): Series["points"] {
  return values
    .flatMap(([seconds, text]): readonly (readonly [number, number])[] => {
      const value = Number(text);
      const isInRange = seconds >= from - step && seconds <= to + step;
      return isInRange && Number.isFinite(value) ? [[Math.round(seconds * 1000), value]] : [];
    })
    .sort(([a], [b]) => a - b);
}

/** Over every point of every series; `last` is the largest of the last ones. */
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

async function redactLabels(labels: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const some = Object.fromEntries(Object.entries(labels).slice(0, 40));
  const clean = await redactJson(some);
  return Object.fromEntries(Object.entries(clean ?? {}).map(([key, value]) => [key, String(value).slice(0, 500)]));
}
