import { Command } from "commander";
import { alertsIn } from "../app/alert-files.ts";
import { committedLayout } from "../app/committed-layout.ts";
import { type ExitCode, OutsideError, type Shell } from "../app/shell.ts";
import type { ServerKind } from "../app/world/forges/remote-forge.ts";
import { openWorld } from "../app/world/open-world.ts";
import { createRemoteServices } from "../app/world/remote-services.ts";
import { PATH_HELP, repositoryFolder } from "../app/world/repository-folder.ts";
import { withinDeadline } from "../deadline/deadline.ts";
import type { Outcome } from "../domain/decision.ts";
import { foreseePass, reconcile } from "../reconcile/reconcile.ts";
import { forgeOption } from "./print/forge-option.ts";
import { outputOption } from "./print/output-option.ts";
import { printOutcomes } from "./print/print-outcomes.ts";

interface Options {
  readonly repo: string;
  readonly forge?: ServerKind;
  readonly path?: string;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly output?: "json";
  readonly alerts?: string;
}

/** Longest time of one pass, in milliseconds, so that a remote that hangs does not block a pipeline for ever. */
const LONGEST = 1_800_000;

/** `raos reconcile --repo R`: one pass over a repository; opens, updates and closes pull requests. */
export function reconcileCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("reconcile")
    .requiredOption("--repo <repository>", "a folder, a bare repository or an https URL")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .option(
      "--alerts <file>",
      "alerts to act on: a webhook payload of Alertmanager or Grafana, or what /api/v2/alerts answers; - reads standard input",
    )
    .option("--dry-run", "print what would be done, and write nothing")
    .option("-q, --quiet", "print only what was done, not what is up to date or waits for its verdict")
    .addOption(outputOption("json"))
    .action(async (options: Options) => {
      const folder = repositoryFolder(options.path);
      const reported =
        options.alerts === undefined ? undefined : { alerts: await alertsIn(shell, options.alerts), whole: false };
      const outside = createRemoteServices(shell, {
        wait: true,
        keep: {
          repository: folder === "" ? options.repo : `${options.repo}#${folder}`,
          warn: (fields, message) => shell.err(`raos: ${message} ${JSON.stringify(fields)}\n`),
        },
      });
      const opened = await openWorld(shell, options.repo, { services: outside, folder, server: options.forge });
      try {
        const outcomes = await withinDeadline(AbortSignal.timeout(LONGEST), () =>
          options.dryRun === true
            ? foreseePass(opened.world, reported)
            : reconcile(opened.world, reported, { signal: shell.signal, acting: shell.hold }),
        );
        const layout = outcomes.length === 0 ? await committedLayout(opened.world) : [];
        const whole: readonly Outcome[] =
          layout.length === 0 ? outcomes : [{ cause: "drift", agent: "*", kind: "problem", problems: layout }];
        if (options.output === "json") shell.out(`${JSON.stringify(whole, null, 2)}\n`);
        else printOutcomes(shell, whole, { quiet: options.quiet === true, isDryRun: options.dryRun === true });
        if (shell.signal.aborted)
          throw new OutsideError("stopped by a signal; what was being written is finished, run it again for the rest");
        if (whole.some(({ reason }) => reason === "deadline")) exit(3);
        else exit(whole.some(({ kind }) => kind === "problem" || kind === "denied") ? 1 : 0);
      } finally {
        await opened.close();
      }
    });
}
