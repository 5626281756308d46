import * as z from "zod";
import { streamLabels } from "../domain/query/bind-logql.ts";
import { type PromqlSelector, promqlSelectors } from "../domain/query/promql-selectors.ts";
import { endpointOf } from "../domain/values/endpoint.ts";
import type { LogsRequest, MetricsRequest } from "./evidence-reader.ts";
import type { LokiSource } from "./loki.ts";
import { type PrometheusSource, readSeries } from "./prometheus.ts";
import { readJson } from "./read-json.ts";
import type { ReadOptions } from "./read-options.ts";
import { safeWords } from "./safe-words.ts";
import { sourceRequest } from "./source-request.ts";

/** Most groups of series that are asked for, and values that are named. */
const GROUPS = 200;
const NAMED = 5;
const LIMIT = 1024 * 1024;

/**
 * Why a query finds nothing, in a sentence that may be shown: which of the labels that it names no series of its metric has, and
 * which values they have there. One request, whose answer Prometheus groups by these labels. Undefined where it does not tell.
 */
export async function explainEmptyMetrics(
  { query, start, end }: MetricsRequest,
  source: PrometheusSource,
  options: ReadOptions,
): Promise<string | undefined> {
  const asked = askedOf(query);
  if (asked === undefined) return undefined;
  const { metric, labels } = asked;
  const by = labels.map(([name]) => name).join(", ");
  const [from, to] = [Math.floor(start / 1000), Math.floor(end / 1000)];
  const range = { from, to, step: Math.max(60, Math.ceil((to - from) / 4)) };
  const read = await readSeries(range, `topk(${GROUPS}, count by (${by}) (${metric}))`, source, options);
  if ("reason" in read) return undefined;
  const groups = read.series.map((one) => one.labels);
  if (groups.length === 0) return `Prometheus has no series of ${metric}`;
  const absent = labels.filter(([name, value]) => groups.every((group) => group[name] !== value));
  if (absent.length > 0) {
    const clauses = await Promise.all(
      absent.map(([name, value]) =>
        lackOf(
          name,
          value,
          groups.map((group) => group[name] ?? ""),
        ),
      ),
    );
    return `Prometheus has ${metric}, and none with ${clauses.join(", nor with ")}`;
  }
  const isThere = groups.some((group) => labels.every(([name, value]) => group[name] === value));
  const all = await safeWords(labels.map(([name, value]) => `${name}: ${value}`).join(", "));
  return isThere
    ? `Prometheus has ${metric} with ${all || "other labels"}, and none that fits the rest of the query`
    : `Prometheus has ${metric} with each of ${all}, and none with all of them`;
}

/** The metric of a query's first selector, and the labels that it compares by `=`. */
function askedOf(
  query: string,
): { readonly metric: string; readonly labels: readonly (readonly [string, string])[] } | undefined {
  const reading = promqlSelectors(query);
  const [selector] = "problem" in reading ? [] : reading.selectors;
  const metric = selector && metricOf(selector);
  if (selector === undefined || metric === undefined) return undefined;
  const labels = selector.matchers.flatMap(({ label, operator, value }): readonly (readonly [string, string])[] =>
    operator === "=" &&
    value !== undefined &&
    label !== undefined &&
    /^[A-Za-z_]\w{0,99}$/.test(label) &&
    label !== "__name__"
      ? [[label, value]]
      : [],
  );
  return { metric, labels: labels.slice(0, 8) };
}

function metricOf({ metric, matchers }: PromqlSelector): string | undefined {
  const named = metric ?? matchers.find(({ label, operator }) => label === "__name__" && operator === "=")?.value;
  return named !== undefined && /^[A-Za-z_:][\w:]{0,199}$/.test(named) ? named : undefined;
}

/** Labels that every scrape or exporter sets: that one is missing is no matter of `externalLabels`. */
const OF_SCRAPES = new Set(["namespace", "pod", "container", "app_id", "service", "job"]);

async function lackOf(name: string, value: string, values: readonly string[]): Promise<string> {
  const wanted = await safeWords(`${name}: ${value}`);
  const there = await namesOf(values);
  if (there !== "") return `${wanted} (${name} there: ${there})`;
  const advice = OF_SCRAPES.has(name)
    ? ""
    : "; if this Prometheus adds it only to what it sends on, list it in externalLabels in raos.yaml";
  return `${wanted} (no label ${name} there${advice})`;
}

async function namesOf(values: readonly string[]): Promise<string> {
  const some = [...new Set(values)].filter((one) => one !== "").sort();
  const shown = await Promise.all(some.slice(0, NAMED).map((one) => safeWords(one.slice(0, 80))));
  return some.length > NAMED ? `${shown.join(", ")} and ${some.length - NAMED} more` : shown.join(", ");
}

const Names = z.object({ status: z.literal("success"), data: z.array(z.string()).max(20_000).default([]) });

/**
 * As `explainEmptyMetrics`, for Loki: which labels of the query's stream selector it does not have, else which of their values.
 * At most three requests.
 */
export async function explainEmptyLogs(
  { query, start, end }: LogsRequest,
  source: LokiSource,
  options: ReadOptions,
): Promise<string | undefined> {
  const asked = streamLabels(query).slice(0, 2);
  const span = `start=${Math.floor(start)}000000&end=${Math.floor(end)}000000`;
  const names = await readNames(`labels?${span}`, source, options);
  if (names === undefined || asked.length === 0) return undefined;
  if (names.length === 0) return "Loki has no labels in this range: it took no lines, or holds them for another tenant";
  const missing = asked.filter(([name]) => !names.includes(name));
  if (missing.length > 0) {
    const absent = missing.map(([name]) => name).join(" and no label ");
    return `Loki has no label ${absent} (it has: ${await namesOf(names)}); where its labels have other names, set loki.labels in raos.yaml`;
  }
  const values = await Promise.all(
    asked.map(async ([name, value]) => {
      const found = await readNames(`label/${encodeURIComponent(name)}/values?${span}`, source, options);
      if (found === undefined || found.includes(value)) return "";
      return `${await safeWords(`${name}: ${value}`)} (${name} there: ${await namesOf(found)})`;
    }),
  );
  const lacks = values.filter((one) => one !== "");
  return lacks.length === 0 ? undefined : `Loki has no lines with ${lacks.join(", nor with ")}`;
}

async function readNames(
  path: string,
  source: LokiSource,
  options: ReadOptions,
): Promise<readonly string[] | undefined> {
  const read = await readJson({
    source: "Loki",
    url: endpointOf(source.url, `/loki/api/v1/${path}`),
    ...sourceRequest(source, options),
    limit: LIMIT,
  });
  if (read.kind === "missing") return undefined;
  const names = Names.safeParse(read.value);
  return names.success ? names.data.data : undefined;
}
