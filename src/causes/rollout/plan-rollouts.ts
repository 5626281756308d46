import { causeOf } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { deploymentsOf } from "../../domain/rollout/deployment.ts";
import { type RolloutReport, type RolloutRow, reasonOfReport } from "../../domain/rollout/report.ts";
import type { Rollout } from "../../domain/rollout/rollout.ts";
import { millisecondsOf } from "../../domain/values/duration.ts";
import type { Pass } from "../../pass/pass.ts";
import { readRecentPulls } from "../../pass/people/recent-pulls.ts";
import { hasPrometheus, isObserved } from "../../pass/rollouts/is-observed.ts";
import { readRollouts } from "../../pass/rollouts/read-rollouts.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { noRevertText } from "../../pr/command/no-revert.ts";
import { candidatesIssue } from "../../pr/rollout/candidates-issue.ts";
import { detailsIn, readRolloutText, rolloutText } from "../../pr/rollout/rollout-text.ts";
import { verdictDetail } from "../../pr/verdict/verdict-text.ts";
import { planRevert } from "../regression/plan-revert.ts";
import { followRow, isEnd } from "./follow-row.ts";
import { judgeRelease } from "./judge-release.ts";
import { findMergedRelease, type MergedRelease } from "./merged-release.ts";

/** Merged pull requests that are watched in a pass. */
const MOST = 50;
const NOT_MEASURED = "raos.yaml has no Prometheus for this environment, and so nothing shows whether it is well";

/** A merged pull request that is watched. */
interface Watched {
  readonly pull: PullRequest;
  readonly merged: MergedRelease;
  /** What its comment says so far. */
  readonly before: RolloutReport | undefined;
}

/**
 * Watches what became of merged pull requests: a step for each whose comment says something new or that is still on its way, and one
 * that takes back what is worse. What was found is in the comment, so that no process has to remember it. Nothing is watched where
 * neither a cluster nor a Prometheus is configured. Throws GitError or ForgeError.
 */
export async function* planRollouts(pass: Pass): AsyncGenerator<Step> {
  // A working folder has no merged pull requests.
  if (pass.isUnlimited || pass.isPreview) return;
  const watched = await findWatched(pass);
  if (watched.length === 0) return;
  const rollouts = await rolloutsOf(pass, watched);
  for (const one of watched) yield* stepsOf(pass, one, rollouts);
}

async function findWatched(pass: Pass): Promise<readonly Watched[]> {
  const recent = (await readRecentPulls(pass)) ?? [];
  const merged = recent.filter(({ state, openedByBot, branch }) => {
    const kind = causeOf(branch)?.kind;
    return state === "merged" && openedByBot && kind !== undefined && kind !== "onboarding";
  });
  const found: Watched[] = [];
  for (const pull of merged.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))) {
    const before = pull.rollout === undefined ? undefined : readRolloutText(pull.rollout);
    if (before?.isFinal === true || found.length >= MOST) continue;
    const release = await findMergedRelease(pass, pull);
    if (release === undefined) continue;
    if (release.releases.some(({ environment }) => isObserved(pass, environment)))
      found.push({ pull, merged: release, before });
  }
  return found;
}

/** How far what the default branch wants of these agents has come, by agent and environment. */
async function rolloutsOf(pass: Pass, watched: readonly Watched[]): Promise<ReadonlyMap<string, Rollout>> {
  const releases = watched.flatMap(({ merged }) => merged.releases);
  const agents = new Set(releases.map(({ agent }) => agent));
  const environments = new Set(releases.map(({ environment }) => environment));
  const rollouts = await readRollouts(pass, [...agents], [...environments]);
  return new Map(rollouts.map((rollout) => [`${rollout.environment} ${rollout.agent}`, rollout]));
}

async function* stepsOf(pass: Pass, watched: Watched, rollouts: ReadonlyMap<string, Rollout>): AsyncGenerator<Step> {
  const { pull, merged, before } = watched;
  const now = pass.world.now();
  const after = millisecondsOf(pass.survey.fleet.config.spec.verification.after);
  const rows: RolloutRow[] = [];
  const details = [...detailsIn(pull.rollout ?? "")];
  for (const release of merged.releases) {
    const { agent, environment } = release;
    const followed = followRow({
      release,
      before: before?.rows.find((one) => one.agent === agent && one.environment === environment),
      rollout: rollouts.get(`${environment} ${agent}`),
      ...{ mergedAt: pull.endedAt ?? now, now, after, isMeasured: hasPrometheus(pass, environment) },
      hasCluster: pass.world.hasCluster(pass.survey.fleet.config, environment),
    });
    if (followed.lookAt === undefined || now < followed.lookAt) {
      rows.push(followed.row);
      continue;
    }
    if (!hasPrometheus(pass, environment)) {
      rows.push({ reason: NOT_MEASURED, ...followed.row, outlook: "cannot-tell" });
      continue;
    }
    const verdict = await judgeRelease(pass, { pull, merged, release, times: followed.times });
    rows.push({ ...followed.row, outlook: verdict?.outlook ?? "cannot-tell" });
    if (verdict === undefined) continue;
    details.push(verdictDetail(verdict, { agent, environment }));
    const report = candidatesIssue(verdict, { agent, environment }, pull.number);
    if (report !== undefined)
      yield stepWithoutPlan(
        { cause: { kind: "rollout", pull: pull.number }, agents: [agent] },
        { kind: "open-issue", report, reason: "several-candidates" },
      );
  }
  const revert = rows.some(({ outlook }) => outlook === "worse") ? await takeBack(pass, pull, rows) : undefined;
  if (revert?.step !== undefined) yield revert.step;
  yield reportStep(watched, { rows, details, revert: revert?.says });
}

/** The step that takes a change back that is worse, until there is such a pull request; then what is said of it. */
async function takeBack(
  pass: Pass,
  pull: PullRequest,
  rows: readonly RolloutRow[],
): Promise<{ readonly step?: Step; readonly says?: string }> {
  const worse = rows.filter(({ outlook }) => outlook === "worse");
  const where = worse.map(({ agent, environment, reason }) => `${agent} in ${environment}: ${reason ?? "worse"}`);
  const why = `#${pull.number} made it worse: ${where.slice(0, 3).join("; ")}`.slice(0, 500);
  const planned = await planRevert(pass, pull, { by: "rule", why });
  if (planned.kind === "step") return { step: planned.step };
  return {
    says: planned.why.kind === "exists" ? `#${planned.why.number} takes it back.` : noRevertText(planned.why),
  };
}

/** What is to be said of a pull request. */
interface Said {
  readonly rows: readonly RolloutRow[];
  /** The verdicts in full. */
  readonly details: readonly string[];
  readonly revert: string | undefined;
}

function reportStep({ pull, merged: { commit }, before }: Watched, { rows, details, revert }: Said): Step {
  const isJudged = rows.every(isEnd);
  const isWorse = rows.some(({ outlook }) => outlook === "worse");
  const report: RolloutReport = {
    rows,
    ...(revert === undefined ? {} : { revert }),
    // Once a pull request takes it back, or cannot, nothing is left to do.
    isFinal: isJudged && (!isWorse || revert !== undefined),
  };
  const cause: Cause = { kind: "rollout", pull: pull.number };
  const subject = { cause, agents: [...new Set(rows.map(({ agent }) => agent))] };
  const text = rolloutText(report, details);
  const deployments = deploymentsOf(report, commit);
  const reason = reasonOfReport(report);
  if (before === undefined || pull.rollout !== text)
    return stepWithoutPlan(subject, { kind: "show-rollout", pull, text, deployments, reason });
  const waits = reason === "rolling-out" ? "rolling-out" : "verifying";
  return stepWithoutPlan(subject, { kind: "skip", reason: waits, pull });
}
