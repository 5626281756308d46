import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import type { LocalForge } from "../forge/local.ts";
import { gitEnvironment, type Outside } from "../git/git-place.ts";
import { runBareGit } from "../git/run-git.ts";
import { reconcile } from "../reconcile.ts";
import { type Opened, openLocal } from "./open-world.ts";
import { shipped } from "./package-root.ts";
import { printOutcomes } from "./print-outcomes.ts";
import { printPull } from "./print-pull.ts";
import { type ExitCode, type Shell, UsageError } from "./shell.ts";
import { story } from "./story.ts";

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
  const git = person(shell.env, root);
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", ".");
  await git("commit", "--quiet", "--message=The agents of Meridian, an online retailer");
  say(`12 agents of 3 tenants for 2 environments, committed to ${root}`);

  const opened = await openLocal(shell, root);
  try {
    step("raos reconcile opens one pull request per agent");
    printOutcomes(shell, await reconcile(opened.world), { quiet: false });

    const shown = await pullOf(opened, SHOWN);
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
        .replace(/^(\s*)spec:\n/m, "$1spec:\n  runtime: {resources: {limits: {memory: 2Gx}}}\n"),
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
  } finally {
    await opened.close();
  }
  step("Go on from here");
  say(`The repository lies in ${root}. Try:`);
  for (const line of next(root)) say(`  ${line}`);
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

async function pullOf(opened: Opened<LocalForge>, agent: string) {
  const pulls = await opened.forge.list("open");
  const pull = pulls.find((one) => one.branch === `raos/agent/${agent}`) ?? pulls[0];
  if (pull === undefined) throw new RangeError(`no pull request was opened for ${agent}`);
  return pull;
}

function next(root: string): readonly string[] {
  return [
    `npx raos pr list --repo ${root} --state all`,
    `npx raos compile ${root} --agent support/triage --explain`,
    `edit ${root}/agents/support/hello.yaml, then: npx raos plan ${root}`,
    `git -C ${root} commit -am "Change hello", then: npx raos reconcile --repo ${root}`,
    `npx raos init my-agents`,
  ];
}
