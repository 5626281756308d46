import { Command, InvalidArgumentError } from "commander";
import { type ExitCode, OutsideError, type Shell, UsageError } from "../app/shell.ts";
import type { ServerKind } from "../app/world/forges/remote-forge.ts";
import { openLocal } from "../app/world/open-world.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { LocalForge } from "../forge/local/forge.ts";
import { adoptPulls } from "./adopt.ts";
import { colourDiff } from "./print/colour-diff.ts";
import { forgeOption } from "./print/forge-option.ts";
import { outputOption } from "./print/output-option.ts";
import { printable } from "./print/print-problems.ts";
import { printPull } from "./print/print-pull.ts";
import { revertPulls } from "./pulls/revert.ts";

interface Where {
  readonly repo: string;
}

/** `raos pr list|show|diff|merge|close|adopt|revert|reopen`: those of the local forge; `adopt` and `revert` know servers, too. */
export function prCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  const within = async (where: Where, work: (forge: LocalForge) => Promise<void>) => {
    const opened = await openLocal(shell, where.repo);
    try {
      await work(opened.forge);
      exit(0);
    } finally {
      await opened.close();
    }
  };
  /** Changes pull requests in turn, and prints what is said of each; a signal ends it between two. */
  const oneByOne = (
    where: Where,
    numbers: readonly number[],
    change: (forge: LocalForge, pull: PullRequest) => Promise<string>,
  ) =>
    within(where, async (forge) => {
      shell.hold();
      for (const number of numbers) {
        if (shell.signal.aborted) throw new OutsideError(`stopped before #${number}`);
        shell.out(`${await change(forge, await findPull(forge, number))}\n`);
      }
    });
  return new Command("pr")
    .addCommand(
      subcommand("list", "list pull requests")
        .option("--state <state>", "open, closed, merged or all", "open")
        .addOption(outputOption("json"))
        .action((options: Where & { readonly state: string; readonly output?: "json" }) =>
          within(options, async (forge) => {
            const state = STATES.find((known) => known === options.state);
            if (state === undefined) throw new UsageError(`--state is one of ${STATES.join(", ")}`);
            const pulls = await forge.list(state);
            shell.out(options.output === "json" ? `${JSON.stringify(pulls.map(jsonOfPull), null, 2)}\n` : table(pulls));
          }),
        ),
    )
    .addCommand(
      subcommand("show", "show one as its reviewer reads it")
        .argument("<number>", "number of the pull request", numberOf)
        .addOption(outputOption("json"))
        .action((which: number, options: Where & { readonly output?: "json" }) =>
          within(options, async (forge) => {
            const pull = await findPull(forge, which);
            const comments = await forge.comments(which);
            if (options.output === "json") shell.out(`${JSON.stringify({ ...jsonOfPull(pull), comments }, null, 2)}\n`);
            else printPull(shell, pull, comments);
          }),
        ),
    )
    .addCommand(
      subcommand("diff", "show what one changes")
        .argument("<number>", "number of the pull request", numberOf)
        .action((which: number, options: Where) =>
          within(options, async (forge) => {
            await findPull(forge, which);
            shell.out(colourDiff(await forge.diff(which), shell.terminal));
          }),
        ),
    )
    .addCommand(
      subcommand("merge", "merge pull requests into the default branch")
        .argument("<number...>", "numbers of the pull requests", numbersOf)
        .action((which: readonly number[], options: Where) =>
          oneByOne(options, which, async (forge, pull) => {
            const sha = await forge.merge(pull);
            return `merged #${pull.number} as ${sha.slice(0, 12)}`;
          }),
        ),
    )
    .addCommand(
      subcommand("close", "close pull requests; each stays closed until its content changes")
        .argument("<number...>", "numbers of the pull requests", numbersOf)
        .action((which: readonly number[], options: Where) =>
          oneByOne(options, which, async (forge, pull) => {
            await forge.closeAsPerson(pull);
            return `closed #${pull.number}`;
          }),
        ),
    )
    .addCommand(
      new Command("adopt")
        .description("take pull requests over that hold others' commits, or that another account opened")
        .argument("<number...>", "numbers of the pull requests", numbersOf)
        .requiredOption("--repo <repository>", "a folder, a bare repository or an https URL")
        .addOption(forgeOption())
        .action(async (which: readonly number[], options: Where & { readonly forge?: ServerKind }) => {
          await adoptPulls(shell, options.repo, which, options.forge);
          exit(0);
        }),
    )
    .addCommand(
      new Command("revert")
        .description("open pull requests that take back what merged ones of RAOS changed")
        .argument("<number...>", "numbers of the merged pull requests", numbersOf)
        .requiredOption("--repo <repository>", "a folder, a bare repository or an https URL")
        .addOption(forgeOption())
        .action(async (which: readonly number[], options: Where & { readonly forge?: ServerKind }) => {
          await revertPulls(shell, options.repo, which, options.forge);
          exit(0);
        }),
    )
    .addCommand(
      subcommand("reopen", "open closed pull requests again, with the commits that they had")
        .argument("<number...>", "numbers of the pull requests", numbersOf)
        .action((which: readonly number[], options: Where) =>
          oneByOne(options, which, async (forge, pull) => {
            await forge.reopen(pull);
            return `reopened #${pull.number}`;
          }),
        ),
    );
}

const STATES = ["open", "closed", "merged", "all"] as const;

function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption("--repo <repository>", "a folder or a bare repository");
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("it is the number of a pull request, such as 1.");
  return Number(text);
}

function numbersOf(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, numberOf(text)];
}

async function findPull(forge: LocalForge, which: number): Promise<PullRequest> {
  const pull = await forge.pull(which);
  if (pull === undefined)
    throw new UsageError(`there is no pull request #${which}; raos pr list --state all lists them`);
  return pull;
}

function jsonOfPull({ number, title, body, branch, base, head, state, labels, url }: PullRequest) {
  return { number, title, body, branch, base, head, state, labels, url };
}

function table(pulls: readonly PullRequest[]): string {
  if (pulls.length === 0) return "no pull requests\n";
  return pulls
    .map((pull) => printable(`#${String(pull.number).padEnd(5)} ${pull.state.padEnd(6)}  ${pull.title}`))
    .map((line) => `${line}\n`)
    .join("");
}
