import * as z from "zod";
import type { Evidence } from "../domain/evidence.ts";
import type { How } from "./create-observatory.ts";
import { type LogLine, summarise } from "./log-summary.ts";
import type { LogsAsk } from "./observatory.ts";
import { exploreLink } from "./prometheus.ts";
import { readJson } from "./read-json.ts";
import { redact } from "./redact.ts";

/** Most bytes of an answer, characters of a line, and kinds of lines that are told. */
const LIMIT = 16 * 1024 * 1024;
const LONGEST = 2000;
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

/** The newest lines of a range, redacted, then summarised; or why there are none. */
export async function lookAtLogs(
  ask: LogsAsk,
  id: string,
  where: { readonly url: string; readonly tenant?: string | undefined; readonly bearer?: string | undefined },
  how: How,
): Promise<Evidence> {
  const { name, query, start, end } = ask;
  const parts = new URLSearchParams({
    query,
    start: `${Math.floor(start)}000000`,
    end: `${Math.floor(end)}000000`,
    limit: String(ask.lines),
    direction: "backward",
  });
  const read = await readJson({
    url: `${where.url.replace(/\/+$/, "")}/loki/api/v1/query_range?${parts}`,
    headers: {
      ...(where.tenant === undefined ? {} : { "x-scope-orgid": where.tenant }),
      ...(where.bearer === undefined ? {} : { authorization: `Bearer ${where.bearer}` }),
    },
    deadlineMs: how.deadlineMs,
    limit: LIMIT,
    signal: how.signal,
    fetch: how.fetch,
  });
  const missing = { kind: "missing", id, name, query } as const;
  if (read.kind === "missing") return { ...missing, reason: read.reason, message: await redact(read.message) };
  const answer = Answer.safeParse(read.value);
  if (!answer.success) return { ...missing, reason: "unreadable", message: "Loki answered in another shape" };
  const lines = answer.data.data.result
    .flatMap(({ values }) =>
      values.map(([time, line]) => ({ at: Number(time.slice(0, -6)), line: line.slice(0, LONGEST) })),
    )
    .sort((a, b) => a.at - b.at)
    .slice(-ask.lines);
  if (lines.length === 0) return { ...missing, reason: "empty", message: "there are no lines in this range" };
  const templates = summarise(await redacted(lines), { deployedAt: ask.deployedAt, most: MOST });
  const link = how.grafana && exploreLink(how.grafana.url, { expr: query }, start / 1000, end / 1000);
  return { kind: "logs", id, name, query, link, lines: lines.length, templates };
}

/** All lines as one text, since a rule costs less once than a thousand times. */
async function redacted(lines: readonly LogLine[]): Promise<readonly LogLine[]> {
  const text = lines.map(({ line }) => line.replaceAll("\n", "\r")).join("\n");
  const clean = (await redact(text)).split("\n");
  if (clean.length === lines.length) return lines.map(({ at }, index) => ({ at, line: clean[index] ?? "" }));
  // A secret that spans lines took their ends along: then each line is looked at by itself too.
  return Promise.all(lines.map(async ({ at, line }) => ({ at, line: await redact(line) })));
}
