import { userInfo } from "node:os";
import { Command } from "commander";
import { type ExitCode, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../../app/world/repository-folder.ts";
import { endHold } from "../../commands/answers/hold-agent.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { readDefaultBranch } from "../../pass/read-commit.ts";
import { holdIssue } from "../../pr/command/hold-issue.ts";
import { forgeOption } from "../print/forge-option.ts";
import { printable } from "../print/print-problems.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly forge?: ServerKind;
  readonly release?: true;
  readonly reason?: string;
}

/** `raos hold tenant/name [--release]`: has RAOS open and merge nothing for an agent. A hold is an open issue, on disk, too. */
export function holdCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("hold")
    .argument("<tenant/name>", "the agent")
    .option("--repo <repository>", "a folder, a bare repository or an https URL", ".")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .option("--release", "end the hold")
    .option("--reason <text>", "why; the issue says it")
    .action(async (agent: string, { repo, path, forge: server, release, reason = "" }: Options) => {
      if (!isAgentKey(agent)) throw new UsageError(`${printable(agent)} is no agent; write tenant/name`);
      const { world, close } = await openWorld(shell, repo, { folder: repositoryFolder(path), server });
      try {
        if (release === true) {
          const isEnded = await endHold(world, agent, userInfo().username);
          shell.out(isEnded ? `${agent} is held no more\n` : `${agent} is not held\n`);
        } else {
          const read = await readDefaultBranch(world);
          if (read.kind !== "read" || read.survey.pathOf(agent) === undefined)
            throw new UsageError(`the default branch has no agent ${agent}`);
          const issue = await world.forge.openIssue(holdIssue(agent, userInfo().username, reason));
          shell.out(`${agent} is held while issue #${issue.number} is open\n`);
        }
        exit(0);
      } finally {
        await close();
      }
    });
}
