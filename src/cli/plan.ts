import { Command } from "commander";
import { diffText } from "../pr/diff-text.ts";
import { foreseen } from "../reconcile.ts";
import { startingOver } from "../start-over.ts";
import type { Step } from "../step.ts";
import { stepsOf } from "../steps.ts";
import { colourDiff } from "./colour-diff.ts";
import { folderWorld } from "./folder.ts";
import { openWorld } from "./open-world.ts";
import { outputOption } from "./output-option.ts";
import { printable, printProblems } from "./print-problems.ts";
import type { ExitCode, Shell } from "./shell.ts";

interface Options {
  readonly repo?: string;
  readonly quiet?: boolean;
  readonly output?: "json";
}

/** `raos plan [folder] | --repo R`: what each pull request would hold, and what would be done about it. Writes nothing. */
export function planCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("plan")
    .description("show what would be generated and changed, as a diff")
    .argument("[folder]", "folder of the repository; its working files, committed or not", ".")
    .option(
      "--repo <repository>",
      "read this repository's default branch instead: a folder, a bare repository or an https URL",
    )
    .option("-q, --quiet", "one line for each pull request, without the diff")
    .addOption(outputOption("json"))
    .action(async (folder: string, options: Options) => {
      const opened =
        options.repo === undefined ? await folderWorld(shell, folder) : await openWorld(shell, options.repo);
      try {
        const { situation, steps } = await startingOver(opened.world, async () => {
          const found = await stepsOf(opened.world, { unlimited: true });
          return { situation: found, steps: await Array.fromAsync(found.steps) };
        });
        const problems = situation.outcomes.flatMap((outcome) => outcome.problems ?? []);
        if (options.output === "json")
          shell.out(`${JSON.stringify({ pulls: steps.map(summary), problems }, null, 2)}\n`);
        else printPlan(shell, steps, problems, options);
        exit(problems.length === 0 ? 0 : 1);
      } finally {
        await opened.close();
      }
    });
}

function printPlan(
  shell: Shell,
  steps: readonly Step[],
  problems: Parameters<typeof printProblems>[1],
  options: Options,
): void {
  printProblems(shell, problems, "text");
  const real = steps.filter((step) => step.decision.kind !== "unchanged" || step.decision.reason !== "nothing-to-do");
  for (const step of real) {
    shell.out(`${headline(step)}\n`);
    if (options.quiet !== true) shell.out(colourDiff(diffText(step.changes?.files ?? []), shell.terminal));
  }
  if (real.length === 0) shell.out("nothing to change\n");
}

function headline(step: Step): string {
  const [outcome] = foreseen(step);
  const what = step.proposal?.title ?? step.agents.join(", ");
  const reason = outcome?.reason === undefined ? "" : ` (${outcome.reason})`;
  const pull = outcome?.pull === undefined ? "" : ` #${outcome.pull.number}`;
  return printable(`${DOES[step.decision.kind]}${pull}: ${what}${reason}`);
}

const DOES: Readonly<Record<Step["decision"]["kind"], string>> = {
  open: "would open",
  update: "would update",
  close: "would close",
  "hands-off": "left to its author",
  merge: "would merge",
  unchanged: "open, up to date",
  "open-issue": "opens an issue",
  "update-issue": "updates its issue",
  "close-issue": "closes its issue",
  "keep-issue": "keeps its issue",
  skip: "would skip",
};

/** One pull request as `--output json` prints it. */
function summary(step: Step) {
  const [outcome] = foreseen(step);
  return {
    cause: step.cause.kind,
    agents: step.agents,
    decision: step.decision.kind,
    ...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome?.pull === undefined ? {} : { pull: outcome.pull }),
    ...(step.proposal === undefined ? {} : { branch: step.proposal.branch, title: step.proposal.title }),
    verdict: step.verdict?.kind,
    files: (step.changes?.files ?? []).map((file) => ({
      path: file.path,
      change: file.before === undefined ? "add" : file.text === undefined ? "delete" : "modify",
      diff: diffText([file]),
    })),
  };
}
