import * as z from "zod";
import type { Evidence, MissingReason, Series, SeriesStats } from "../domain/evidence.ts";
import type { Instant } from "../domain/scalars.ts";
import type { How } from "./create-observatory.ts";
import type { MetricsAsk } from "./observatory.ts";
import { readJson } from "./read-json.ts";
import { redact } from "./redact.ts";

/** Most bytes of an answer, points of a series, and series that are kept. */
const LIMIT = 8 * 1024 * 1024;
const POINTS = 240;
const MOST_SERIES = 20;
/** Fewer points than this make no chart. */
const FEW = 10;

const Sample = z.tuple([z.number(), z.string()]);
const Answer = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(Sample) })).max(100_000),
  }),
});

/** A range query; its series, or why there are none. NaN and infinities are left out. */
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
  const series = await Promise.all(kept.map(async (one) => ({ ...one, labels: await redactLabels(one.labels) })));
  const link = linkOf(query, whole.from, whole.to, where.url, how);
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
    url: `${where.url.replace(/\/+$/, "")}/api/v1/query_range`,
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
  if (read.kind === "missing") return { reason: read.reason, message: await redact(read.message) };
  const answer = Answer.safeParse(read.value);
  if (!answer.success) return { reason: "unreadable", message: "Prometheus answered in another shape" };
  const series = answer.data.data.result
    .map(({ metric, values }): Series => ({ labels: metric, points: finite(values) }))
    .filter((one) => one.points.length > 0);
  return { series };
}

function finite(values: readonly (readonly [number, string])[]): Series["points"] {
  return values.flatMap(([seconds, text]): readonly (readonly [number, number])[] => {
    const value = Number(text);
    return Number.isFinite(value) ? [[Math.round(seconds * 1000), value]] : [];
  });
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
  const entries = Object.entries(labels).slice(0, 40);
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, value]) => [key, await redact(value.slice(0, 500))] as const)),
  );
}

function linkOf(query: string, from: number, to: number, url: string, { grafana }: How): string | undefined {
  if (grafana !== undefined) return exploreLink(grafana.url, { expr: query }, from, to);
  const end = new Date(to * 1000).toISOString().slice(0, 16).replace("T", " ");
  const parts = new URLSearchParams({
    "g0.expr": query,
    "g0.tab": "0",
    "g0.range_input": `${to - from}s`,
    "g0.end_input": end,
  });
  return safe(`${url.replace(/\/+$/, "")}/graph?${parts}`);
}

/** A link to Grafana's Explore; its panes are JSON in the address. */
export function exploreLink(
  url: string,
  query: Readonly<Record<string, string>>,
  from: number,
  to: number,
): string | undefined {
  const panes = {
    a: { queries: [{ refId: "A", ...query }], range: { from: String(from * 1000), to: String(to * 1000) } },
  };
  const parts = new URLSearchParams({ schemaVersion: "1", panes: JSON.stringify(panes) });
  return safe(`${url.replace(/\/+$/, "")}/explore?${parts}`);
}

/** Nothing in it ends a Markdown link. A longer one than browsers take is none. */
function safe(link: string): string | undefined {
  const escaped = link.replace(
    /[()<>\s'"]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  return escaped.length > 4000 ? undefined : escaped;
}
