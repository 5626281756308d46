import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Shell } from "../../app/shell.ts";
import type { Opened } from "../../app/world/open-world.ts";
import { BRANCH_PREFIX } from "../../domain/branch-name.ts";
import type { Outcome } from "../../domain/decision.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { LocalForge } from "../../forge/local/forge.ts";
import { withoutComments } from "../../pr/html-comments.ts";
import { reconcile } from "../../reconcile/reconcile.ts";
import type { Narrator } from "../print/narrate.ts";
import { printOutcomes } from "../print/print-outcomes.ts";
import { createDemoCluster } from "./demo-cluster.ts";

/** Minutes: how long ago the first pull requests were merged, and until a change is looked at. */
const A_DAY = 24 * 60;
const A_LOOK = 40;

/** How far the clock is moved on in all, in minutes. */
export const MOVED_ON = A_DAY + A_LOOK;

/** The process, with a clock that the demonstration moves on. */
export interface DemoShell extends Shell {
  wait(minutes: number): void;
}

export type GitAsPerson = (...args: readonly string[]) => Promise<void>;

/** The agents that the simulated clusters run. */
const GOOD = "support/triage";
const BAD = "support/faq";

/** What became of what was merged: verified; then a bad change, and the pull request that takes it back. */
export async function showAfterMerge(
  shell: DemoShell,
  { opened, root, git }: { readonly opened: Opened<LocalForge>; readonly root: string; readonly git: GitAsPerson },
  { say, step }: Narrator,
): Promise<void> {
  const cluster = createDemoCluster(root, [GOOD, BAD], shell.now);
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
  const spec = join(root, `agents/${GOOD}.yaml`);
  await writeFile(spec, (await readFile(spec, "utf8")).replace("version: 1.2.0", "version: 1.2.1"));
  await git("commit", "--quiet", "--all", "--message=Triage 1.2.1");
  await reconcile(world);
  const good = await merge(`agent/${GOOD}`);
  await apply();
  printOutcomes(shell, about(good, await reconcile(world)), { quiet: true });

  step("Forty minutes later it is compared with the time before, once");
  shell.wait(A_LOOK);
  printOutcomes(shell, about(good, await reconcile(world)), { quiet: true });
  await tell(good);

  step("Somebody merges an image that does not exist");
  const broken = join(root, `agents/${BAD}.yaml`);
  await writeFile(
    broken,
    (await readFile(broken, "utf8")).replace(
      /^spec:\n/m,
      "spec:\n  runtime: {image: ghcr.io/meridian-retail/support/faq:9.9.9}\n",
    ),
  );
  await git("commit", "--quiet", "--all", "--message=The newest FAQ agent");
  await reconcile(world);
  const bad = await merge(`agent/${BAD}`);
  await apply(BAD);
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

/** The open pull request of a branch; where there is none, the first one. Throws RangeError where none is open, which is a bug. */
export async function pullOf(opened: Opened<LocalForge>, branch: string) {
  const pulls = await opened.forge.list("open");
  const pull = pulls.find((one) => one.branch === `${BRANCH_PREFIX}${branch}`) ?? pulls[0];
  if (pull === undefined) throw new RangeError(`there is no pull request of ${branch}`);
  return pull;
}
