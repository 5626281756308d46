import { Command } from "commander";
import { committedLayout } from "../app/committed-layout.ts";
import { type ExitCode, type Shell, UsageError } from "../app/shell.ts";
import { folderWorld } from "../app/world/folder.ts";
import type { ServerKind } from "../app/world/forges/remote-forge.ts";
import { openWorld } from "../app/world/open-world.ts";
import { PATH_HELP, repositoryFolder } from "../app/world/repository-folder.ts";
import { CHART_COPIES } from "../domain/deployed/deploy-path.ts";
import type { Step } from "../pass/step.ts";
import { diffText } from "../pr/body/diff-text.ts";
import { filesToShow } from "../pr/caution/chart-copies.ts";
import { planSummaryOf } from "../reconcile/decisions.ts";
import { denialProblems, violationsOf } from "../reconcile/denials.ts";
import { foreseenOutcomes } from "../reconcile/outcomes.ts";
import { planSteps } from "../reconcile/plan-steps.ts";
import { startingOver } from "../reconcile/start-over.ts";
import { groupProblems } from "../spec/problems/group-problems.ts";
import { colourDiff } from "./print/colour-diff.ts";
import { forgeOption } from "./print/forge-option.ts";
import { organisationOption } from "./print/organisation-option.ts";
import { outputOption } from "./print/output-option.ts";
import { printable, printProblems, printWarnings } from "./print/print-problems.ts";

interface Options {
  readonly organisationConfig?: string;
  readonly repo?: string;
  readonly forge?: ServerKind;
  readonly path?: string;
  readonly quiet?: boolean;
  readonly output?: "json";
}

/** `raos plan [folder] | --repo R`: the diff of each pull request, and what would be done with it. Writes nothing. */
export function planCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("plan")
    .argument("[folder]", "folder of the repository; its working files, committed or not", ".")
    .option(
      "--repo <repository>",
      "read this repository's default branch instead: a folder, a bare repository or an https URL",
    )
    .addOption(forgeOption())
    .option("--path <folder>", `with --repo: ${PATH_HELP}`)
    .addOption(organisationOption())
    .option("-q, --quiet", "one line for each pull request, without the diff")
    .addOption(outputOption("json"))
    .action(async (folder: string, options: Options) => {
      if (options.path !== undefined && options.repo === undefined)
        throw new UsageError("--path is for --repo; of a working folder, name the folder itself");
      const { layout, warnings, ...opened } =
        options.repo === undefined
          ? await folderWorld(shell, folder, options.organisationConfig)
          : { ...(await openCommitted(shell, options.repo, options)), warnings: [] };
      try {
        const { planned, steps } = await startingOver(opened.world, async () => {
          const found = await planSteps(opened.world, { isUnlimited: true, isDryRun: true });
          return { planned: found, steps: await Array.fromAsync(found.steps) };
        });
        printWarnings(shell, warnings);
        const problems = groupProblems([
          ...layout,
          ...planned.outcomes.flatMap((outcome) => outcome.problems ?? []),
          ...steps.flatMap((step) => denialProblems(step, planned.pathOf)),
        ]);
        if (options.output === "json")
          shell.out(`${JSON.stringify({ pulls: steps.map(summary), problems }, null, 2)}\n`);
        else printPlan(shell, steps, problems, options);
        exit(problems.length === 0 ? 0 : 1);
      } finally {
        await opened.close();
      }
    });
}

/** A repository's default branch, and what is wrong with it as a whole. */
async function openCommitted(shell: Shell, repo: string, { path, forge }: Options) {
  const opened = await openWorld(shell, repo, { folder: repositoryFolder(path), server: forge });
  return { ...opened, layout: await committedLayout(opened.world) };
}

function printPlan(
  shell: Shell,
  steps: readonly Step[],
  problems: Parameters<typeof printProblems>[1],
  options: Options,
): void {
  printProblems(shell, problems, "text");
  const real = steps.filter((step) => isDenied(step) || !isNothing(step));
  for (const step of real) {
    shell.out(`${headline(step)}\n`);
    if (options.quiet === true) continue;
    const files = step.changes?.files ?? [];
    const shown = filesToShow(files);
    shell.out(colourDiff(diffText(shown), shell.terminal));
    if (shown.length < files.length)
      shell.out(`(not shown: ${files.length - shown.length} files of copies of the chart, below ${CHART_COPIES}/)\n`);
  }
  if (real.length === 0) shell.out("nothing to change\n");
}

function isNothing({ decision }: Step): boolean {
  return decision.kind === "unchanged" && decision.reason === "nothing-to-do";
}

function isDenied(step: Step): boolean {
  return violationsOf(step).length > 0;
}

function headline(step: Step): string {
  const [outcome] = foreseenOutcomes(step);
  if (isDenied(step) && isNothing(step))
    return printable(`denied by the guardrails: ${step.proposal?.title ?? step.agents.join(", ")}`);
  const what = step.proposal?.title ?? step.agents.join(", ");
  const reason = outcome?.reason === undefined ? "" : ` (${outcome.reason})`;
  const pull = outcome?.pull === undefined ? "" : ` #${outcome.pull.number}`;
  return printable(`${planSummaryOf(step.decision)}${pull}: ${what}${reason}`);
}

/** One pull request as `--output json` prints it. */
function summary(step: Step) {
  const [outcome] = foreseenOutcomes(step);
  return {
    cause: step.cause.kind,
    agents: step.agents,
    decision: isDenied(step) && isNothing(step) ? "denied" : step.decision.kind,
    ...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome?.pull === undefined ? {} : { pull: outcome.pull }),
    ...(step.proposal === undefined ? {} : { branch: step.proposal.branch, title: step.proposal.title }),
    verdict: step.verdict?.kind,
    ...(isDenied(step) ? { violations: violationsOf(step) } : {}),
    files: (step.changes?.files ?? []).map((file) => ({
      path: file.path,
      change: file.before === undefined ? "add" : file.text === undefined ? "delete" : "modify",
      diff: diffText([file]),
    })),
  };
}
