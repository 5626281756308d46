import * as z from "zod";
import { inSlices } from "../deadline/slices.ts";
import type { Evidence, LogTemplate } from "../domain/alert/evidence.ts";
import { exploreLink } from "../domain/alert/link.ts";
import { endpointOf } from "../domain/values/endpoint.ts";
import { type LogLine, summarising } from "../logs/log-summary.ts";
import type { LogsRequest } from "./evidence-reader.ts";
import { partialWords } from "./partial-words.ts";
import { readJson, type Unread } from "./read-json.ts";
import type { ReadOptions } from "./read-options.ts";
import { redactAll } from "./redact.ts";
import { type ObservedSource, sourceRequest } from "./source-request.ts";

/** Most bytes of an answer, characters of a line that are read, and kinds of lines that are returned. */
const LIMIT = 16 * 1024 * 1024;
const LONGEST = 8192;
const MOST = 30;

const Answer = z.object({
  status: z.literal("success"),
  warnings: z.array(z.string()).max(1000).nullish(),
  data: z.object({
    resultType: z.literal("streams"),
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.string().regex(/^\d{1,20}$/), z.string()]).rest(z.unknown())),
      }),
    ),
  }),
});

export type LokiSource = ObservedSource;

/**
 * The newest lines of a range, redacted, then summarised; or why there are none. Where all of them are newer than the
 * deployment, as many older lines are read too, to find out which kinds are new.
 */
export async function readLogs(
  request: LogsRequest,
  id: string,
  source: LokiSource,
  options: ReadOptions,
): Promise<Evidence> {
  const { name, query, start, end, deployedAt } = request;
  const missing = { kind: "missing", id, name, query } as const;
  const newest = await readAllowedLines(request, source, options);
  if ("reason" in newest) return { ...missing, ...newest };
  const [oldest] = newest.lines;
  if (oldest === undefined)
    return {
      ...missing,
      reason: "empty",
      message: ["there are no lines in this range", ...(newest.partial ?? [])].join("; "),
    };
  const isCut = deployedAt !== undefined && deployedAt > start && oldest.at >= deployedAt;
  const before = isCut ? await readAllowedLines({ ...request, end: deployedAt }, source, options) : newest;
  const lines = isCut && "lines" in before ? [...before.lines, ...newest.lines] : newest.lines;
  const templates = await redactTemplates(await inSlices(summarising(lines, { deployedAt, most: MOST })));
  const link =
    options.grafana &&
    exploreLink(options.grafana.url, { type: "loki", uid: source.datasource }, query, start / 1000, end / 1000);
  return { kind: "logs", id, name, query, link, lines: lines.length, templates, partial: newest.partial };
}

type Read = { readonly lines: readonly LogLine[]; readonly partial: readonly string[] | undefined } | Unread;

/** As `readLines`; where Loki allows fewer lines than were asked for, and says how many, that many are read. */
async function readAllowedLines(request: LogsRequest, source: LokiSource, options: ReadOptions): Promise<Read> {
  const read = await readLines(request, source, options);
  if (!("reason" in read)) return read;
  const allowed = Number(/max_entries_limit_per_query \(\d{1,9} > (\d{1,9})\)/.exec(read.message)?.[1] ?? 0);
  if (read.reason !== "refused" || allowed < 1 || allowed >= request.lines) return read;
  const fewer = await readLines({ ...request, lines: allowed }, source, options);
  return "reason" in fewer ? read : fewer;
}

/** Reads lines, redacted, sorted by time. Each stream is redacted by itself: a private key fills many lines of one stream. */
async function readLines(
  { query, start, end, lines: most }: LogsRequest,
  source: LokiSource,
  options: ReadOptions,
): Promise<Read> {
  const parts = new URLSearchParams({
    query,
    start: `${Math.floor(start)}000000`,
    end: `${Math.floor(end)}000000`,
    limit: String(most),
    direction: "backward",
  });
  const read = await readJson({
    source: "Loki",
    url: endpointOf(source.url, `/loki/api/v1/query_range?${parts}`),
    ...sourceRequest(source, options),
    limit: LIMIT,
  });
  if (read.kind === "missing") {
    const { kind: _, ...unread } = read;
    return unread;
  }
  const answer = Answer.safeParse(read.value);
  if (!answer.success) return { reason: "unreadable", message: "Loki answered in another shape" };
  const streams = answer.data.data.result.map(({ values }) =>
    values
      .map(([time, line]) => ({
        time: time.padStart(20, "0"),
        at: Number(time.slice(0, -6)),
        line: line.slice(0, LONGEST),
      }))
      .filter(({ at }) => at >= Math.floor(start) && at <= end)
      .toSorted((a, b) => (a.time < b.time ? -1 : 1)),
  );
  if (streams.every((lines) => lines.length === 0) && answer.data.data.result.some(({ values }) => values.length > 0))
    return { reason: "unreadable", message: "Loki answered with lines outside the range" };
  const clean = await Promise.all(streams.map(redactLines));
  const count = answer.data.data.result.reduce((sum, { values }) => sum + values.length, 0);
  const cut = count < most ? [] : [`only the newest ${most} lines were read`];
  const partial = [...((await partialWords("Loki", answer.data)) ?? []), ...cut];
  return {
    partial: partial.length === 0 ? undefined : partial,
    lines: clean
      .flat()
      .toSorted((a, b) => a.at - b.at)
      .slice(-most),
  };
}

async function redactLines(lines: readonly LogLine[]): Promise<readonly LogLine[]> {
  const clean = await redactAll(lines.map(({ line }) => line));
  return lines.map(({ at }, index) => ({ at, line: clean[index] ?? "" }));
}

/** Redacts again: the summary has read escaped texts in lines of JSON. */
async function redactTemplates(templates: readonly LogTemplate[]): Promise<readonly LogTemplate[]> {
  const clean = await redactAll(templates.flatMap(({ template, example }) => [template, example]));
  return templates.map((one, index) => ({
    ...one,
    template: clean[2 * index] ?? "",
    example: clean[2 * index + 1] ?? "",
  }));
}
