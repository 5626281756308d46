import pc from "picocolors";
import type { Shell } from "../../app/shell.ts";
import type { Issue } from "../../domain/alert/incident.ts";
import { withoutComments } from "../../pr/html-comments.ts";
import { printable } from "./print-problems.ts";
import { withTextCharts } from "./text-chart.ts";

/** Prints an issue as people read it, without its hidden marker: at most `most` lines of its body. */
export function printIssue(shell: Shell, issue: Issue, most = Number.POSITIVE_INFINITY): void {
  const colours = pc.createColors(shell.terminal);
  const body = withTextCharts(withoutComments(issue.body).trim()).split("\n");
  shell.out(`${colours.bold(printable(issue.title))}\n\n`);
  for (const line of body.slice(0, most)) shell.out(`${printable(line)}\n`);
  if (body.length > most) shell.out(colours.dim(`… ${body.length - most} more lines\n`));
}
