import { Command } from "commander";
import type { Outcome } from "../domain/change.ts";
import { byAgent, foreseen, reconcile } from "../reconcile.ts";
import { stepsOf } from "../steps.ts";
import { openWorld } from "./open-world.ts";
import { outputOption } from "./output-option.ts";
import { printOutcomes } from "./print-outcomes.ts";
import type { ExitCode, Shell } from "./shell.ts";

interface Options {
  readonly repo: string;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly output?: "json";
}

/** `raos reconcile --repo R`: one pass over a repository; opens, updates and closes pull requests. */
export function reconcileCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("reconcile")
    .description("bring a repository's pull requests to what its specs ask for, once")
    .requiredOption("--repo <repository>", "a folder, a bare repository or an https URL")
    .option("--dry-run", "say what would be done and write nothing")
    .option("-q, --quiet", "print only what was done, not what stayed as it is")
    .addOption(outputOption("json"))
    .action(async (options: Options) => {
      const opened = await openWorld(shell, options.repo);
      try {
        const outcomes = options.dryRun === true ? await foresee(opened.world) : await reconcile(opened.world);
        if (options.output === "json") shell.out(`${JSON.stringify(outcomes, null, 2)}\n`);
        else printOutcomes(shell, outcomes, { quiet: options.quiet === true });
        exit(outcomes.some((outcome) => outcome.kind === "problem" || outcome.kind === "denied") ? 1 : 0);
      } finally {
        await opened.close();
      }
    });
}

async function foresee(world: Parameters<typeof stepsOf>[0]): Promise<readonly Outcome[]> {
  const situation = await stepsOf(world);
  const outcomes = [...situation.outcomes];
  for await (const step of situation.steps) outcomes.push(...foreseen(step));
  return outcomes.sort(byAgent);
}
