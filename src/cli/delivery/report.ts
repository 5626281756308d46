import { Command } from "commander";
import { readReport } from "../../app/report/read-report.ts";
import { type ExitCode, OutsideError, type Shell, UsageError } from "../../app/shell.ts";
import type { ServerKind } from "../../app/world/forges/remote-forge.ts";
import { openWorld } from "../../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../../app/world/repository-folder.ts";
import { millisecondsOf } from "../../domain/values/duration.ts";
import { reportMarkdown } from "../../pr/record/report-text.ts";
import { forgeOption } from "../print/forge-option.ts";
import { outputOption } from "../print/output-option.ts";

interface Options {
  readonly repo: string;
  readonly path?: string;
  readonly forge?: ServerKind;
  readonly since: string;
  readonly output?: "json" | "markdown";
}

/** `raos report --repo R`: how often, how fast and how well changes were delivered, from Git and the forge. Writes nothing. */
export function reportCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("report")
    .option("--repo <repository>", "a folder, a bare repository or an https URL", ".")
    .addOption(forgeOption())
    .option("--path <folder>", PATH_HELP)
    .option("--since <duration>", "how far back: 12h, 7d, 4w; at most 32d", "30d")
    .addOption(outputOption("json", "markdown"))
    .action(async (options: Options) => {
      if (!/^([1-9]\d{0,6}[mhdw])+$/.test(options.since))
        throw new UsageError(`--since ${options.since} is no duration; write 12h, 7d or 4w`);
      const opened = await openWorld(shell, options.repo, {
        folder: repositoryFolder(options.path),
        server: options.forge,
      });
      try {
        const report = await readReport(opened.world, shell.now() - millisecondsOf(options.since));
        if (report === undefined)
          throw new OutsideError(
            "there are more pull requests in this time than can be listed; ask for a shorter --since",
          );
        shell.out(options.output === "json" ? `${JSON.stringify(report, null, 2)}\n` : reportMarkdown(report));
        exit(0);
      } finally {
        await opened.close();
      }
    });
}
