import * as z from "zod";
import { inSlices } from "../deadline/slices.ts";
import type { Evidence, LogTemplate, MissingReason } from "../domain/evidence.ts";
import { withoutTrailing } from "../domain/trim.ts";
import type { How } from "./create-observatory.ts";
import { exploreLink } from "./link.ts";
import { type LogLine, summarising } from "./log-summary.ts";
import type { LogsAsk } from "./observatory.ts";
import { readJson } from "./read-json.ts";
import { redactAll } from "./redact.ts";

/** Most bytes of an answer, characters of a line that are redacted, more than are told of it, and kinds of lines that are told. */
const LIMIT = 16 * 1024 * 1024;
const LONGEST = 8192;
const MOST = 30;

const Answer = z.object({
  status: z.literal("success"),
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

type Where = { readonly url: string; readonly tenant?: string | undefined; readonly bearer?: string | undefined };

/**
 * The newest lines of a range, redacted, then summarised; or why there are none. Where they are all younger than the deploy,
 * as many from before it are read too, so that it can be told what is new.
 */
export async function lookAtLogs(ask: LogsAsk, id: string, where: Where, how: How): Promise<Evidence> {
  const { name, query, start, end, deployedAt } = ask;
  const missing = { kind: "missing", id, name, query } as const;
  const newest = await linesOf(ask, where, how);
  if ("reason" in newest) return { ...missing, ...newest };
  const [oldest] = newest.lines;
  if (oldest === undefined) return { ...missing, reason: "empty", message: "there are no lines in this range" };
  const isCut = deployedAt !== undefined && deployedAt > start && oldest.at >= deployedAt;
  const before = isCut ? await linesOf({ ...ask, end: deployedAt }, where, how) : newest;
  const lines = isCut && "lines" in before ? [...before.lines, ...newest.lines] : newest.lines;
  const templates = await redactTemplates(await inSlices(summarising(lines, { deployedAt, most: MOST })));
  const link = how.grafana && exploreLink(how.grafana.url, query, start / 1000, end / 1000);
  return { kind: "logs", id, name, query, link, lines: lines.length, templates };
}

type Read = { readonly lines: readonly LogLine[] } | { readonly reason: MissingReason; readonly message: string };

/** Lines in order, redacted: stream by stream, since a key is printed over many lines that others may come between. */
async function linesOf({ query, start, end, lines: most }: LogsAsk, where: Where, how: How): Promise<Read> {
  const parts = new URLSearchParams({
    query,
    start: `${Math.floor(start)}000000`,
    end: `${Math.floor(end)}000000`,
    limit: String(most),
    direction: "backward",
  });
  const read = await readJson({
    url: `${withoutTrailing(where.url, "/")}/loki/api/v1/query_range?${parts}`,
    headers: {
      ...(where.tenant === undefined ? {} : { "x-scope-orgid": where.tenant }),
      ...(where.bearer === undefined ? {} : { authorization: `Bearer ${where.bearer}` }),
    },
    deadlineMs: how.deadlineMs,
    limit: LIMIT,
    signal: how.signal,
    fetch: how.fetch,
  });
  if (read.kind === "missing") return { reason: read.reason, message: read.message };
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
    return { reason: "unreadable", message: "Loki answered with lines of another time" };
  const clean = await Promise.all(streams.map(redacted));
  return {
    lines: clean
      .flat()
      .toSorted((a, b) => a.at - b.at)
      .slice(-most),
  };
}

async function redacted(lines: readonly LogLine[]): Promise<readonly LogLine[]> {
  const clean = await redactAll(lines.map(({ line }) => line));
  return lines.map(({ at }, index) => ({ at, line: clean[index] ?? "" }));
}

/** Once more: what was escaped in a line of JSON is read now. */
async function redactTemplates(templates: readonly LogTemplate[]): Promise<readonly LogTemplate[]> {
  const clean = await redactAll(templates.flatMap(({ template, example }) => [template, example]));
  return templates.map((one, index) => ({
    ...one,
    template: clean[2 * index] ?? "",
    example: clean[2 * index + 1] ?? "",
  }));
}
