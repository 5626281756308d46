import { Command } from "commander";
import { dump } from "js-yaml";
import { type ExitCode, OutsideError, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../../app/world/repository-folder.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { readStatus, type StatusReading } from "../../pass/status/read-status.ts";
import { type StatusRow, statusRows } from "../../pass/status/status-rows.ts";
import { forgeOption } from "../print/forge-option.ts";
import { outputOption } from "../print/output-option.ts";
import { printable, printProblems } from "../print/print-problems.ts";
import { statusTable } from "../print/print-status.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly forge?: ServerKind;
  readonly agent?: string;
  readonly environment?: string;
  readonly output?: "json" | "yaml";
}

/** `raos status --repo R`: for every agent and environment what the default branch wants, and what the cluster shows. Writes nothing. */
export function statusCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("status")
    .option("--repo <repository>", "a folder, a bare repository or an https URL", ".")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .option("--agent <tenant/name>", "only this agent")
    .option("--environment <name>", "only this environment")
    .addOption(outputOption("json", "yaml"))
    .action(async (options: Options) => {
      const { repo, path, forge: server, agent, environment } = options;
      if (agent !== undefined && !isAgentKey(agent))
        throw new UsageError(`--agent ${agent} is no agent; write tenant/name`);
      const opened = await openWorld(shell, repo, { folder: repositoryFolder(path), server });
      try {
        const reading = await readStatus(opened.world, { agent, environment });
        exit(print(shell, reading, options));
      } finally {
        await opened.close();
      }
    });
}

/** Prints what was read, and returns the exit code: 3 where a configured cluster was not read, else 1 where something failed. */
function print(shell: Shell, reading: StatusReading, { agent, environment, output }: Options): ExitCode {
  if (reading.kind === "unreadable") {
    printProblems({ ...shell, out: shell.err }, reading.problems, "text");
    return 1;
  }
  if (reading.kind === "empty") throw new OutsideError(`nothing can be read from the branch ${reading.branch}`);
  const names = reading.config.spec.environments.map(({ name }) => name);
  if (environment !== undefined && !names.includes(environment))
    throw new UsageError(`there is no environment "${environment}"; raos.yaml has ${names.join(", ")}`);
  const rows = statusRows(reading.rollouts, reading.lastChange);
  if (output === "json") shell.out(`${JSON.stringify(rows, null, 2)}\n`);
  else if (output === "yaml") shell.out(dump(rows));
  else printTable(shell, rows, agent);
  for (const one of new Set(reading.unread.map(({ environment: name, words }) => `${name}: ${words}`)))
    shell.err(`raos: ${printable(one)}\n`);
  if (reading.unread.length > 0) return 3;
  return rows.some(({ phase }) => phase === "failed" || phase === "rolled-back") ? 1 : 0;
}

function printTable(shell: Shell, rows: readonly StatusRow[], agent: string | undefined): void {
  const nothing = `nothing is generated${agent === undefined ? "" : ` for ${agent}`} on the default branch yet\n`;
  shell.out(rows.length === 0 ? nothing : statusTable(rows, shell.now()));
}
