import type { Evidence } from "../../domain/alert/evidence.ts";
import type { IncidentDetails, ModelFinding } from "../../domain/alert/incident.ts";
import { code, counted, fenced, prose, shortened, table } from "../markdown.ts";
import { amountOf, clock, drawChart, rangeOf } from "./chart.ts";
import type { BodySection } from "./section.ts";

/** The model's finding, charts, logs, objects and history, in several lengths. */
export function evidenceSection({ evidence, finding }: IncidentDetails): BodySection {
  const first = evidence.find((one) => one.kind === "series");
  const parts = evidence.map((one) => evidenceText(one, one === first)).filter((part) => part !== "");
  const found = finding === undefined ? "" : findingText(finding);
  const partial = partialText(evidence);
  if (parts.length === 0 && found === "") return [() => ""];
  const shorter = (most: number) => () => {
    const left = parts.length - most;
    const more = left > 0 ? [`…and ${counted(left, "more piece")} of evidence, for which there is no room here.`] : [];
    return [found, "**Evidence**", partial, ...parts.slice(0, most), ...more]
      .filter((part) => part !== "")
      .join("\n\n");
  };
  return [shorter(parts.length), shorter(6), shorter(3), shorter(1), () => shortened(found, 4000)];
}

/** One paragraph that says of which numbers and objects not all could be read, and why; "" where all were. Logs say it themselves. */
function partialText(evidence: readonly Evidence[]): string {
  const clauses = evidence.flatMap((one) =>
    "partial" in one && one.partial !== undefined && one.kind !== "logs"
      ? [`${code(one.name, 64)} (${one.id}): ${prose(one.partial.slice(0, 4).join("; "), 500)}`]
      : [],
  );
  if (clauses.length === 0) return "";
  return `**Some evidence is partial**, so values may be higher than shown, and no change that lowers or removes anything rests on it. ${clauses.slice(0, 6).join(". ")}.`;
}

/** The first chart is open, the others are collapsed. */
function evidenceText(one: Evidence, isFirst: boolean): string {
  switch (one.kind) {
    case "series":
      return seriesText(one, isFirst);
    case "logs":
      return logText(one);
    case "objects":
      return objectsText(one);
    case "history":
      return historyText(one);
    case "missing":
      return "";
    default:
      return one satisfies never;
  }
}

function seriesText(one: Extract<Evidence, { kind: "series" }>, isFirst: boolean): string {
  const { stats, unit, threshold } = one;
  const limit = threshold === undefined ? "" : `; threshold ${amountOf(threshold, unit)}`;
  const sentence = `${rangeOf(stats, unit)}${limit}`;
  const chart = drawChart(one);
  if (chart === "") return `${code(one.name, 64)} (${one.id}): ${sentence}.`;
  if (isFirst) return `${code(one.name, 64)} (${one.id}): ${sentence}.\n\n${chart}`;
  const summary = `<code>${prose(one.name, 64)}</code> (${one.id}): ${sentence}`;
  return `<details><summary>${summary}</summary>\n\n${chart}\n\n</details>`;
}

function objectsText({ id, query, lines }: Extract<Evidence, { kind: "objects" }>): string {
  if (lines.length === 0) return "";
  const list = lines.slice(0, 12).map((line) => `- ${prose(line, 300)}`);
  return `${code(query, 120)} (${id}):\n\n${list.join("\n")}`;
}

function historyText({ id, commits }: Extract<Evidence, { kind: "history" }>): string {
  if (commits.length === 0) return "";
  const list = commits.slice(0, 5).map(({ sha, at, byBot, subject }) => {
    const moment = new Date(at).toISOString().slice(0, 16).replace("T", " ");
    return `- ${code(sha.slice(0, 12))} ${moment} UTC, ${byBot ? "by RAOS" : "by a person"}: ${prose(subject, 120)}`;
  });
  return `The spec's history (${id}):\n\n${list.join("\n")}`;
}

function logText(one: Extract<Evidence, { kind: "logs" }>): string {
  if (one.templates.length === 0) return "";
  const rows = one.templates
    .slice(0, 10)
    .map((line) => [
      String(line.count),
      line.level === "unknown" ? "" : line.level,
      line.isNew ? "**new**" : "",
      code(line.template, 160),
      line.firstSeen === line.lastSeen ? clock(line.firstSeen) : `${clock(line.firstSeen)}–${clock(line.lastSeen)}`,
    ]);
  const head = ["lines", "level", "", "what", "UTC"];
  const example = one.templates[0]?.example ?? "";
  const partial = one.partial === undefined ? "" : `; ${prose(one.partial.slice(0, 4).join("; "), 500)}`;
  return `${code(one.name, 64)} (${one.id}): ${counted(one.lines, "line")} of ${counted(one.templates.length, "kind")}${partial}.\n\n${table(head, rows)}\n\n${fenced(shortened(example, 600), "text")}`;
}

function findingText(finding: ModelFinding): string {
  const sure =
    finding.kind === "found"
      ? `confidence **${finding.confidence}**`
      : `**${finding.kind}** (${prose(finding.reason, 80)})`;
  const cost = `${code(finding.model, 60)}, ${counted(finding.turns, "turn")}, ${finding.tokens.input + finding.tokens.output} tokens, ${finding.dollars.toFixed(3)} US dollars`;
  const parts = [
    `**What the model found** (${sure})`,
    prose(finding.summary, 2000),
    finding.cause === "" ? "" : `Cause: ${prose(finding.cause, 1000)}`,
    `<sub>${cost}. What it may change is bounded by code: the agent's allowed paths, the guardrails, and evidence it has to name.</sub>`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}
