import type { AgentChange } from "../../domain/change-set.ts";
import type { Work } from "../../domain/work.ts";
import type { BodySection } from "../body/section.ts";
import { code, counted, prose, some, table } from "../markdown.ts";
import { agentProfile } from "./agent-profile.ts";
import type { Row } from "./row.ts";
import { type DescribedChanges, stateOf } from "./rows.ts";
import { shownText, shownValue } from "./shown-value.ts";

/** Profiles of new agents, and a table old → new of the important values of changed ones; in several lengths. */
export function* tableSection(changes: DescribedChanges): Work<BodySection> {
  const profiles = profileTables(changes);
  yield;
  const table = yield* rowTable(changes);
  const shorter = (most: number, rows: number) => () =>
    [...profiles.slice(0, most), table(rows)].filter((part) => part !== "").join("\n\n");
  return [shorter(profiles.length, MOST_ROWS), shorter(profiles.length, 12), shorter(1, 5), shorter(0, 5), () => ""];
}

/** One table for each of the first new agents: a column for each environment, or one column where all are the same. */
function profileTables(changes: DescribedChanges): readonly string[] {
  const fresh = Map.groupBy(
    changes.changes.filter((change) => stateOf(change) === "new"),
    (change) => change.agent,
  );
  const tables = [...fresh].slice(0, 8).map(([agent, list]) => {
    const heading = fresh.size > 1 ? `**${prose(agent, 120)}**\n\n` : "";
    return `${heading}${profileTable(list)}`;
  });
  const left = fresh.size - tables.length;
  return [...tables, ...(left > 0 ? [`…and ${counted(left, "more new agent")}, in the diff.`] : [])];
}

function profileTable(list: readonly AgentChange[]): string {
  const columns = list
    .slice(0, 6)
    .map((change) => ({ environment: change.environment, lines: new Map(agentProfile(change.after)) }));
  const whats = [...new Set(columns.flatMap((column) => [...column.lines.keys()]))];
  const cells = (what: string) => columns.map((column) => column.lines.get(what) ?? "–");
  const isSame = whats.every((what) => new Set(cells(what)).size === 1);
  const shown = isSame ? columns.slice(0, 1) : columns;
  const all = isSame && columns.length > 1;
  const head = [
    "",
    ...(all
      ? [
          some(
            columns.map((column) => prose(column.environment, 63)),
            6,
          ),
        ]
      : shown.map((column) => prose(column.environment, 63))),
  ];
  return table(
    head,
    whats.map((what) => [`**${what}**`, ...cells(what).slice(0, shown.length)]),
  );
}

/** Rows of the longest table. */
const MOST_ROWS = 25;

/** Returns a function that writes the table with at most so many rows. Each row is made once, since it may compare long texts. */
function* rowTable(changes: DescribedChanges): Work<(most: number) => string> {
  const groups = [...Map.groupBy(changes.rows, keyWithoutAgent).values()];
  if (groups.length === 0) return () => "";
  // What follows for others from a request is not about the agent that was asked for.
  const agents = new Set([
    ...groups.flat().map((row) => row.agent),
    ...(changes.request ? [changes.request.agent] : []),
  ]);
  const many = agents.size > 1;
  const everywhere = new Set(changes.changes.map((change) => change.environment)).size;
  const head = [...(many ? ["Agent"] : []), "What", "Before", "After", "Where"];
  const lines: (readonly string[])[] = [];
  for (const rows of groups.slice(0, MOST_ROWS)) {
    lines.push([...(many ? [agentsCell(rows)] : []), ...cellsOf(rows, everywhere)]);
    yield;
  }
  return (most) => {
    const left = groups.length - Math.min(most, lines.length);
    const more = left > 0 ? `\n\n…and ${counted(left, "more value")}, in the diff.` : "";
    return `${table(head, lines.slice(0, most))}${more}`;
  };
}

/** Rows with the same key differ only in their agent, and become one line. */
function keyWithoutAgent(row: Row): string {
  return JSON.stringify([row.what, row.before ?? null, row.after ?? null, row.environments]);
}

function agentsCell(rows: readonly Row[]): string {
  const agents = rows.map((row) => row.agent);
  return agents.length > 3 ? counted(agents.length, "agent") : agents.map((agent) => code(agent, 120)).join("<br>");
}

function cellsOf(rows: readonly Row[], everywhere: number): readonly string[] {
  const [row] = rows;
  if (row === undefined) return [];
  const what = row.widens ? `⚠️ **${prose(row.what, 100)}**` : prose(row.what, 100);
  const isEverywhere = everywhere > 2 && row.environments.length === everywhere;
  const where = isEverywhere
    ? "everywhere"
    : some(
        row.environments.map((name) => prose(name, 63)),
        6,
      );
  const { before, after } = row;
  const isText = typeof before === "string" && typeof after === "string" && `${before}${after}`.includes("\n");
  const [old, fresh] = isText ? shownText(before, after) : [shownValue(before), shownValue(after)];
  return [what, old, fresh, where];
}
