import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import type { Alert } from "../domain/alert.ts";
import type { LocalForge } from "../forge/local.ts";
import { gitEnvironment, type Outside } from "../git/git-place.ts";
import { runBareGit } from "../git/run-git.ts";
import { reconcile } from "../reconcile.ts";
import { alertOf, demoAlerts } from "./demo-alerts.ts";
import { demoObservatory } from "./demo-outside.ts";
import { type Opened, openLocal } from "./open-world.ts";
import { outsideOf } from "./outside.ts";
import { shipped } from "./package-root.ts";
import { printIssue } from "./print-issue.ts";
import { printOutcomes } from "./print-outcomes.ts";
import { printPull } from "./print-pull.ts";
import { type ExitCode, type Shell, UsageError } from "./shell.ts";
import { type Story, story } from "./story.ts";

/** The agent whose pull request is shown, and the spec that is broken and mended. */
const SHOWN = "support/triage";
const BROKEN = "agents/support/faq.yaml";

/** `raos demo [folder]`: the main job on a fleet of its own, without an account, a key or a cluster. */
export function demoCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("demo")
    .description("see the main job on a realistic fleet in a new repository; needs no account, key or cluster")
    .argument("[folder]", "new folder for the repository; left out: a temporary one")
    .action(async (folder: string | undefined) => {
      const root = folder === undefined ? await mkdtemp(join(tmpdir(), "raos-demo-")) : resolve(shell.cwd, folder);
      const cache = await mkdtemp(join(tmpdir(), "raos-demo-cache-"));
      try {
        await tell({ ...shell, env: { ...shell.env, RAOS_CACHE: cache } }, root);
        exit(0);
      } finally {
        await rm(cache, { recursive: true, force: true });
      }
    });
}

async function tell(shell: Shell, root: string): Promise<void> {
  const { say, step } = story(shell);
  step("A platform team keeps its agents in Git");
  await mkdir(root, { recursive: true });
  if ((await readdir(root)).length > 0) throw new UsageError(`${root} is not empty; name a new folder`);
  await cp(shipped("fixtures", "fleet"), root, { recursive: true });
  await cp(shipped("charts", "agent"), join(root, "charts", "agent"), { recursive: true });
  const model = modelOf(shell.env);
  if (model !== undefined) await appendFile(join(root, "raos.yaml"), `  model: ${model}\n`);
  const git = person(shell.env, root);
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", ".");
  await git("commit", "--quiet", "--message=The agents of Meridian, an online retailer");
  say(`12 agents of 3 tenants for 2 environments, committed to ${root}`);

  const outside = { ...outsideOf(shell, { wait: true }), observe: demoObservatory(shell.now) };
  const opened = await openLocal(shell, root, { outside });
  try {
    step("raos reconcile opens one pull request per agent");
    printOutcomes(shell, await reconcile(opened.world), { quiet: false });

    const shown = await pullOf(opened, `agent/${SHOWN}`);
    step(`The pull request of ${SHOWN}, as its reviewer reads it`);
    printPull(shell, shown, [], 40);

    step("A person merges it");
    say(`merged #${shown.number} as ${(await opened.forge.merge(shown)).slice(0, 12)}`);

    step("Somebody commits a broken spec; it holds nobody else up");
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

    step("It is mended, and the rest is merged, in any order");
    await writeFile(spec, whole);
    await git("commit", "--quiet", "--all", "--message=Write the quantity as Kubernetes does");
    await reconcile(opened.world);
    const rest = (await opened.forge.list("open")).toReversed();
    for (const pull of rest) await opened.forge.merge(pull);
    say(`merged ${rest.map((pull) => `#${pull.number}`).join(", ")}`);

    step("raos reconcile, once more");
    const left = await reconcile(opened.world);
    if (left.length === 0) say("nothing is left to do: the tree is a fixed point");
    else printOutcomes(shell, left, { quiet: false });

    step(`${SHOWN} is killed for its memory, billing lacks a Secret, and Alertmanager says so`);
    const alerts = demoAlerts(shell.now());
    say("The alerts are those of the generated PrometheusRules; their numbers and log lines are made up.");
    printOutcomes(shell, await reconcile(opened.world, { alerts, whole: false }), { quiet: false });

    step("The fix that rules worked out, with its evidence");
    printPull(shell, await pullOf(opened, `alert/${SHOWN}/production/out-of-memory`), [], 49);

    step("The same alerts again: nothing is opened twice");
    printOutcomes(shell, await reconcile(opened.world, { alerts, whole: false }), { quiet: false });

    step("It is merged; the values that Flux deploys hold the fix, and the alerts end");
    const fix = await pullOf(opened, `alert/${SHOWN}/production/out-of-memory`);
    say(`merged #${fix.number} as ${(await opened.forge.merge(fix)).slice(0, 12)}`);
    say(limitsIn(await readFile(join(root, "deploy", "production", SHOWN, "values.yaml"), "utf8")));
    const ended = alerts.map((alert): Alert => ({ ...alert, status: "resolved", endsAt: shell.now() }));
    printOutcomes(shell, await reconcile(opened.world, { alerts: ended, whole: false }), { quiet: true });

    if (model !== undefined) await tellOfSupervisor(shell, opened, { say, step });
    else {
      step("Where no rule fits, a model may look into it");
      say("Set OPENAI_API_KEY, or OPENAI_BASE_URL of a compatible server, and run this again to see it.");
    }
  } finally {
    await opened.close();
  }
  step("Go on from here");
  say(`The repository lies in ${root}. Try:`);
  for (const line of next(root)) say(`  ${line}`);
}

/** The alert that no remedy answers: the model looks into it, and code bounds what it may change. */
async function tellOfSupervisor(shell: Shell, opened: Opened<LocalForge>, { say, step }: Story): Promise<void> {
  step("An alert that no rule answers: the supervisor looks into it");
  say(
    "It reads metrics, logs, objects and history; it may change what supervision.allowedPaths names, and nothing else.",
  );
  const alerts = [alertOf(shell.now(), "TicketsWaitTooLong", "tickets wait for minutes before they are routed")];
  printOutcomes(shell, await reconcile(opened.world, { alerts, whole: false }), { quiet: false });
  const branch = `raos/alert/${SHOWN}/production/unknown-alert`;
  const pull = (await opened.forge.list("open")).find((one) => one.branch === branch);
  const issue = (await opened.forge.listIssues()).find((one) => one.key === branch && one.state === "open");
  if (pull !== undefined) printPull(shell, pull, [], 40);
  else if (issue !== undefined) printIssue(shell, issue, 40);
}

/** The model to ask, as raos.yaml has it; compatible servers mostly know the Chat API alone. */
function modelOf({ OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL = "gpt-5-mini" }: Outside): string | undefined {
  if ((OPENAI_API_KEY ?? "") === "" && (OPENAI_BASE_URL ?? "") === "") return undefined;
  return `{name: ${JSON.stringify(OPENAI_MODEL)}, api: ${OPENAI_BASE_URL === undefined ? "responses" : "chat"}}`;
}

function limitsIn(values: string): string {
  return /^ *resources: .*$/m.exec(values)?.[0].trim() ?? "";
}

/** Runs Git in the folder as a person, with nothing of the machine's configuration. */
function person(env: Outside, root: string): (...args: readonly string[]) => Promise<void> {
  const who = { NAME: "Platform team", EMAIL: "platform@meridian-retail.example" };
  const own = Object.fromEntries(
    Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  );
  return async (...args) => {
    await runBareGit({ ...gitEnvironment(env, "none"), ...own }, root, args);
  };
}

async function pullOf(opened: Opened<LocalForge>, branch: string) {
  const pulls = await opened.forge.list("open");
  const pull = pulls.find((one) => one.branch === `raos/${branch}`) ?? pulls[0];
  if (pull === undefined) throw new RangeError(`no pull request lies on ${branch}`);
  return pull;
}

function next(root: string): readonly string[] {
  return [
    `npx raos pr list --repo ${root} --state all`,
    `npx raos issue list --repo ${root} --state all`,
    `npx raos compile ${root} --agent support/triage --explain`,
    `edit ${root}/agents/support/hello.yaml, then: npx raos plan ${root}`,
    `git -C ${root} commit -am "Change hello", then: npx raos reconcile --repo ${root}`,
    `npx raos init my-agents`,
  ];
}
