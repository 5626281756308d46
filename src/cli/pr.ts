import { Command, InvalidArgumentError } from "commander";
import type { StandingPull } from "../domain/change.ts";
import type { LocalForge } from "../forge/local.ts";
import { colourDiff } from "./colour-diff.ts";
import { openLocal } from "./open-world.ts";
import { outputOption } from "./output-option.ts";
import { printable } from "./print-problems.ts";
import { printPull } from "./print-pull.ts";
import { type ExitCode, OutsideError, type Shell, UsageError } from "./shell.ts";

interface Where {
  readonly repo: string;
}

/** `raos pr list|show|diff|merge|close`: the pull requests of the local forge. */
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
  return new Command("pr")
    .description("work with the pull requests that lie in a repository on disk")
    .addCommand(
      subcommand("list", "list pull requests")
        .option("--state <state>", "open, closed, merged or all", "open")
        .addOption(outputOption("json"))
        .action((options: Where & { readonly state: string; readonly output?: "json" }) =>
          within(options, async (forge) => {
            const state = STATES.find((known) => known === options.state);
            if (state === undefined) throw new UsageError(`--state is one of ${STATES.join(", ")}`);
            const pulls = await forge.list(state);
            shell.out(options.output === "json" ? `${JSON.stringify(pulls.map(shown), null, 2)}\n` : table(pulls));
          }),
        ),
    )
    .addCommand(
      subcommand("show", "show one as its reviewer reads it")
        .argument("<number>", "number of the pull request", number)
        .addOption(outputOption("json"))
        .action((which: number, options: Where & { readonly output?: "json" }) =>
          within(options, async (forge) => {
            const pull = await one(forge, which);
            const comments = await forge.comments(which);
            if (options.output === "json") shell.out(`${JSON.stringify({ ...shown(pull), comments }, null, 2)}\n`);
            else printPull(shell, pull, comments);
          }),
        ),
    )
    .addCommand(
      subcommand("diff", "show what one changes")
        .argument("<number>", "number of the pull request", number)
        .action((which: number, options: Where) =>
          within(options, async (forge) => {
            await one(forge, which);
            shell.out(colourDiff(await forge.diff(which), shell.terminal));
          }),
        ),
    )
    .addCommand(
      subcommand("merge", "merge pull requests into the default branch")
        .argument("<number...>", "numbers of the pull requests", numbers)
        .action((which: readonly number[], options: Where) =>
          within(options, async (forge) => {
            shell.hold();
            for (const each of which) {
              if (shell.signal.aborted) throw new OutsideError(`stopped before #${each}`);
              const sha = await forge.merge(await one(forge, each));
              shell.out(`merged #${each} as ${sha.slice(0, 12)}\n`);
            }
          }),
        ),
    )
    .addCommand(
      subcommand("close", "close pull requests: a no until their content changes")
        .argument("<number...>", "numbers of the pull requests", numbers)
        .action((which: readonly number[], options: Where) =>
          within(options, async (forge) => {
            shell.hold();
            for (const each of which) {
              if (shell.signal.aborted) throw new OutsideError(`stopped before #${each}`);
              await forge.closeAsPerson(await one(forge, each));
              shell.out(`closed #${each}\n`);
            }
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

function number(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("it is the number of a pull request, such as 1.");
  return Number(text);
}

function numbers(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, number(text)];
}

async function one(forge: LocalForge, which: number): Promise<StandingPull> {
  const pull = await forge.pull(which);
  if (pull === undefined)
    throw new UsageError(`there is no pull request #${which}; raos pr list --state all lists them`);
  return pull;
}

function shown({ number, title, body, branch, base, head, state, labels, url }: StandingPull) {
  return { number, title, body, branch, base, head, state, labels, url };
}

function table(pulls: readonly StandingPull[]): string {
  if (pulls.length === 0) return "no pull requests\n";
  return pulls
    .map((pull) => printable(`#${String(pull.number).padEnd(5)} ${pull.state.padEnd(6)}  ${pull.title}`))
    .map((line) => `${line}\n`)
    .join("");
}
