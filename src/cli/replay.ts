import { Command } from "commander";
import { alertsIn } from "../app/alert-files.ts";
import { latestReports, type Replayed, replayAlerts } from "../app/replay/replay.ts";
import type { Tally } from "../app/replay/tally.ts";
import { type ExitCode, type Shell, UsageError } from "../app/shell.ts";
import { PATH_HELP, repositoryFolder } from "../app/world/repository-folder.ts";
import { counted } from "../pr/markdown.ts";
import { outputOption } from "./print/output-option.ts";
import { printable } from "./print/print-problems.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly output?: "json";
}

/** `raos replay alerts.jsonl --repo R`: what today's policies would have done about past alerts. Writes nothing. */
export function replayCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("replay")
    .argument("<file>", "webhook payloads of Alertmanager or Grafana, one a line; - reads standard input")
    .requiredOption("--repo <repository>", "a folder, a bare repository or an https URL")
    .option("--path <folder>", PATH_HELP)
    .addOption(outputOption("json"))
    .action(async (file: string, options: Options) => {
      const alerts = latestReports(await alertsIn(shell, file));
      if (alerts.length === 0) throw new UsageError(`${file} holds no alerts`);
      const replayed = await replayAlerts(shell, options.repo, alerts, repositoryFolder(options.path));
      if (options.output === "json") shell.out(`${JSON.stringify(replayed, null, 2)}\n`);
      else print(shell, replayed);
      exit(0);
    });
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
