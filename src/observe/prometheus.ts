import * as z from "zod";
import type { Evidence, Series, SeriesStats } from "../domain/evidence.ts";
import type { How } from "./create-observatory.ts";
import type { MetricsAsk } from "./observatory.ts";
import { readJson } from "./read-json.ts";
import { redact } from "./redact.ts";

/** Most bytes of an answer, points of a series, and series that are kept. */
const LIMIT = 8 * 1024 * 1024;
const POINTS = 240;
const MOST_SERIES = 20;

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
  const step = Math.max(1, Math.ceil((end - start) / 1000 / POINTS));
  // On whole steps, so that the same range asked again is the same question.
  const [from, to] = [Math.floor(start / 1000 / step) * step, Math.floor(end / 1000)];
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
  const missing = { kind: "missing", id, name, query } as const;
  if (read.kind === "missing") return { ...missing, reason: read.reason, message: await redact(read.message) };
  const answer = Answer.safeParse(read.value);
  if (!answer.success) return { ...missing, reason: "unreadable", message: "Prometheus answered in another shape" };
  const all = answer.data.data.result
    .map(({ metric, values }): Series => ({ labels: metric, points: finite(values) }))
    .filter((one) => one.points.length > 0);
  if (all.length === 0) return { ...missing, reason: "empty", message: "there is no data in this range" };
  const kept = all.toSorted((a, b) => (b.points.at(-1)?.[1] ?? 0) - (a.points.at(-1)?.[1] ?? 0)).slice(0, MOST_SERIES);
  const series = await Promise.all(kept.map(async (one) => ({ ...one, labels: await redactLabels(one.labels) })));
  const link = linkOf(query, from, to, where.url, how);
  return { kind: "series", id, name, query, link, unit, series, stats: statsOf(all), threshold };
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
