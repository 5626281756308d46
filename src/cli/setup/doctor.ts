import { Command } from "commander";
import { examine } from "../../app/doctor/examine.ts";
import { servedFolders } from "../../app/service/served-folders.ts";
import type { ExitCode, Shell } from "../../app/shell.ts";
import { PATH_HELP } from "../../app/world/repository-folder.ts";
import { outputOption } from "../print/output-option.ts";
import { printFindings } from "../print/print-findings.ts";

interface Options {
  readonly repo?: string;
  readonly path?: readonly string[];
  readonly output?: "json";
}

/** `raos doctor`: what works, what does not, and how to mend it. */
export function doctorCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("doctor")
    .option(
      "--repo <repository>",
      "look at this repository: a folder, a bare repository or an https URL; left out: every repository of the GitHub App, or this folder",
    )
    .option("--path <folder...>", `${PATH_HELP}; of one repository: owner/name=platform; each may be given once`)
    .addOption(outputOption("json"))
    .action(async ({ repo, path, output }: Options) => {
      const findings = await examine(shell, repo, servedFolders(path, repo === undefined ? undefined : [repo]));
      if (output === "json") shell.out(`${JSON.stringify(findings, null, 2)}\n`);
      else printFindings(shell, findings);
      exit(findings.some(({ status }) => status === "failed") ? 1 : 0);
    });
}
