import pc from "picocolors";
import type { Outcome } from "../domain/change.ts";
import { printable, printProblems } from "./print-problems.ts";
import type { Shell } from "./shell.ts";

/** Prints outcomes one a line, Problems before them; `quiet` leaves out what stayed as it is. */
export function printOutcomes(shell: Shell, outcomes: readonly Outcome[], options: { readonly quiet: boolean }): void {
  const problems = outcomes.flatMap((outcome) => outcome.problems ?? []);
  printProblems(shell, problems, "text");
  const shown = outcomes.filter(
    (outcome) => outcome.kind !== "problem" && !(options.quiet && outcome.kind === "unchanged"),
  );
  const width = Math.max(0, ...shown.map((outcome) => outcome.agent.length));
  for (const outcome of shown) shell.out(`${line(shell, outcome, width)}\n`);
  if (shown.length === 0 && problems.length === 0) shell.out("nothing to do\n");
}

function line(shell: Shell, outcome: Outcome, width: number): string {
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
  return `  ${paint[outcome.kind](outcome.kind.padEnd(9))} ${printable(what)}`;
}
