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
import type { Config } from "../domain/kinds/kinds.ts";
import type { LocalForge } from "../forge/local/forge.ts";
import { gitEnvironment, type ProcessEnvironment } from "../git/git-place.ts";
import { runBareGit } from "../git/run-git.ts";
import { withoutComments } from "../pr/html-comments.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { alertOf, demoAlerts } from "./demo/demo-alerts.ts";
import { createDemoCluster } from "./demo/demo-cluster.ts";
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

const MINUTE = 60_000;
/** Minutes: how long ago the first pull requests were merged, and until a change is looked at. */
const A_DAY = 24 * 60;
const A_LOOK = 40;

/** The process, with a clock that the demonstration moves on. */
interface DemoShell extends Shell {
  wait(minutes: number): void;
}

async function runDemo(process: Shell, root: string): Promise<void> {
  // It ends now: nobody's repository holds commits of tomorrow.
  let ahead = -(A_DAY + A_LOOK) * MINUTE;
  const shell: DemoShell = {
    ...process,
    now: () => process.now() + ahead,
    wait(minutes) {
      ahead += minutes * MINUTE;
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
    printOutcomes(shell, await reconcile(opened.world, { alerts, whole: false }), { quiet: false });

    step("The fix that a remedy worked out, with its evidence");
    printPull(shell, await pullOf(opened, `alert/${SHOWN}/production/out-of-memory`), [], 49);

    step("The same alerts again: nothing is opened twice");
    printOutcomes(shell, await reconcile(opened.world, { alerts, whole: false }), { quiet: false });

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
  } finally {
    await opened.close();
  }
  step("Go on from here");
  say(`The repository is in ${root}. Try:`);
  for (const line of nextCommands(root)) say(`  ${line}`);
}

type GitAsPerson = (...args: readonly string[]) => Promise<void>;

/** The agents that the simulated clusters run. */
const RUNNING = [SHOWN, "support/faq"] as const;

/** What became of what was merged: verified; then a bad change, and the pull request that takes it back. */
async function showAfterMerge(
  shell: DemoShell,
  { opened, root, git }: { readonly opened: Opened<LocalForge>; readonly root: string; readonly git: GitAsPerson },
  { say, step }: Narrator,
): Promise<void> {
  const cluster = createDemoCluster(root, RUNNING, shell.now);
  const world = {
    ...opened.world,
    hasCluster: () => true,
    readCluster: async (_: Config, name: string) => cluster.read(name),
  };
  const apply = async (failing?: string) => cluster.apply((await opened.forge.defaultBranch()).sha ?? "", failing);
  const merge = async (branch: string) => {
    const pull = await pullOf(opened, branch);
    await opened.forge.merge(pull);
    say(`merged #${pull.number} ${pull.title}`);
    return pull.number;
  };
  const about = (number: number, outcomes: readonly Outcome[]) =>
    outcomes.filter(({ cause, pull }) => cause !== "rollout" || pull?.number === number);
  const tell = async (number: number) => {
    const [comment] = (await opened.forge.comments(number)).slice(-1);
    // Without Markdown's escapes and HTML, which a terminal would show.
    const lines = withoutComments(comment?.body ?? "")
      .replaceAll("\\", "")
      .split(/\n+/)
      .filter((line) => !line.startsWith("<"));
    for (const line of lines.slice(0, 18)) say(line);
  };

  step("After the merge: two clusters, simulated in this process, deploy it");
  await apply();
  // What was merged together is told apart by nobody; a day later it is long ago.
  shell.wait(A_DAY);
  await git("commit", "--quiet", "--allow-empty", "--message=A day later");
  await reconcile(world);
  const spec = join(root, `agents/${SHOWN}.yaml`);
  await writeFile(spec, (await readFile(spec, "utf8")).replace("version: 1.2.0", "version: 1.2.1"));
  await git("commit", "--quiet", "--all", "--message=Triage 1.2.1");
  await reconcile(world);
  const good = await merge(`agent/${SHOWN}`);
  await apply();
  printOutcomes(shell, about(good, await reconcile(world)), { quiet: true });

  step("Forty minutes later it is compared with the time before, once");
  shell.wait(A_LOOK);
  printOutcomes(shell, about(good, await reconcile(world)), { quiet: true });
  await tell(good);

  step("Somebody merges an image that does not exist");
  const broken = join(root, BROKEN);
  await writeFile(
    broken,
    (await readFile(broken, "utf8")).replace(
      /^spec:\n/m,
      "spec:\n  runtime: {image: ghcr.io/meridian-retail/support/faq:9.9.9}\n",
    ),
  );
  await git("commit", "--quiet", "--all", "--message=The newest FAQ agent");
  await reconcile(world);
  const bad = await merge("agent/support/faq");
  await apply("support/faq");
  printOutcomes(shell, about(bad, await reconcile(world)), { quiet: true });
  await tell(bad);

  step("The pull request that takes it back is merged, and what ran before runs again");
  await merge(`regression/${bad}`);
  await apply();
  const back = await reconcile(world);
  printOutcomes(
    shell,
    back.filter(({ pull }) => pull?.branch === `${BRANCH_PREFIX}regression/${bad}`),
    { quiet: true },
  );
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

async function pullOf(opened: Opened<LocalForge>, branch: string) {
  const pulls = await opened.forge.list("open");
  const pull = pulls.find((one) => one.branch === `${BRANCH_PREFIX}${branch}`) ?? pulls[0];
  if (pull === undefined) throw new RangeError(`there is no pull request of ${branch}`);
  return pull;
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
