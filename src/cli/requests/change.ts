import { Command } from "commander";
import { type ExitCode, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../../app/world/repository-folder.ts";
import { changeFromWords } from "../../commands/requests/change-from-words.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { forgeOption } from "../print/forge-option.ts";
import { outputOption } from "../print/output-option.ts";
import { printable } from "../print/print-problems.ts";
import { personAtTheKeyboard } from "./person.ts";
import { printSubmitted } from "./print-submitted.ts";
import { collect, submitOptions, submitWords } from "./submit-words.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly forge?: ServerKind;
  readonly environment?: string;
  readonly answer: readonly string[];
  readonly dryRun?: true;
  readonly output?: "json";
}

/** `raos change tenant/name "…"`: opens the pull request that changes an agent's spec as words ask for. */
export function changeCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("change")
    .argument("<agent>", "the agent, as tenant/name")
    .argument("<text>", "what is to change, in words; a model writes the edits")
    .option("--repo <repository>", "a folder, a bare repository or an https URL", ".")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .option("--environment <environment>", "where it is to change; left out: as the words say, or everywhere")
    .option("--answer <text>", "an answer to a question that was asked; repeat it for others", collect, [])
    .option("--dry-run", "show what would be opened, and write nothing")
    .addOption(outputOption("json"))
    .action(async (agent: string, text: string, options: Options) => {
      if (!isAgentKey(agent)) throw new UsageError(`${printable(agent)} is no agent's name; write tenant/name`);
      const { world, close } = await openWorld(shell, options.repo, {
        folder: repositoryFolder(options.path),
        server: options.forge,
      });
      try {
        shell.hold();
        const { environment } = options;
        const from = personAtTheKeyboard();
        const ask = (answers: readonly string[]) => changeFromWords({ from, agent, environment, words: text, answers });
        const submitted = await submitWords(shell, world, ask, submitOptions(shell, options));
        exit(printSubmitted(shell, submitted, { isDryRun: options.dryRun === true, output: options.output }));
      } finally {
        await close();
      }
    });
}
