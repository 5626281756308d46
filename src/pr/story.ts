import type { Evidence } from "../domain/evidence.ts";
import type { DropReason, Finding, IncidentStory } from "../domain/incident.ts";
import type { Section } from "./body.ts";
import { amountOf, chartOf, clock } from "./chart.ts";
import { code, counted, fenced, prose, shortened, some, span, table } from "./markdown.ts";

/** What happened, in one sentence: which alert, about whom, where, since when. */
export function happened({ incident, agents, remedy }: Pick<IncidentStory, "incident" | "agents" | "remedy">): string {
  const names = [...new Set(incident.alerts.map((alert) => alert.name))].map((name) => code(name, 80));
  const began = new Date(Math.min(...incident.alerts.map((alert) => alert.startsAt))).toISOString();
  const since = `${began.slice(0, 10)} ${began.slice(11, 16)} UTC`;
  const whom =
    agents.length === 1
      ? code(agents[0] ?? "", 130)
      : `${counted(agents.length, "agent")}: ${some(
          agents.map((one) => code(one, 130)),
          10,
        )}`;
  const what =
    remedy.description === ""
      ? ""
      : ` The remedy ${code(remedy.name, 80)}: ${prose(remedy.description, 300).replace(/\.$/, "")}.`;
  const firing = incident.alerts.filter((alert) => alert.status === "firing").length;
  const several = firing > names.length ? ` (${firing} alerts)` : "";
  return `${some(names, 3)}${several} fires for ${whom} in **${prose(incident.environment, 63)}** since ${since}${summaryOf(incident.alerts)}${what}`;
}

function summaryOf(alerts: IncidentStory["incident"]["alerts"]): string {
  const summary = alerts.map(({ annotations }) => annotations.summary ?? annotations.description).find((text) => text);
  return summary === undefined ? "." : `: ${prose(summary, 300).replace(/\.$/, "")}.`;
}

/** Charts, logs, objects and history; fewer of them where there is less room. */
export function evidenceSection(story: IncidentStory): Section {
  const first = story.evidence.find((one) => one.kind === "series");
  const parts = story.evidence.map((one) => shownEvidence(one, one === first)).filter((part) => part !== "");
  const finding = story.finding === undefined ? "" : findingText(story.finding);
  if (parts.length === 0 && finding === "") return [() => ""];
  const show = (most: number) => () => {
    const left = parts.length - most;
    const more = left > 0 ? [`…and ${counted(left, "more piece")} of evidence, left out for want of room.`] : [];
    return [finding, "**Evidence**", ...parts.slice(0, most), ...more].filter((part) => part !== "").join("\n\n");
  };
  return [show(parts.length), show(6), show(3), show(1), () => shortened(finding, 4000)];
}

/** Every query that ran, what could not be had, and what was considered and dropped. */
export function lookedSection(story: IncidentStory): Section {
  const queries = story.evidence.map((one) => {
    const name = "link" in one && one.link !== undefined ? `[${code(one.name, 64)}](${one.link})` : code(one.name, 64);
    const failed =
      one.kind === "missing" ? `**not had**: ${MISSING[one.reason]}; ${prose(one.message, 200)}` : resultOf(one);
    return `- ${one.id} ${name}: ${one.query === "" ? "" : `${span(one.query, 600)}: `}${failed}`;
  });
  const dropped = story.dropped.map(
    (one) =>
      `- ${code(one.at, 200)}${one.to === undefined ? "" : ` to ${code(JSON.stringify(one.to), 120)}`}, by ${one.by === "model" ? "the model" : "a rule"}: ${DROPPED[one.reason]}${one.message === "" ? "" : ` (${prose(one.message, 200)})`}`,
  );
  const build = (most: number) => () =>
    [
      queries.length === 0
        ? ""
        : details(
            `What was looked at: ${counted(queries.length, "query").replace("querys", "queries")}`,
            queries.slice(0, most),
          ),
      dropped.length === 0
        ? ""
        : details(`Considered and dropped: ${counted(dropped.length, "change")}`, dropped.slice(0, most)),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
  return [build(100), build(10), build(3), () => ""];
}

/** How it will be told whether it helped. */
export function verifySentence({ verify }: IncidentStory): string {
  if (verify === undefined) return "";
  const minutes = Math.round(verify.afterSeconds / 60);
  return `**How it is verified**: ${counted(minutes, "minute")} after the roll-out this holds: ${span(verify.promql, 600)}`;
}

const DROPPED: Readonly<Record<DropReason, string>> = {
  "below-20-percent": "too small a change",
  "expression-failed": "the rule could not be worked out",
  "condition-false": "the rule does not apply",
  "no-evidence": "nothing that was seen supports it",
  "outside-allowed-paths": "RAOS may not change this by itself",
  "not-a-value": "no value came of it",
  "too-many-edits": "too many changes at once",
  "undoes-a-person": "a person changed this lately",
  flapping: "it would go back and forth",
  "same-as-now": "nothing would change",
  "request-over-limit": "more would be requested than the limit allows",
  "over-tenant-quota": "the tenant may not have that much",
  invalid: "no such place in a spec",
};

const MISSING: Readonly<Record<Extract<Evidence, { kind: "missing" }>["reason"], string>> = {
  "not-configured": "it is not configured",
  unreachable: "it could not be reached",
  "timed-out": "it took too long",
  refused: "it was refused",
  empty: "it gave no data",
  "too-large": "it gave too much data",
  unreadable: "its answer could not be read",
};

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

/** One chart is seen at once, the others where they are asked for. */
function shownEvidence(one: Evidence, isFirst: boolean): string {
  switch (one.kind) {
    case "series": {
      const { stats, unit, threshold } = one;
      const limit = threshold === undefined ? "" : `; threshold ${amountOf(threshold, unit)}`;
      const sentence = `least ${amountOf(stats.min, unit)}, most ${amountOf(stats.max, unit)}, last ${amountOf(stats.last, unit)}${limit}`;
      const chart = chartOf(one);
      if (chart === "") return `${code(one.name, 64)} (${one.id}): ${sentence}.`;
      if (isFirst) return `${code(one.name, 64)} (${one.id}): ${sentence}.\n\n${chart}`;
      const summary = `<code>${prose(one.name, 64)}</code> (${one.id}): ${sentence}`;
      return `<details><summary>${summary}</summary>\n\n${chart}\n\n</details>`;
    }
    case "logs":
      return logText(one);
    case "objects":
      return one.lines.length === 0
        ? ""
        : `${code(one.query, 120)} (${one.id}):\n\n${one.lines
            .slice(0, 12)
            .map((line) => `- ${prose(line, 300)}`)
            .join("\n")}`;
    case "history":
      return one.commits.length === 0
        ? ""
        : `The spec's history (${one.id}):\n\n${one.commits
            .slice(0, 5)
            .map(
              (commit) =>
                `- ${code(commit.sha.slice(0, 12))} ${new Date(commit.at).toISOString().slice(0, 16).replace("T", " ")} UTC, ${commit.byBot ? "by RAOS" : "by a person"}: ${prose(commit.subject, 120)}`,
            )
            .join("\n")}`;
    case "missing":
      return "";
    default:
      return one satisfies never;
  }
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
  return `${code(one.name, 64)} (${one.id}): ${counted(one.lines, "line")} of ${counted(one.templates.length, "kind")}.\n\n${table(head, rows)}\n\n${fenced(shortened(example, 600), "text")}`;
}

function findingText(finding: Finding): string {
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
