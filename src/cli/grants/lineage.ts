import { Command } from "commander";
import { readAgentLine } from "../../app/lineage/read-line.ts";
import { type ExitCode, OutsideError, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../../app/world/repository-folder.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { forgeOption } from "../print/forge-option.ts";
import { outputOption } from "../print/output-option.ts";
import { printable, printProblems } from "../print/print-problems.ts";
import { lineageJson, lineageTable } from "./print-lineage.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly forge?: ServerKind;
  readonly output?: "json";
}

/** `raos lineage tenant/name`: the line that an agent is in, as a tree, and what is left of each grant. Writes nothing. */
export function lineageCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("lineage")
    .argument("<tenant/name>", "an agent; its whole line is shown, from the agent that a person wrote")
    .option("--repo <repository>", "a folder, a bare repository or an https URL", ".")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .addOption(outputOption("json"))
    .action(async (agent: string, { repo, path, forge: server, output }: Options) => {
      if (!isAgentKey(agent)) throw new UsageError(`${printable(agent)} is no agent; write tenant/name`);
      const { world, close } = await openWorld(shell, repo, { folder: repositoryFolder(path), server });
      try {
        const reading = await readAgentLine(world, agent);
        switch (reading.kind) {
          case "unreadable":
            printProblems({ ...shell, out: shell.err }, reading.problems, "text");
            exit(1);
            break;
          case "empty":
            throw new OutsideError(`nothing can be read from the branch ${reading.branch}`);
          case "unknown":
            throw new UsageError(`there is no agent ${agent}`);
          case "read":
            if (output === "json") shell.out(`${JSON.stringify(lineageJson(reading), null, 2)}\n`);
            else shell.out(lineageTable(reading, agent));
            exit(0);
            break;
          default:
            reading satisfies never;
        }
      } finally {
        await close();
      }
    });
}
