import { Command } from "commander";
import { type ExitCode, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../../app/world/repository-folder.ts";
import { promoteAgent } from "../../commands/answers/promote-agent.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { forgeOption } from "../print/forge-option.ts";
import { printable } from "../print/print-problems.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly forge?: ServerKind;
  readonly to?: string;
}

/** `raos promote tenant/name [--to environment]`: opens the pull request that brings an agent's change into its next environments. */
export function promoteCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("promote")
    .argument("<tenant/name>", "the agent")
    .option("--repo <repository>", "a folder, a bare repository or an https URL", ".")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .option("--to <environment>", "an environment of the wave that is meant; left out: the next wave")
    .action(async (agent: string, { repo, path, forge: server, to }: Options) => {
      if (!isAgentKey(agent)) throw new UsageError(`${printable(agent)} is no agent; write tenant/name`);
      const { world, close } = await openWorld(shell, repo, { folder: repositoryFolder(path), server });
      try {
        shell.hold();
        const { opened, says } = await promoteAgent(world, agent, to);
        const text = printable(says.replaceAll("`", ""));
        if (opened) shell.out(`${text}\n`);
        else shell.err(`${text}\n`);
        exit(opened ? 0 : 1);
      } finally {
        await close();
      }
    });
}
