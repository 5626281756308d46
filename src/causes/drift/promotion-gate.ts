import { causeOf } from "../../domain/branch-name.ts";
import type { SkipReason } from "../../domain/decision.ts";
import { type AgentKey, deployDir, tenantFiles } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Rollout } from "../../domain/rollout/rollout.ts";
import { millisecondsOf } from "../../domain/values/duration.ts";
import type { Instant, Path } from "../../domain/values/scalars.ts";
import { isOwnAuthor } from "../../git/bot.ts";
import type { History } from "../../git/history/history.ts";
import type { Pass } from "../../pass/pass.ts";
import { readIssues } from "../../pass/people/read-issues.ts";
import { readRecentPulls } from "../../pass/people/recent-pulls.ts";
import { isObserved } from "../../pass/rollouts/is-observed.ts";
import { lastChangesIn } from "../../pass/rollouts/last-changes.ts";
import { readRollouts } from "../../pass/rollouts/read-rollouts.ts";
import type { WaveUnit } from "./wave-units.ts";

/** Why a wave waits, although the waves before it have the change. */
export type GateReason = Extract<SkipReason, "soaking" | "not-verified" | "taken-back-by-a-person">;

/**
 * Why the change of a unit may not reach its wave yet; undefined where it may. The time counts from when the files of the waves
 * before reached the default branch, and from when they run, where a cluster shows that. What a person took back in the wave is not
 * promoted again by itself, whatever is wanted now: Kargo's automatic promotion stops in the same way. Throws GitError or ForgeError.
 */
export async function gateOf(pass: Pass, unit: WaveUnit): Promise<GateReason | undefined> {
  const { promotion } = pass.survey.fleet.config.spec;
  const before = unit.before.flatMap((environment) => foldersOf(unit, environment));
  const own = unit.environments.flatMap((environment) =>
    unit.agents.map((key) => `${deployDir(environment, key)}/values.yaml`),
  );
  const history = await pass.commit.history([...before, ...own]);
  if (await isTakenBack(pass, own, history)) return "taken-back-by-a-person";
  const reached = Math.max(0, ...before.map((path) => history.changesOf(path)[0]?.at ?? 0));
  const isVerifying = promotion?.gate !== "merged";
  const running = isVerifying ? await runningSince(pass, unit) : reached;
  if (running === undefined || (isVerifying && (await hasAlert(pass, unit.agents, unit.before)))) return "not-verified";
  const isSoaking = pass.world.now() < Math.max(reached, running) + millisecondsOf(promotion?.soak ?? "");
  return isSoaking ? "soaking" : undefined;
}

/**
 * Since when what is wanted runs in all environments before of which anything can be known; undefined where it is not known to run in
 * one whose cluster is configured, is not judged there yet, or was found to be worse.
 */
async function runningSince(pass: Pass, { agents, before }: WaveUnit): Promise<Instant | undefined> {
  const observed = before.filter((environment) => isObserved(pass, environment));
  const rollouts = observed.length === 0 ? [] : await readRollouts(pass, agents, observed);
  const recent = (await readRecentPulls(pass)) ?? [];
  const lastChange = lastChangesIn(recent);
  const isWell = rollouts.every((rollout) => {
    const hasCluster = pass.world.hasCluster(pass.survey.fleet.config, rollout.environment);
    if (hasCluster && rollout.phase !== "running") return false;
    const last = lastChange(rollout);
    // What a person brought by their own commit is judged by nobody.
    if (last === undefined) return !isSoonJudged(recent, rollout, pass.world.now());
    return last.verdict !== undefined && last.verdict !== "worse";
  });
  return isWell ? Math.max(0, ...rollouts.map(({ since }) => since ?? 0)) : undefined;
}

/** How far the clocks of a forge and of a commit may be apart, and for how long a merge may be without a word. Milliseconds. */
const [CLOCKS, UNTOLD] = [60_000, 3_600_000];

/** Whether a pull request of RAOS was merged just now that may have brought what is wanted, and has no comment yet. */
function isSoonJudged(recent: readonly PullRequest[], { wanted }: Rollout, now: Instant): boolean {
  return recent.some(
    ({ state, openedByBot, rollout, endedAt = 0 }) =>
      state === "merged" &&
      openedByBot &&
      rollout === undefined &&
      endedAt > Math.max(wanted.at - CLOCKS, now - UNTOLD),
  );
}

function foldersOf({ agents, tenants }: WaveUnit, environment: string): readonly Path[] {
  return [
    ...agents.map((key) => `${deployDir(environment, key)}/`),
    ...tenants.flatMap((tenant) => tenantFiles(environment, tenant)),
  ];
}

/** Whether a person's commit was the last to change one of these files, and brought back what it had held before. */
async function isTakenBack({ commit, forge }: Pass, files: readonly Path[], history: History): Promise<boolean> {
  for (const file of files) {
    const [newest, , ...older] = await commit.versions(file, history);
    if (newest?.oid === undefined || isOwnAuthor(newest.author, forge.account ?? "")) continue;
    if (older.some(({ oid }) => oid === newest.oid)) return true;
  }
  return false;
}

/** Whether RAOS has an open pull request or issue about an alert of one of the agents in one of the environments. */
async function hasAlert(pass: Pass, agents: readonly AgentKey[], environments: readonly string[]): Promise<boolean> {
  const isAbout = (name: string) => {
    const cause = causeOf(name);
    return cause?.kind === "alert" && agents.includes(cause.agent) && environments.includes(cause.environment);
  };
  if ([...pass.forge.open.keys()].some(isAbout)) return true;
  const read = await readIssues(pass);
  // What cannot be read is not well.
  return read === undefined || !read.complete || read.issues.some(({ key, state }) => state === "open" && isAbout(key));
}
