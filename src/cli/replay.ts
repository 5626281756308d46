import { Command } from "commander";
import type { Alert } from "../domain/alert.ts";
import type { Outcome } from "../domain/change.ts";
import type { Incident } from "../domain/incident.ts";
import type { Config } from "../domain/kinds.ts";
import type { Instant } from "../domain/scalars.ts";
import type { Investigations } from "../investigations.ts";
import { dollarsOf } from "../model/prices.ts";
import { causeOf } from "../pr/branch.ts";
import { counted } from "../pr/markdown.ts";
import { reconcile } from "../reconcile.ts";
import { stepsOf } from "../steps.ts";
import type { World } from "../world.ts";
import { alertsIn } from "./alerts-in.ts";
import { openWorld } from "./open-world.ts";
import { outputOption } from "./output-option.ts";
import { outsideOf } from "./outside.ts";
import { printable } from "./print-problems.ts";
import { replayForge } from "./replay-forge.ts";
import { type ExitCode, type Shell, UsageError } from "./shell.ts";

interface Options {
  readonly repo: string;
  readonly output?: "json";
}

/** What one remedy would have done. */
interface Tally {
  readonly remedy: string;
  readonly alerts: number;
  readonly agents: number;
  readonly pulls: number;
  /** Of the pull requests, those that would have merged by themselves. */
  readonly merged: number;
  readonly issues: number;
  /** Changes that guardrails refused, and that a day's or a person's limit stopped. */
  readonly refused: number;
  readonly modelCalls: number;
  /** US dollars, at most: what the budget of an investigation lets it cost. */
  readonly dollars: number;
}

/** Alerts closer together than this are looked at in one pass, as a service would. Milliseconds. */
const PASS = 60_000;

/** `raos replay alerts.jsonl --repo R`: what the present policies would have made of past alerts; writes nothing. */
export function replayCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("replay")
    .description(
      "go through past alerts with the policies of today, and write nothing; a pull request counts as merged once its alert is over",
    )
    .argument("<file>", "webhook payloads of Alertmanager or Grafana, one a line; - reads standard input")
    .requiredOption("--repo <repository>", "a folder, a bare repository or an https URL")
    .addOption(outputOption("json"))
    .action(async (file: string, options: Options) => {
      const alerts = latest(await alertsIn(shell, file));
      if (alerts.length === 0) throw new UsageError(`${file} holds no alerts`);
      let clock: Instant = 0;
      const timed = { ...shell, now: () => clock };
      const outside = outsideOf(timed, { wait: true, silent: true });
      const opened = await openWorld(timed, options.repo, { outside });
      try {
        const head = await opened.world.forge.defaultBranch();
        const forge = replayForge(head, () => clock);
        const { calls, investigations } = countingCalls();
        const look: World["look"] = async (branch, sha) => {
          const view = await opened.world.look(head.name, sha);
          return view && { ...view, changesOfMerging: async () => forge.changesOf(branch) };
        };
        const world: World = { ...opened.world, forge, look, investigations };
        // One that comes again is counted again.
        const each = alerts.map((alert) => ({ ...alert, fingerprint: `${alert.fingerprint} ${alert.startsAt}` }));
        const whole = await stepsOf(world, { reported: { alerts: each, whole: false }, alertsOnly: true });
        const outcomes: Outcome[] = [];
        let passes = 0;
        for (const { at, present } of passesOf(alerts)) {
          passes += 1;
          clock = at;
          const done = await reconcile(world, { alerts: present, whole: true }, { alertsOnly: true });
          outcomes.push(...done.filter((outcome) => outcome.remedy !== undefined));
          forge.settle();
        }
        const remedies = tallies(whole.incidents, outcomes, forge.autoMerged, calls);
        const ignored = whole.outcomes.flatMap(({ cause, reason }) =>
          cause === "alert" && reason !== undefined ? [reason] : [],
        );
        const told = { alerts: alerts.length, passes, remedies, total: totalOf(remedies), ignored };
        if (options.output === "json") shell.out(`${JSON.stringify(told, null, 2)}\n`);
        else print(shell, told);
        exit(0);
      } finally {
        await opened.close();
      }
    });
}

/** One of each alert and beginning: that it ended is the later word. */
function latest(alerts: readonly Alert[]): readonly Alert[] {
  const kept = new Map<string, Alert>();
  for (const alert of alerts) {
    const key = `${alert.fingerprint} ${alert.startsAt}`;
    if (alert.endsAt !== undefined || !kept.has(key)) kept.set(key, alert);
  }
  return [...kept.values()].sort((a, b) => a.startsAt - b.startsAt);
}

interface Calls {
  readonly count: number;
  readonly dollars: number;
}

/** Counts, by remedy, what a model would have been asked, and asks nobody. */
function countingCalls() {
  const asked = new Set<string>();
  const calls = new Map<string, Calls>();
  const investigations = ({ spec: { model } }: Config): Investigations | undefined => {
    if (model === undefined) return undefined;
    // Most of what is paid for is read, not written.
    const most = dollarsOf(model.name, { input: model.budget.tokens, output: 0 });
    return {
      ask: async ({ branch, began }) => {
        const cause = causeOf(branch);
        const key = `${branch} ${began}`;
        if (cause?.kind !== "alert" || asked.has(key)) return undefined;
        asked.add(key);
        const { count, dollars } = calls.get(cause.remedy) ?? NO_CALLS;
        calls.set(cause.remedy, { count: count + 1, dollars: dollars + most });
        return undefined;
      },
    };
  };
  return { calls, investigations };
}

const NO_CALLS: Calls = { count: 0, dollars: 0 };

/** The moments at which alerts began or ended, and what was present then. */
function* passesOf(alerts: readonly Alert[]): Generator<{ readonly at: Instant; readonly present: readonly Alert[] }> {
  const moments = alerts.flatMap((alert) => [alert.startsAt, ...(alert.endsAt === undefined ? [] : [alert.endsAt])]);
  const times = [...new Set(moments.map((moment) => Math.ceil(moment / PASS) * PASS))].sort((a, b) => a - b);
  // One by one: the copies of a month would not fit into memory.
  for (const at of times) {
    const present = alerts
      .filter((alert) => alert.startsAt <= at && (alert.endsAt === undefined || alert.endsAt > at - PASS))
      .map((alert): Alert => {
        const isOver = alert.endsAt !== undefined && alert.endsAt <= at;
        return { ...alert, status: isOver ? "resolved" : "firing", endsAt: isOver ? alert.endsAt : undefined };
      });
    yield { at, present };
  }
}

function tallies(
  incidents: readonly Incident[],
  outcomes: readonly Outcome[],
  autoMerged: ReadonlySet<string>,
  calls: ReadonlyMap<string, Calls>,
): readonly Tally[] {
  const byRemedy = Map.groupBy(outcomes, (outcome) => outcome.remedy);
  return [...Map.groupBy(incidents, (incident) => incident.remedy)]
    .map(([remedy, list]): Tally => {
      const opened = (byRemedy.get(remedy) ?? []).filter((outcome) => outcome.kind === "opened");
      // One of a storm is told for each of its agents.
      const pulls = new Map(opened.flatMap(({ pull }) => (pull === undefined ? [] : [[pull.number, pull.branch]])));
      const issues = new Map(
        opened.flatMap(({ issue, reason }) => (issue === undefined ? [] : [[issue.number, reason]])),
      );
      const { count, dollars } = calls.get(remedy) ?? NO_CALLS;
      return {
        remedy,
        alerts: list.reduce((sum, { alerts }) => sum + alerts.length, 0),
        agents: new Set(list.map(({ agent }) => agent)).size,
        pulls: pulls.size,
        merged: [...pulls.values()].filter((branch) => autoMerged.has(branch)).length,
        issues: issues.size,
        refused: [...issues.values()].filter((reason) => reason === "denied" || reason === "max-changes-per-day")
          .length,
        modelCalls: count,
        dollars,
      };
    })
    .sort((a, b) => (a.remedy < b.remedy ? -1 : 1));
}

function totalOf(rows: readonly Tally[]): Tally {
  const sum = (value: (row: Tally) => number) => rows.reduce((total, row) => total + value(row), 0);
  return {
    remedy: "all",
    alerts: sum((row) => row.alerts),
    agents: sum((row) => row.agents),
    pulls: sum((row) => row.pulls),
    merged: sum((row) => row.merged),
    issues: sum((row) => row.issues),
    refused: sum((row) => row.refused),
    modelCalls: sum((row) => row.modelCalls),
    dollars: sum((row) => row.dollars),
  };
}

interface Replayed {
  readonly alerts: number;
  readonly passes: number;
  readonly remedies: readonly Tally[];
  readonly total: Tally;
  /** Why alerts led to nothing. */
  readonly ignored: readonly string[];
}

const COLUMNS: readonly (readonly [title: string, cell: (row: Tally) => string])[] = [
  ["remedy", (row) => row.remedy],
  ["alerts", (row) => String(row.alerts)],
  ["agents", (row) => String(row.agents)],
  ["pull requests", (row) => String(row.pulls)],
  ["merge themselves", (row) => String(row.merged)],
  ["issues", (row) => String(row.issues)],
  ["refused", (row) => String(row.refused)],
  ["model calls", (row) => String(row.modelCalls)],
  ["at most", (row) => `$${row.dollars.toFixed(2)}`],
];

function print(shell: Shell, { alerts, passes, remedies, total, ignored }: Replayed): void {
  shell.out(`${counted(alerts, "alert")}, ${counted(passes, "moment")} at which one began or ended\n\n`);
  const rows = [
    COLUMNS.map(([title]) => title),
    ...[...remedies, total].map((row) => COLUMNS.map(([, cell]) => cell(row))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    shell.out(`${printable(cells.join("  "))}\n`);
  }
  if (ignored.length > 0)
    shell.out(`\nLed to nothing:\n${ignored.map((reason) => `  ${printable(reason)}\n`).join("")}`);
}
