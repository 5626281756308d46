import { Command, CommanderError } from "commander";
import { ForgeError } from "../forge/forge.ts";
import { GitError } from "../git/git-error.ts";
import { withoutKnownSecrets } from "../redaction/without-secrets.ts";
import { compileCommand } from "./compile.ts";
import { demoCommand } from "./demo.ts";
import { initCommand } from "./init.ts";
import { issueCommand } from "./issue.ts";
import { planCommand } from "./plan.ts";
import { policyCommand } from "./policy.ts";
import { prCommand } from "./pr.ts";
import { reconcileCommand } from "./reconcile.ts";
import { replayCommand } from "./replay.ts";
import { schemaCommand } from "./schema.ts";
import { serveCommand } from "./serve.ts";
import { type ExitCode, OutsideError, type Shell, UsageError } from "./shell.ts";
import { validateCommand } from "./validate.ts";

/** A command adds itself to the program; its action answers with the exit code. */
export type CommandOf = (shell: Shell, exit: (code: ExitCode) => void) => Command;

/** The table of commands: a new one is a file here and a line below. */
const COMMANDS: readonly CommandOf[] = [
  initCommand,
  validateCommand,
  schemaCommand,
  compileCommand,
  planCommand,
  reconcileCommand,
  serveCommand,
  prCommand,
  issueCommand,
  policyCommand,
  replayCommand,
  demoCommand,
];

/** Runs one command line (without `node` and the program's path); answers with the exit code and never throws. */
export async function run(argv: readonly string[], outer: Shell): Promise<ExitCode> {
  // Whatever an error quotes, a secret is no part of what is said.
  const shell: Shell = { ...outer, err: (text) => outer.err(withoutKnownSecrets(text)) };
  let code: ExitCode = 0;
  const program = new Command("raos")
    .description("From agent specs and alerts in Git to reviewed pull requests")
    .version("0.1.0")
    .showHelpAfterError("(raos --help lists the commands)");
  const exit = (answer: ExitCode) => {
    code = answer;
  };
  for (const command of COMMANDS) program.addCommand(command(shell, exit));
  for (const command of [program, ...nested(program)]) {
    command.exitOverride().configureOutput({ writeOut: shell.out, writeErr: shell.err });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return failure(error, shell);
  }
}

function nested(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...nested(child)]);
}

function failure(error: unknown, shell: Shell): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    shell.err(`raos: ${error.message}\n`);
    return 2;
  }
  if (error instanceof OutsideError || error instanceof ForgeError || error instanceof GitError) {
    shell.err(`raos: ${error.message}\n`);
    return 3;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  shell.err(`raos: this is a bug in raos, please report it: ${text}\n`);
  return 3;
}
