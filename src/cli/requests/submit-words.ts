import { createInterface } from "node:readline/promises";
import type { Shell } from "../../app/shell.ts";
import { type AskedInPass, type Submitted, submitRequest } from "../../commands/requests/submit-request.ts";
import type { World } from "../../pass/world.ts";
import { printable } from "../print/print-problems.ts";

interface SubmitOptions {
  readonly answers: readonly string[];
  readonly isDryRun: boolean;
  /** Whether somebody is there who can answer. */
  readonly isInteractive: boolean;
}

/** What the options of a command say about how to submit. On standard output that is read by a program, nobody is asked. */
export function submitOptions(
  shell: Shell,
  options: { readonly answer: readonly string[]; readonly dryRun?: true; readonly output?: "json" },
): SubmitOptions {
  const isInteractive = shell.terminal && options.output === undefined && options.answer.length === 0;
  return { answers: options.answer, isDryRun: options.dryRun === true, isInteractive };
}

/** An option that may be repeated. */
export function collect(text: string, known: readonly string[]): readonly string[] {
  return [...known, text];
}

/** Submits a request in words. On a terminal, the model's questions are asked there, once, and the request is made with the answers. */
export async function submitWords(
  shell: Shell,
  world: World,
  ask: (answers: readonly string[]) => AskedInPass,
  { answers, isDryRun, isInteractive }: SubmitOptions,
): Promise<Submitted> {
  const submitted = await submitRequest(world, ask(answers), isDryRun);
  if (submitted.kind !== "questions" || !isInteractive) return submitted;
  const given = await answersTo(shell, submitted.questions);
  return given.every((answer) => answer === "") ? submitted : submitRequest(world, ask(given), isDryRun);
}

/** Each answer with its question, so that the model knows what was asked. */
async function answersTo(shell: Shell, questions: readonly string[]): Promise<readonly string[]> {
  const lines = createInterface({ input: shell.input() });
  const given: string[] = [];
  const typed = lines[Symbol.asyncIterator]();
  for (const question of questions) {
    shell.err(`${printable(question)}\n> `);
    const { value, done } = await typed.next();
    const answer = done === true ? "" : String(value).trim();
    given.push(answer === "" ? "" : `${question} ${answer}`);
  }
  lines.close();
  return given;
}
