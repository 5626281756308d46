import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { copyShippedChart } from "../app/chart/shipped-chart.ts";
import { shippedFixtures } from "../app/package-root.ts";
import { type ExitCode, type Shell, UsageError } from "../app/shell.ts";
import { type Opened, openLocal } from "../app/world/open-world.ts";
import { createRemoteServices } from "../app/world/remote-services.ts";
import type { Alert } from "../domain/alert/alert.ts";
import { BRANCH_PREFIX } from "../domain/branch-name.ts";
import type { Outcome } from "../domain/decision.ts";
import type { LocalForge } from "../forge/local/forge.ts";
import { gitEnvironment, type ProcessEnvironment } from "../git/git-place.ts";
import { runBareGit } from "../git/run-git.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { type DemoShell, type GitAsPerson, MOVED_ON, pullOf, showAfterMerge } from "./demo/after-merge.ts";
import { showRequests } from "./demo/ask-for-agents.ts";
import { alertOf, demoAlerts } from "./demo/demo-alerts.ts";
import { demoEvidenceReader } from "./demo/demo-services.ts";
import { createNarrator, type Narrator } from "./print/narrate.ts";
import { printIssue } from "./print/print-issue.ts";
import { printOutcomes } from "./print/print-outcomes.ts";
import { printPull } from "./print/print-pull.ts";

/** The agent whose pull request is shown; below it, the spec that is broken and then repaired. */
const SHOWN = "support/triage";
const BROKEN = "agents/support/faq.yaml";

/** `raos demo [folder]`: the main job on a sample fleet, without an account, a key or a cluster. */
export function demoCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("demo")
    .argument("[folder]", "new folder for the repository; left out: a temporary one")
    .action(async (folder: string | undefined) => {
      const root = folder === undefined ? await mkdtemp(join(tmpdir(), "raos-demo-")) : resolve(shell.cwd, folder);
      const cache = await mkdtemp(join(tmpdir(), "raos-demo-cache-"));
      try {
        await runDemo({ ...shell, env: { ...shell.env, RAOS_CACHE: cache } }, root);
        exit(0);
      } finally {
        await rm(cache, { recursive: true, force: true });
      }
    });
}

async function runDemo(process: Shell, root: string): Promise<void> {
  // It ends now: nobody's repository holds commits of tomorrow.
  let ahead = -MOVED_ON * 60_000;
  const shell: DemoShell = {
    ...process,
    now: () => process.now() + ahead,
    wait(minutes) {
      ahead += minutes * 60_000;
    },
  };
  const fleet = join(shippedFixtures(), "fleet");
  const { say, step } = createNarrator(shell);
  step("A platform team keeps its agents in Git");
  await mkdir(root, { recursive: true });
  if ((await readdir(root)).length > 0) throw new UsageError(`${root} is not empty; name a new folder`);
  await cp(fleet, root, { recursive: true });
  await copyShippedChart(join(root, "charts", "agent"));
  const model = modelOf(shell.env);
  if (model !== undefined) await appendFile(join(root, "raos.yaml"), `  model: ${model}\n`);
  const git = gitAsPerson(shell, root);
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", ".");
  await git("commit", "--quiet", "--message=The agents of Meridian, an online retailer");
  say(`12 agents of 3 tenants for 2 environments, committed to ${root}`);

  const outside = { ...createRemoteServices(shell, { wait: true }), evidenceReader: demoEvidenceReader(shell.now) };
  const opened = await openLocal(shell, root, { services: outside });
  try {
    step("raos reconcile opens one pull request per agent");
    printOutcomes(shell, await reconcile(opened.world), { quiet: false });

    const shown = await pullOf(opened, `agent/${SHOWN}`);
    step(`The pull request of ${SHOWN}, as its reviewer reads it`);
    printPull(shell, shown, [], 40);

    step("A person merges it");
    say(`merged #${shown.number} as ${(await opened.forge.merge(shown)).slice(0, 12)}`);

    step("Somebody commits a broken spec; the other agents go on");
    const spec = join(root, BROKEN);
    const whole = await readFile(spec, "utf8");
    await writeFile(
      spec,
      whole
        .replace("scaling:", "scalling:")
        .replace(/^([ \t]*)spec:\n/m, "$1spec:\n  runtime: {resources: {limits: {memory: 2Gx}}}\n"),
    );
    await git("commit", "--quiet", "--all", "--message=More memory for the FAQ agent");
    printOutcomes(shell, await reconcile(opened.world), { quiet: true });

    step("It is repaired, and the rest is merged, in any order");
    await writeFile(spec, whole);
    await git("commit", "--quiet", "--all", "--message=Write the quantity as Kubernetes does");
    await reconcile(opened.world);
    const rest = (await opened.forge.list("open")).toReversed();
    for (const pull of rest) await opened.forge.merge(pull);
    say(`merged ${rest.map((pull) => `#${pull.number}`).join(", ")}`);

    step("raos reconcile, once more");
    const left = await reconcile(opened.world);
    if (left.length === 0) say("nothing is left to do");
    else printOutcomes(shell, left, { quiet: false });

    step(`Alertmanager reports: ${SHOWN} runs out of memory, and billing lacks a Secret`);
    const alerts = demoAlerts(shell.now());
    say("The alerts are those of the generated PrometheusRules; their numbers and log lines are made up.");
    printOutcomes(shell, ofAlerts(await reconcile(opened.world, { alerts, whole: false })), { quiet: false });

    step("The fix that a remedy worked out, with its evidence");
    printPull(shell, await pullOf(opened, `alert/${SHOWN}/production/out-of-memory`), [], 49);

    step("The same alerts again: nothing is opened twice");
    printOutcomes(shell, ofAlerts(await reconcile(opened.world, { alerts, whole: false })), { quiet: false });

    step("It is merged; the values that Flux deploys hold the fix, and the alerts end");
    const fix = await pullOf(opened, `alert/${SHOWN}/production/out-of-memory`);
    say(`merged #${fix.number} as ${(await opened.forge.merge(fix)).slice(0, 12)}`);
    say(limitsIn(await readFile(join(root, "deploy", "production", SHOWN, "values.yaml"), "utf8")));
    const ended = alerts.map((alert): Alert => ({ ...alert, status: "resolved", endsAt: shell.now() }));
    printOutcomes(shell, await reconcile(opened.world, { alerts: ended, whole: false }), { quiet: true });

    await showAfterMerge(shell, { opened, root, git }, { say, step });
    if (model !== undefined) await showSupervisor(shell, opened, { say, step });
    else {
      step("Where no remedy fits, a model can investigate");
      say("Set OPENAI_API_KEY, or OPENAI_BASE_URL of a compatible server, and run this again to see it.");
    }
    await showRequests(shell, { opened, root, git, hasModel: model !== undefined }, { say, step });
  } finally {
    await opened.close();
  }
  step("Go on from here");
  say(`The repository is in ${root}. Try:`);
  for (const line of nextCommands(root)) say(`  ${line}`);
}

/** Without the merged changes that wait for their verdict. */
function ofAlerts(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(({ reason }) => reason !== "verifying");
}

/** An alert without a remedy: the model investigates, and code limits what it may change. */
async function showSupervisor(shell: Shell, opened: Opened<LocalForge>, { say, step }: Narrator): Promise<void> {
  step("An alert without a remedy: the supervisor investigates");
  say(
    "It reads metrics, logs, objects and history; it may change what supervision.allowedPaths names, and nothing else.",
  );
  const alerts = [alertOf(shell.now(), "TicketsWaitTooLong", "tickets wait for minutes before they are routed")];
  printOutcomes(shell, await reconcile(opened.world, { alerts, whole: false }), { quiet: false });
  const branch = `${BRANCH_PREFIX}alert/${SHOWN}/production/unknown-alert`;
  const pull = (await opened.forge.list("open")).find((one) => one.branch === branch);
  const issue = (await opened.forge.listIssues()).find((one) => one.key === branch && one.state === "open");
  if (pull !== undefined) printPull(shell, pull, [], 40);
  else if (issue !== undefined) printIssue(shell, issue, 40);
}

/** The model to ask, as written in raos.yaml; most compatible servers only have the Chat API. */
function modelOf({
  OPENAI_API_KEY,
  OPENAI_BASE_URL,
  OPENAI_MODEL = "gpt-5-mini",
}: ProcessEnvironment): string | undefined {
  if ((OPENAI_API_KEY ?? "") === "" && (OPENAI_BASE_URL ?? "") === "") return undefined;
  return `{name: ${JSON.stringify(OPENAI_MODEL)}, api: ${OPENAI_BASE_URL === undefined ? "responses" : "chat"}}`;
}

function limitsIn(values: string): string {
  return /^ *resources: .*$/m.exec(values)?.[0].trim() ?? "";
}

/** Runs Git in the folder as a person, without the machine's configuration. */
function gitAsPerson({ env, now }: Shell, root: string): GitAsPerson {
  const who = { NAME: "Platform team", EMAIL: "platform@meridian-retail.example" };
  const own = Object.fromEntries(
    Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  );
  return async (...args) => {
    const at = `${Math.floor(now() / 1000)} +0000`;
    const times = { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
    await runBareGit({ ...gitEnvironment(env, "none"), ...own, ...times }, root, args);
  };
}

function nextCommands(root: string): readonly string[] {
  return [
    `npx raos pr list --repo ${root} --state all`,
    `npx raos issue list --repo ${root} --state all`,
    `npx raos compile ${root} --agent support/triage --explain`,
    `edit ${root}/agents/support/hello.yaml, then: npx raos plan ${root}`,
    `git -C ${root} commit -am "Change hello", then: npx raos reconcile --repo ${root}`,
    `npx raos init my-agents`,
  ];
}
