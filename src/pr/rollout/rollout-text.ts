import * as z from "zod";
import { type RolloutReport, type RolloutRow, reasonOfReport } from "../../domain/rollout/report.ts";
import { packJson, unpackJson } from "../../domain/values/packed-json.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { code, prose, table } from "../markdown.ts";

const OPEN = "<!-- raos:rollouts ";
const CLOSE = " -->";
/** Longest marker that is written and read, in characters. */
const LONGEST = 32_768;
/** Rows that are shown; the marker holds all that fit. */
const MOST_SHOWN = 30;
/** Characters of a reason. */
const LONGEST_REASON = 600;

const Row = z.strictObject({
  agent: z.string().max(128),
  environment: z.string().max(63),
  digest: z.string().max(64),
  state: z.enum([
    "pending",
    "rolling",
    "running",
    "failed",
    "rolled-back",
    "held-up",
    "unknown",
    "replaced",
    "removed",
  ]),
  reason: z.exactOptional(z.string().max(LONGEST_REASON)),
  since: z.exactOptional(z.int().nonnegative()),
  outlook: z.exactOptional(z.enum(["better", "same", "worse", "cannot-tell"])),
});
const Report = z.strictObject({
  version: z.literal(1),
  rows: z.array(Row).max(10_000),
  revert: z.exactOptional(z.string().max(1000)),
  isFinal: z.boolean(),
});

/** What the comment on a merged pull request says: a heading, a table, what is done about it; `details` comes behind. */
export function rolloutText(report: RolloutReport, details: readonly string[]): string {
  const rows = report.rows.slice(0, MOST_SHOWN);
  const more = report.rows.length - rows.length;
  return [
    `### ${HEADINGS[reasonOfReport(report)]}`,
    table(
      ["agent", "environment", "state"],
      rows.map((row) => [code(row.agent, 128), code(row.environment, 63), stateText(row)]),
    ),
    ...(more > 0 ? [`And ${more} more.`] : []),
    ...(report.revert === undefined ? [] : [report.revert]),
    ...withinLimit(details).flatMap((text) => [DETAIL, text]),
    markerOfReport(report),
  ].join("\n\n");
}

/** Begins each verdict in full: a later comment keeps it, since it is found only once. */
const DETAIL = "<!-- raos:detail -->";
/** Characters of all verdicts in full. */
const LONGEST_DETAILS = 20_000;

function withinLimit(details: readonly string[]): readonly string[] {
  let room = LONGEST_DETAILS;
  return details.filter((text) => {
    room -= text.length;
    return room >= 0;
  });
}

/** The verdicts in full that an earlier comment of the bot holds. */
export function detailsIn(text: string): readonly string[] {
  const end = text.lastIndexOf(OPEN);
  const [, ...details] = text.slice(0, Math.max(0, end)).split(DETAIL);
  return details.map((one) => one.trim());
}

const HEADINGS = {
  "rolling-out": "Rolling out",
  verifying: "Running; looked at again soon",
  verified: "Verified",
  worse: "Worse than before",
  "cannot-tell": "Cannot tell whether it is well",
  replaced: "A later change took its place",
} as const;

function stateText({ state, since, outlook, reason }: RolloutRow): string {
  const judged = outlook === undefined ? "" : `**${OUTLOOKS[outlook]}**: `;
  const at = since === undefined ? "" : ` since ${momentText(since)}`;
  const why = reason === undefined ? "" : `: ${prose(reason, LONGEST_REASON)}`;
  return `${judged}${STATES[state]}${at}${why}`;
}

const OUTLOOKS = { better: "better", same: "verified", worse: "worse", "cannot-tell": "cannot tell" } as const;

const STATES = {
  pending: "not applied yet",
  rolling: "rolling out",
  running: "running",
  failed: "failed",
  "rolled-back": "rolled back by the controller",
  "held-up": "held up",
  unknown: "merged; what runs is not known",
  replaced: "replaced by a later change",
  removed: "not deployed there any more",
} as const;

/** `2026-06-01 12:03 UTC`. */
export function momentText(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function markerOfReport(report: RolloutReport): string {
  for (let rows = report.rows; ; rows = rows.slice(0, Math.floor(rows.length / 2))) {
    const text = `${OPEN}${packJson({ version: 1, ...report, rows })}${CLOSE}`;
    if (text.length <= LONGEST || rows.length === 0) return text;
  }
}

/** What an earlier comment of the bot said; undefined where it cannot be read. */
export function readRolloutText(text: string): RolloutReport | undefined {
  const start = text.lastIndexOf(OPEN);
  const end = start < 0 ? -1 : text.indexOf(CLOSE, start);
  if (end < 0 || end - start > LONGEST) return undefined;
  const encoded = text.slice(start + OPEN.length, end);
  const parsed = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? Report.safeParse(unpackJson(encoded)) : undefined;
  if (parsed?.success !== true) return undefined;
  const { version: _, ...report } = parsed.data;
  return report;
}
