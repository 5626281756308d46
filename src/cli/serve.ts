import { Command } from "commander";
import { servedFolders } from "../app/service/served-folders.ts";
import { runService } from "../app/service/service.ts";
import { type ExitCode, type Shell, UsageError } from "../app/shell.ts";
import type { ServerKind } from "../app/world/forges/remote-forge.ts";
import { PATH_HELP } from "../app/world/repository-folder.ts";
import { forgeOption } from "./print/forge-option.ts";

interface Options {
  readonly repo?: readonly string[];
  readonly forge?: ServerKind;
  readonly path?: readonly string[];
  readonly host: string;
  readonly port: string;
  readonly interval: string;
  readonly deadline: string;
  readonly grace: string;
  readonly logLevel: string;
}

/** `raos serve`: the bot as a service. */
export function serveCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("serve")
    .option(
      "--repo <repository...>",
      "only these: folders, bare repositories or https URLs; left out: every repository of the GitHub App, or those on Gitea that the token's account may push to",
    )
    .addOption(forgeOption())
    .option("--path <folder...>", `${PATH_HELP}; of one repository: owner/name=platform; each may be given once`)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 takes a free one", "3000")
    .option("--interval <duration>", "time between two rounds that read everything again, such as 30s or 10m", "10m")
    .option(
      "--deadline <duration>",
      "longest time of one pass over a repository; a longer one is ended and tried again later",
      "5m",
    )
    .option(
      "--grace <duration>",
      "time that a running pass has to end after SIGTERM; the next start does the rest",
      "25s",
    )
    .option("--log-level <level>", "debug, info, warn or error", "info")
    .action(async (options: Options) => {
      shell.hold();
      exit(
        await runService(shell, {
          repos: options.repo,
          server: options.forge,
          folders: servedFolders(options.path, options.repo),
          host: options.host,
          port: portOf(options.port),
          intervalMs: milliseconds(options.interval),
          deadlineMs: milliseconds(options.deadline),
          graceMs: milliseconds(options.grace),
          logLevel: options.logLevel,
        }),
      );
    });
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new UsageError(`"${text}" is no port`);
  return Number(text);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  if (amount === "" || amount === "0") throw new UsageError(`"${text}" is no duration; write 30s, 10m or 1h`);
  return Math.min(Number(amount) * (UNITS[unit] ?? 1000), 2_147_483_647);
}
