import { Command } from "commander";
import { pino } from "pino";
import { readAgentFiles } from "../agent/read-config.ts";
import { runAgent } from "../agent/run-agent.ts";
import { redactedLog } from "../app/redacted-log.ts";
import type { ExitCode, Shell } from "../app/shell.ts";
import { printProblems } from "./print/print-problems.ts";

interface Options {
  readonly config: string;
  readonly host: string;
}

/** `raos agent`: the stock agent, which runs a spec that names no image. */
export function agentCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("agent")
    .requiredOption("--config <file>", "the agent.json that charts/agent writes")
    .option("--host <address>", "address to listen on", "0.0.0.0")
    .action(async ({ config: file, host }: Options) => {
      const read = await readAgentFiles(file, shell.env);
      if (read.kind === "problems") {
        printProblems(shell, read.problems, "text");
        return exit(1);
      }
      shell.hold();
      const lines = pino({ base: { agent: read.config.name } }, { write: (line: string) => shell.out(line) });
      const log = redactedLog({
        debug: (fields, message) => lines.debug(fields, message),
        info: (fields, message) => lines.info(fields, message),
        warn: (fields, message) => lines.warn(fields, message),
        error: (fields, message) => lines.error(fields, message),
      });
      const agentLog = {
        info: (message: string, fields = {}) => log.info(fields, message),
        warn: (message: string, fields = {}) => log.warn(fields, message),
      };
      const { now, env, signal } = shell;
      exit((await runAgent({ ...read, env, host, log: agentLog, now, signal })) ? 0 : 3);
    });
}
