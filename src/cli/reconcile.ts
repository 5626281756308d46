import { Command } from "commander";
import { withinDeadline } from "../deadline/deadline.ts";
import type { Outcome } from "../domain/change.ts";
import type { Reported } from "../incidents/desk.ts";
import { byAgent, foreseen, reconcile } from "../reconcile.ts";
import { startingOver } from "../start-over.ts";
import { stepsOf } from "../steps.ts";
import type { World } from "../world.ts";
import { alertsIn } from "./alerts-in.ts";
import { openWorld } from "./open-world.ts";
import { outputOption } from "./output-option.ts";
import { outsideOf } from "./outside.ts";
import { printOutcomes } from "./print-outcomes.ts";
import { type ExitCode, OutsideError, type Shell } from "./shell.ts";

interface Options {
  readonly repo: string;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly output?: "json";
  readonly alerts?: string;
}

/** Longest time one pass may take, milliseconds: a remote that hangs does not hold up a pipeline for ever. */
const LONGEST = 1_800_000;

/** `raos reconcile --repo R`: one pass over a repository; opens, updates and closes pull requests. */
export function reconcileCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("reconcile")
    .description("bring a repository's pull requests to what its specs ask for, once")
    .requiredOption("--repo <repository>", "a folder, a bare repository or an https URL")
    .option(
      "--alerts <file>",
      "alerts to act on: a webhook payload of Alertmanager or Grafana, or what /api/v2/alerts answers; - reads standard input",
    )
    .option("--dry-run", "say what would be done and write nothing")
    .option("-q, --quiet", "print only what was done, not what stayed as it is")
    .addOption(outputOption("json"))
    .action(async (options: Options) => {
      const reported =
        options.alerts === undefined ? undefined : { alerts: await alertsIn(shell, options.alerts), whole: false };
      const outside = outsideOf(shell, { wait: true, silent: options.dryRun === true });
      const opened = await openWorld(shell, options.repo, { outside });
      try {
        const outcomes = await withinDeadline(AbortSignal.timeout(LONGEST), () =>
          options.dryRun === true
            ? foresee(opened.world, reported)
            : reconcile(opened.world, reported, { signal: shell.signal, acting: shell.hold }),
        );
        if (options.output === "json") shell.out(`${JSON.stringify(outcomes, null, 2)}\n`);
        else printOutcomes(shell, outcomes, { quiet: options.quiet === true });
        if (shell.signal.aborted)
          throw new OutsideError("stopped by a signal; what was being written is finished, run it again for the rest");
        if (outcomes.some(({ reason }) => reason === "deadline")) exit(3);
        else exit(outcomes.some(({ kind }) => kind === "problem" || kind === "denied") ? 1 : 0);
      } finally {
        await opened.close();
      }
    });
}

function foresee(world: World, reported: Reported | undefined): Promise<readonly Outcome[]> {
  return startingOver(world, () => foreseeOnce(world, reported));
}

async function foreseeOnce(world: World, reported: Reported | undefined): Promise<readonly Outcome[]> {
  const situation = await stepsOf(world, reported === undefined ? {} : { reported });
  const outcomes = [...situation.outcomes];
  for await (const step of situation.steps) outcomes.push(...foreseen(step));
  return outcomes.sort(byAgent);
}
