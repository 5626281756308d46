import { Command } from "commander";
import { readFolder } from "./folder.ts";
import { outputOption } from "./output-option.ts";
import { printProblems } from "./print-problems.ts";
import type { ExitCode, Shell } from "./shell.ts";

/** `raos validate [folder]`: every Problem of the folder's specs, shared files and policies. */
export function validateCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("validate")
    .description("check specs, templates, tenants, policies and raos.yaml")
    .argument("[folder]", "folder of the repository; its working files, committed or not", ".")
    .option("-q, --quiet", "print nothing where nothing is wrong")
    .addOption(outputOption("json"))
    .action(async (folder: string, options: { readonly quiet?: boolean; readonly output?: "json" }) => {
      const { problems, agents } = await readFolder(shell, folder);
      printProblems(shell, problems, options.output ?? "text");
      if (problems.length === 0 && options.output === undefined && options.quiet !== true) {
        shell.out(`${agents.size} ${agents.size === 1 ? "agent" : "agents"}, no problems\n`);
      }
      exit(problems.length === 0 ? 0 : 1);
    });
}
