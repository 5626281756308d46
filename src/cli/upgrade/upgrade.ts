import { resolve } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import type { ConflictReason, FileUpgrade } from "../../app/chart/plan-upgrade.ts";
import { type ChartUpgrade, upgradeChart } from "../../app/chart/upgrade-chart.ts";
import { type ExitCode, type Shell, UsageError } from "../../app/shell.ts";
import { fileDiff } from "../../pr/body/diff-text.ts";
import { colourDiff } from "../print/colour-diff.ts";
import { outputOption } from "../print/output-option.ts";
import { printable } from "../print/print-problems.ts";

/** The options of `raos init` that belong to --upgrade. */
export interface UpgradeFlags {
  readonly upgrade?: boolean;
  readonly dryRun?: boolean;
  readonly keepMine?: boolean;
  readonly base?: string;
  readonly output?: "json";
}

export function addUpgradeOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--upgrade",
        "bring the chart's copy to the one that ships with this RAOS, and keep what you changed in it; nothing else is touched",
      ).conflicts(["chart", "chartVersion", "repoUrl", "path"]),
    )
    .option("--dry-run", "with --upgrade: say what would be done, and write nothing")
    .option("--keep-mine", "with --upgrade: where you and RAOS changed the same, yours is right; do not ask again")
    .option(
      "--base <commit>",
      "with --upgrade: a commit that holds the chart as RAOS wrote it, where the chart has no note of that",
    )
    .addOption(outputOption("json"));
}

/** `raos init --upgrade [folder]`: the chart in the working folder, as a change that a person reviews and commits. */
export async function runUpgrade(shell: Shell, folder: string, flags: UpgradeFlags): Promise<ExitCode> {
  const upgrade = await upgradeChart(shell, resolve(shell.cwd, folder), {
    isDryRun: flags.dryRun === true,
    keepsMine: flags.keepMine === true,
    base: flags.base,
  });
  if (flags.output === "json") shell.out(`${JSON.stringify(summaryOf(upgrade, flags), null, 2)}\n`);
  else printUpgrade(shell, upgrade, flags);
  return upgrade.files.some(({ kind }) => kind === "conflict") && flags.keepMine !== true ? 1 : 0;
}

/** Throws UsageError for an option that means nothing without --upgrade. */
export function assertUpgradeFlags({ upgrade, dryRun, keepMine, base, output }: UpgradeFlags): void {
  if (upgrade === true) return;
  const stray = [
    ["--dry-run", dryRun],
    ["--keep-mine", keepMine],
    ["--base", base],
    ["--output", output],
  ].find(([, value]) => value !== undefined);
  if (stray !== undefined) throw new UsageError(`${stray[0]} is for --upgrade`);
}

function printUpgrade(shell: Shell, { chart, from, to, files }: ChartUpgrade, flags: UpgradeFlags): void {
  const shown = files.filter(({ kind }) => kind !== "unchanged");
  for (const one of shown) {
    shell.out(`${wordOf(one, flags).padEnd(9)} ${printable(`${chart}/${one.path}`)}${noteOf(one, flags)}\n`);
    if (one.kind === "conflict") shell.out(colourDiff(diffOf(chart, one), shell.terminal));
  }
  shell.out(`${shown.length === 0 ? "" : "\n"}${closingLine(chart, from, to, files, flags)}\n`);
}

function closingLine(
  chart: string,
  from: string | undefined,
  to: string,
  files: readonly FileUpgrade[],
  flags: UpgradeFlags,
): string {
  const has = (...kinds: readonly FileUpgrade["kind"][]) => files.some(({ kind }) => kinds.includes(kind));
  if (flags.dryRun === true) return `${chart}/: ${versionsOf(from, to)}; nothing was written`;
  if (has("added", "replaced", "deleted", "merged"))
    return `${chart}/: ${versionsOf(from, to)}; review it with git diff, and commit it: RAOS then opens one pull request per tenant`;
  if (has("conflict") && flags.keepMine !== true) return `${chart}/: nothing was written; the files above wait for you`;
  return `${chart}/ is up to date with ${to}, which this RAOS ships${has("kept", "conflict") ? ", but for your changes" : ""}`;
}

function versionsOf(from: string | undefined, to: string): string {
  return from === undefined || from === to ? to : `${from} → ${to}`;
}

function wordOf(one: FileUpgrade, { keepMine }: UpgradeFlags): string {
  return one.kind === "conflict" && keepMine === true ? "kept" : one.kind;
}

const NOTES: { readonly [R in ConflictReason]: string } = {
  "same-place":
    "you and RAOS changed the same lines: yours is kept. Make RAOS' change there yourself; then --keep-mine says that yours is right",
  "no-record":
    "it differs, and nothing says what you changed: yours is kept. --base <commit> names a commit with the chart as RAOS wrote it; --keep-mine says that yours is right",
  "deleted-here": "you deleted it, and RAOS changed it: it stays deleted. --keep-mine says that this is right",
  "no-longer-shipped":
    "you changed it, and RAOS ships it no longer: yours is kept. Delete it, if nothing else needs it",
};

function noteOf(one: FileUpgrade, flags: UpgradeFlags): string {
  if (one.kind === "kept") return ": your change; RAOS changed nothing there";
  if (one.kind === "merged") return ": your change and RAOS'";
  if (one.kind !== "conflict") return "";
  return flags.keepMine === true ? ": yours" : `: ${NOTES[one.why]}`;
}

/** What RAOS changed in the file; where that is unknown, what would replace the person's text. */
function diffOf(chart: string, { path, before, shipped }: Extract<FileUpgrade, { kind: "conflict" }>): string {
  if (before === undefined || shipped === undefined) return "";
  return fileDiff({ path: `${chart}/${path}`, before: { oid: "", text: textOf(before) }, text: textOf(shipped) }).text;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

/** The upgrade as `--output json` prints it. */
function summaryOf({ chart, from, to, files }: ChartUpgrade, flags: UpgradeFlags) {
  return {
    chart,
    from: from ?? null,
    to,
    dryRun: flags.dryRun === true,
    files: files.map((one) => ({
      path: one.path,
      change: wordOf(one, flags),
      ...(one.kind === "conflict" ? { reason: one.why, diff: diffOf(chart, one) } : {}),
    })),
  };
}
