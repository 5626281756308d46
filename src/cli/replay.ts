import { Command } from "commander";
import type { Alert } from "../domain/alert.ts";
import type { Outcome } from "../domain/change.ts";
import type { Instant } from "../domain/scalars.ts";
import { reconcile } from "../reconcile.ts";
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
  readonly incidents: number;
  readonly pulls: number;
  readonly merged: number;
  readonly reports: number;
  readonly refused: number;
  readonly waited: number;
  readonly asked: number;
}

/** Alerts closer together than this are looked at in one pass, as a service would. Milliseconds. */
const PASS = 60_000;

/** `raos replay alerts.jsonl --repo R`: what the present policies would have made of past alerts; writes nothing. */
export function replayCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("replay")
    .description("go through past alerts with the policies of today, and write nothing")
    .argument("<file>", "webhook payloads of Alertmanager or Grafana, one a line; - reads standard input")
    .requiredOption("--repo <repository>", "a folder, a bare repository or an https URL")
    .addOption(outputOption("json"))
    .action(async (file: string, options: Options) => {
      const alerts = await alertsIn(shell, file);
      if (alerts.length === 0) throw new UsageError(`${file} holds no alerts`);
      let clock: Instant = 0;
      const timed = { ...shell, now: () => clock };
      const opened = await openWorld(timed, options.repo, { outside: outsideOf(timed, { wait: true, silent: true }) });
      try {
        const head = await opened.world.forge.defaultBranch();
        const forge = replayForge(head, () => clock);
        const world: World = { ...opened.world, forge };
        const outcomes: Outcome[] = [];
        const passes = passesOf(alerts);
        for (const { at, present } of passes) {
          clock = at;
          const done = (await reconcile(world, { alerts: present, whole: true })).filter(
            (outcome) => outcome.cause === "alert",
          );
          outcomes.push(...done);
          const firing = new Set(done.flatMap((outcome) => (outcome.pull === undefined ? [] : [outcome.pull.branch])));
          if (present.every((alert) => alert.status === "resolved")) forge.settle(firing);
        }
        const rows = tallies(outcomes, forge.autoMerged);
        if (options.output === "json")
          shell.out(`${JSON.stringify({ passes: passes.length, remedies: rows }, null, 2)}\n`);
        else print(shell, rows, passes.length, alerts.length);
        exit(0);
      } finally {
        await opened.close();
      }
    });
}

/** The moments at which alerts began or ended, and what was present then. */
function passesOf(alerts: readonly Alert[]): readonly { readonly at: Instant; readonly present: readonly Alert[] }[] {
  const moments = alerts.flatMap((alert) => [alert.startsAt, ...(alert.endsAt === undefined ? [] : [alert.endsAt])]);
  const times = [...new Set(moments.map((moment) => Math.ceil(moment / PASS) * PASS))].sort((a, b) => a - b);
  return times.map((at) => ({
    at,
    present: alerts
      .filter((alert) => alert.startsAt <= at && (alert.endsAt === undefined || alert.endsAt > at - PASS))
      .map((alert): Alert => {
        const isOver = alert.endsAt !== undefined && alert.endsAt <= at;
        return { ...alert, status: isOver ? "resolved" : "firing", endsAt: isOver ? alert.endsAt : undefined };
      }),
  }));
}

function tallies(outcomes: readonly Outcome[], autoMerged: ReadonlySet<string>): readonly Tally[] {
  const groups = Map.groupBy(outcomes, (outcome) => outcome.remedy ?? "(none)");
  return [...groups]
    .map(([remedy, list]) => {
      const count = (holds: (outcome: Outcome) => boolean) => list.filter(holds).length;
      const isNew = (outcome: Outcome) => outcome.kind === "opened";
      return {
        remedy,
        alerts: list.length,
        incidents: new Set(list.map((outcome) => outcome.agent)).size,
        pulls: count((outcome) => isNew(outcome) && outcome.pull !== undefined),
        merged: count((outcome) => isNew(outcome) && outcome.pull !== undefined && autoMerged.has(outcome.pull.branch)),
        reports: count((outcome) => isNew(outcome) && outcome.issue !== undefined),
        refused: count((outcome) => outcome.kind === "denied" || outcome.reason === "denied"),
        waited: count((outcome) => outcome.kind === "skipped"),
        asked: count((outcome) => outcome.reason === "question"),
      };
    })
    .sort((a, b) => (a.remedy < b.remedy ? -1 : 1));
}

function print(shell: Shell, rows: readonly Tally[], passes: number, alerts: number): void {
  shell.out(`${alerts} alerts, ${passes} moments at which something began or ended\n\n`);
  const head = [
    "remedy",
    "agents",
    "pull requests",
    "merge themselves",
    "reports",
    "refused",
    "waited",
    "asks the model",
  ];
  const table = rows.map((row) =>
    [row.remedy, row.incidents, row.pulls, row.merged, row.reports, row.refused, row.waited, row.asked].map(String),
  );
  const widths = head.map((title, column) => Math.max(title.length, ...table.map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...table]) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    shell.out(`${printable(cells.join("  "))}\n`);
  }
}
