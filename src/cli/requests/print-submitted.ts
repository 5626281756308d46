import type { ExitCode, Shell } from "../../app/shell.ts";
import type { Submitted } from "../../commands/requests/submit-request.ts";
import { printOutcomes } from "../print/print-outcomes.ts";
import { printable } from "../print/print-problems.ts";

interface PrintOptions {
  readonly isDryRun: boolean;
  readonly output: "json" | undefined;
}

/** Prints what became of a request, as `reconcile` prints outcomes. Returns the exit code: 1 where nothing was, or would be, opened. */
export function printSubmitted(shell: Shell, submitted: Submitted, { isDryRun, output }: PrintOptions): ExitCode {
  if (submitted.kind === "refused") {
    const { kind, reason, message } = submitted;
    if (output === "json")
      shell.out(`${JSON.stringify([{ cause: "request", agent: "*", kind, reason, message }], null, 2)}\n`);
    else shell.err(`raos: ${printable(message)}\n`);
    return 1;
  }
  if (submitted.kind === "questions") return printQuestions(shell, submitted.questions, output);
  const { outcomes } = submitted;
  if (output === "json") shell.out(`${JSON.stringify(outcomes, null, 2)}\n`);
  else printOutcomes(shell, outcomes, { quiet: false, isDryRun });
  return outcomes.some(({ kind }) => kind === "problem" || kind === "denied" || kind === "skipped") ? 1 : 0;
}

/** What has to be known first. Nothing was opened, so it is no success. */
function printQuestions(shell: Shell, questions: readonly string[], output: "json" | undefined): ExitCode {
  if (output === "json") {
    shell.out(`${JSON.stringify([{ cause: "request", agent: "*", kind: "questions", questions }], null, 2)}\n`);
    return 1;
  }
  for (const question of questions) shell.out(`${printable(question)}\n`);
  shell.err("raos: nothing was opened; ask again in the same words, with --answer for each answer\n");
  return 1;
}
