import pc from "picocolors";
import type { Shell } from "../../app/shell.ts";
import type { Problem } from "../../domain/problem.ts";

/**
 * Prints Problems, then warnings: as a JSON array (a warning has `severity: "warning"`), or as annotations where GitHub Actions
 * runs the command. Otherwise prints one line for each to standard error: `file:line:column pointer: message`.
 */
export function printProblems(
  shell: Shell,
  problems: readonly Problem[],
  output: "json" | "text",
  warnings: readonly Problem[] = [],
): void {
  if (output === "json") {
    const all = [...problems, ...warnings.map((warning) => ({ ...warning, severity: "warning" }))];
    shell.out(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  const line = lineOf(shell);
  for (const problem of problems) shell.err(`${line(problem)}\n`);
  printWarnings(shell, warnings);
}

/** Prints what is no mistake, one line each, to standard error. */
export function printWarnings(shell: Shell, warnings: readonly Problem[]): void {
  const isAction = shell.env.GITHUB_ACTIONS === "true";
  const line = lineOf(shell);
  for (const warning of warnings)
    shell.err(isAction ? `${annotation(warning, "warning")}\n` : `warning: ${line(warning)}\n`);
}

function lineOf({ env, terminal }: Shell): (problem: Problem) => string {
  return env.GITHUB_ACTIONS === "true" ? annotation : terminal ? colouredLine : plain;
}

/** `file:line:column pointer: message`, without control characters. */
export function plain(problem: Problem): string {
  const pointer = problem.pointer === "" ? "" : ` ${problem.pointer}`;
  return printable(`${problem.file}:${problem.line}:${problem.column}${pointer}: ${problem.message}`);
}

function colouredLine(problem: Problem): string {
  const colours = pc.createColors(true);
  const place = printable(`${problem.file}:${problem.line}:${problem.column}`);
  return `${colours.bold(place)} ${colours.cyan(printable(problem.pointer))}: ${printable(problem.message)}`;
}

/** A workflow command: docs.github.com/actions/reference/workflow-commands, whose `%`, CR, LF, `:` and `,` are escaped. */
function annotation(problem: Problem, level: "error" | "warning" = "error"): string {
  const property = (text: string) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const data = (text: string) => printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const where = `file=${property(problem.file)},line=${problem.line},col=${problem.column}`;
  return `::${level} ${where},title=raos::${data(problem.pointer === "" ? problem.message : `${problem.pointer}: ${problem.message}`)}`;
}

/** A text from outside on one line, with control characters (such as terminal escapes) shown as codes. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
