import pc from "picocolors";
import type { Shell } from "../../app/shell.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { withoutComments } from "../../pr/html-comments.ts";
import { printable } from "./print-problems.ts";
import { withTextCharts } from "./text-chart.ts";

export interface PullComment {
  readonly author: string;
  readonly body: string;
}

/** Prints a pull request as its reviewer reads it, without its hidden marker: at most `most` lines of its body. */
export function printPull(
  shell: Shell,
  pull: PullRequest,
  comments: readonly PullComment[],
  most = Number.POSITIVE_INFINITY,
): void {
  const colours = pc.createColors(shell.terminal);
  const body = withTextCharts(visible(pull.body)).split("\n");
  const labels = pull.labels.length === 0 ? "" : `   ${pull.labels.join(", ")}`;
  shell.out(`${colours.bold(printable(`#${pull.number} ${pull.title}`))}\n`);
  shell.out(`${colours.dim(printable(`${pull.state}: ${pull.branch} → ${pull.base}${labels}`))}\n\n`);
  for (const line of body.slice(0, most)) shell.out(`${printable(line)}\n`);
  if (body.length > most) shell.out(colours.dim(`… ${body.length - most} more lines\n`));
  for (const comment of comments) {
    shell.out(`\n${colours.bold(printable(comment.author))}\n`);
    for (const line of visible(comment.body).split("\n")) shell.out(`${printable(line)}\n`);
  }
}

/** Markdown without its HTML comments, as GitHub shows it. */
function visible(markdown: string): string {
  return withoutComments(markdown).trim();
}
