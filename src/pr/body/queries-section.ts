import type { Evidence } from "../../domain/alert/evidence.ts";
import type { DroppedEdit, IncidentDetails } from "../../domain/alert/incident.ts";
import { code, counted, prose, span } from "../markdown.ts";
import { amountOf } from "./chart.ts";
import type { BodySection } from "./section.ts";

/** Every query that ran with its result, and every edit that was dropped with its reason. */
export function queriesSection({ evidence, dropped }: IncidentDetails): BodySection {
  const queries = evidence.map(queryLine);
  const edits = dropped.map(droppedLine);
  const shorter = (most: number) => () => {
    const title = `What was looked at: ${queries.length === 1 ? "1 query" : `${queries.length} queries`}`;
    const parts = [
      queries.length === 0 ? "" : details(title, queries.slice(0, most)),
      edits.length === 0
        ? ""
        : details(`Considered and dropped: ${counted(edits.length, "change")}`, edits.slice(0, most)),
    ];
    return parts.filter((part) => part !== "").join("\n\n");
  };
  return [shorter(100), shorter(10), shorter(3), () => ""];
}

function queryLine(one: Evidence): string {
  const name = "link" in one && one.link !== undefined ? `[${code(one.name, 64)}](${one.link})` : code(one.name, 64);
  const query = one.query === "" ? "" : `${span(one.query, 600)}: `;
  const result = one.kind === "missing" ? `**unavailable**: ${whyMissing(one)}` : resultOf(one);
  return `- ${one.id} ${name}: ${query}${result}`;
}

function droppedLine({ at, to, by, message }: DroppedEdit): string {
  const value = to === undefined ? "" : ` to ${code(JSON.stringify(to), 120)}`;
  return `- ${code(at, 200)}${value}, by ${by === "model" ? "the model" : "a rule"}: ${prose(message, 300)}`;
}

/** What a reason alone says; undefined where the message says the same. */
const MISSING: Readonly<Record<Extract<Evidence, { kind: "missing" }>["reason"], string | undefined>> = {
  "not-configured": undefined,
  unreachable: "it could not be reached",
  "timed-out": "it took too long",
  refused: "it was refused",
  empty: undefined,
  "too-large": "there was too much data",
  unreadable: "its answer could not be read",
};

function whyMissing({ reason, message, instead }: Extract<Evidence, { kind: "missing" }>): string {
  const said = MISSING[reason];
  if (said !== undefined) return `${said}; ${prose(message, 300)}`;
  return instead === undefined ? prose(message, 600) : `${prose(message, 600)}; ${prose(instead, 600)}`;
}

function details(summary: string, lines: readonly string[]): string {
  return `<details><summary>${summary}</summary>\n\n${lines.join("\n")}\n\n</details>`;
}

function resultOf(one: Exclude<Evidence, { kind: "missing" }>): string {
  switch (one.kind) {
    case "series":
      return `last ${amountOf(one.stats.last, one.unit)}, most ${amountOf(one.stats.max, one.unit)}, of ${counted(one.stats.count, "point")}`;
    case "logs":
      return `${counted(one.lines, "line")} of ${counted(one.templates.length, "kind")}`;
    case "objects":
      return counted(one.lines.length, "line");
    case "history":
      return counted(one.commits.length, "commit");
    default:
      return one satisfies never;
  }
}
