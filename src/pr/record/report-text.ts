import { code } from "../markdown.ts";
import type { DeliveryReport, RemedyFigures } from "./delivery-report.ts";

/** A report as Markdown: a table of the four figures, and one of what became of each remedy's changes. Ends with a line end. */
export function reportMarkdown(report: DeliveryReport): string {
  const { since, model, remedies } = report;
  const figures = [
    "| what | since then |",
    "|---|---|",
    ...figureRows(report).map(([what, value]) => `| ${what} | ${value} |`),
  ];
  const table =
    remedies.length === 0
      ? ["No pull request was opened, merged or refused."]
      : [
          `| ${COLUMNS.map(([title]) => title).join(" | ")} |`,
          `|${COLUMNS.map(([, , side]) => side).join("|")}|`,
          ...remedies.map((row) => `| ${COLUMNS.map(([, cell]) => cell(row)).join(" | ")} |`),
        ];
  const cost = `Models took ${model.tokens} tokens, for $${model.dollars.toFixed(2)}.`;
  return `## Delivery since ${since.slice(0, 10)}\n\n${figures.join("\n")}\n\n${table.join("\n")}\n\n${cost}\n`;
}

const COLUMNS: readonly (readonly [title: string, cell: (row: RemedyFigures) => string, side: string])[] = [
  ["cause", (row) => code(row.remedy), "---"],
  ["tenant", (row) => code(row.tenant), "---"],
  ["proposed", (row) => String(row.proposed), "---:"],
  ["merged", (row) => String(row.merged), "---:"],
  ["refused", (row) => String(row.refused), "---:"],
  ["verified", (row) => String(row.verified), "---:"],
  ["worse", (row) => String(row.worse), "---:"],
  ["reverted", (row) => String(row.reverted), "---:"],
];

/** The four figures, each with what it is called. */
function figureRows(report: DeliveryReport): readonly (readonly [string, string])[] {
  const { deployments, leadTimeSeconds, changeFailureRate, timeToRestoreSeconds } = report;
  return [
    ["deployments", `${deployments.count} (${deployments.perDay.toFixed(1)} a day)`],
    ["lead time, median", spanOf(leadTimeSeconds.median)],
    ["deployments taken back", changeFailureRate === undefined ? "–" : `${(changeFailureRate * 100).toFixed(1)} %`],
    ["time to restore, median", spanOf(timeToRestoreSeconds.median)],
  ];
}

/** Seconds in the two largest units that fit, such as `2 h 5 min`. */
function spanOf(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}
