import pc from "picocolors";
import type { Shell } from "../../app/shell.ts";
import type { Outcome } from "../../domain/decision.ts";
import { groupProblems } from "../../spec/problems/group-problems.ts";
import { printable, printProblems } from "./print-problems.ts";

interface PrintOptions {
  /** Whether outcomes of kind "unchanged" are left out. */
  readonly quiet: boolean;
  /** Whether nothing was done: the lines then say what would be. */
  readonly isDryRun?: boolean;
}

/** Prints the Problems, then one line for each outcome. */
export function printOutcomes(shell: Shell, outcomes: readonly Outcome[], options: PrintOptions): void {
  const problems = groupProblems(outcomes.flatMap((outcome) => outcome.problems ?? []));
  printProblems(shell, problems, "text");
  const shown = outcomes.filter(
    (outcome) => outcome.kind !== "problem" && !(options.quiet && outcome.kind === "unchanged"),
  );
  const width = Math.max(0, ...shown.map((outcome) => outcome.agent.length));
  for (const outcome of shown) shell.out(`${line(shell, outcome, width, options.isDryRun === true ? FORESEEN : {})}\n`);
  if (shown.length === 0 && problems.length === 0) shell.out("nothing to do\n");
}

/** What a dry run says in place of what would be done. */
const FORESEEN: Words = {
  opened: "would open",
  updated: "would update",
  merged: "would merge",
  closed: "would close",
};

type Words = Readonly<Partial<Record<Outcome["kind"], string>>>;

function line(shell: Shell, outcome: Outcome, width: number, words: Words): string {
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
  const pull = outcome.pull === undefined ? "" : `  #${outcome.pull.number}`;
  const issue = outcome.issue === undefined ? "" : `  issue #${outcome.issue.number}`;
  const remedy = outcome.remedy === undefined ? "" : `  ${outcome.remedy}`;
  const message = outcome.message === undefined ? "" : `: ${outcome.message}`;
  const reason = outcome.reason === undefined ? "" : `  ${outcome.reason}${message}`;
  const what = `${outcome.agent.padEnd(width)}${pull}${issue}${remedy}${reason}`;
  return `  ${paint[outcome.kind]((words[outcome.kind] ?? outcome.kind).padEnd(Object.keys(words).length > 0 ? 12 : 9))} ${printable(what.trimEnd())}`;
}
