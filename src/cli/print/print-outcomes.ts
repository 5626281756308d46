import pc from "picocolors";
import type { Shell } from "../../app/shell.ts";
import type { Outcome } from "../../domain/decision.ts";
import { groupProblems } from "../../spec/problems/group-problems.ts";
import { printable, printProblems } from "./print-problems.ts";

interface PrintOptions {
  /** Whether what is unchanged, or only waits for its verdict, is left out. */
  readonly quiet: boolean;
  /** Whether nothing was done: the lines then say what would be. */
  readonly isDryRun?: boolean;
}

/** Prints the Problems, then one line for each outcome. */
export function printOutcomes(shell: Shell, outcomes: readonly Outcome[], options: PrintOptions): void {
  const problems = groupProblems(outcomes.flatMap((outcome) => outcome.problems ?? []));
  printProblems(shell, problems, "text");
  const shown = outcomes.filter((outcome) => outcome.kind !== "problem" && !(options.quiet && isNothingNew(outcome)));
  const widths = { agent: widest(shown, ({ agent }) => agent), place: widest(shown, placeOf) };
  for (const outcome of shown)
    shell.out(`${line(shell, outcome, widths, options.isDryRun === true ? FORESEEN : {})}\n`);
  if (shown.length === 0 && problems.length === 0) shell.out("nothing to do\n");
}

function isNothingNew({ kind, reason }: Outcome): boolean {
  return kind === "unchanged" || (kind === "skipped" && (reason === "verifying" || reason === "rolling-out"));
}

function widest(outcomes: readonly Outcome[], text: (outcome: Outcome) => string): number {
  return Math.max(0, ...outcomes.map((outcome) => text(outcome).length));
}

/** Its pull request or issue. */
function placeOf({ pull, issue }: Outcome): string {
  const shown = [
    ...(pull === undefined ? [] : [`#${pull.number}`]),
    ...(issue === undefined ? [] : [`issue #${issue.number}`]),
  ];
  return shown.join("  ");
}

interface Widths {
  readonly agent: number;
  readonly place: number;
}

/** What a dry run says in place of what would be done. */
const FORESEEN: Words = {
  opened: "would open",
  updated: "would update",
  merged: "would merge",
  closed: "would close",
};

type Words = Readonly<Partial<Record<Outcome["kind"], string>>>;

function line(shell: Shell, outcome: Outcome, widths: Widths, words: Words): string {
  const colours = pc.createColors(shell.terminal);
  const paint = {
    opened: colours.green,
    updated: colours.green,
    merged: colours.green,
    closed: colours.yellow,
    unchanged: colours.dim,
    skipped: colours.dim,
    denied: colours.red,
    problem: colours.red,
  };
  const remedy = outcome.remedy === undefined ? "" : `  ${outcome.remedy}`;
  const message = outcome.message === undefined ? "" : `: ${outcome.message}`;
  const reason = outcome.reason === undefined ? "" : `  ${outcome.reason}${message}`;
  const place = widths.place === 0 ? "" : `  ${placeOf(outcome).padEnd(widths.place)}`;
  const what = `${outcome.agent.padEnd(widths.agent)}${place}${remedy}${reason}`;
  return `  ${paint[outcome.kind]((words[outcome.kind] ?? outcome.kind).padEnd(Object.keys(words).length > 0 ? 12 : 9))} ${printable(what.trimEnd())}`;
}
