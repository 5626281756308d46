import type { RequestLine } from "../../commands/request-line.ts";
import { passSignal } from "../../deadline/deadline.ts";
import type { RepoKey, Trigger } from "../../domain/trigger.ts";
import { ForgeError } from "../../forge/forge.ts";
import { GitError } from "../../git/git-error.ts";
import type { Pass } from "../../pass/pass.ts";
import type { Log } from "../../pass/world.ts";
import { reconcile } from "../../reconcile/reconcile.ts";
import { readWeeksSpans } from "../report/read-report.ts";
import type { AlertBoards } from "./alert-boards.ts";
import type { OpenWorlds } from "./open-worlds.ts";
import type { createPassMetrics } from "./pass-metrics.ts";
import { createQuietRounds } from "./quiet-rounds.ts";
import { servePeople } from "./serve-people.ts";

export interface RepositoryPassOptions {
  readonly worlds: OpenWorlds;
  readonly boards: AlertBoards;
  readonly metrics: ReturnType<typeof createPassMetrics>;
  /** The installation of the GitHub App of each repository that is served. */
  readonly installations: Map<RepoKey, number | undefined>;
  /** Queues a pass over a repository: the model answered a question. */
  readonly answered: (repo: RepoKey) => void;
  /** Where people's requests in words wait for the model. */
  readonly requests: (repo: RepoKey) => RequestLine;
  /** Once aborted, a pass finishes what it is writing and begins nothing more. */
  readonly stopping: AbortSignal;
  readonly log: Log;
}

/** One pass of the service over a repository, for the triggers that asked for it. Throws GitError, ForgeError, DeadlineError. */
export type RepositoryPass = (repo: RepoKey, triggers: readonly Trigger[]) => Promise<void>;

/** Creates the function that runs a pass and counts it in the metrics. */
export function createRepositoryPass(options: RepositoryPassOptions): RepositoryPass {
  const { worlds, boards, metrics, installations, answered, requests, stopping, log } = options;
  const quiet = createQuietRounds(Date.now);
  return async (repo, triggers) => {
    const stopTimer = metrics.duration.startTimer();
    const installation = triggers.find((trigger) => trigger.installation !== undefined)?.installation;
    installations.set(repo, installation ?? installations.get(repo));
    const opened = await worlds.of(repo, triggers, () => answered(repo));
    if (triggers.every(({ kind }) => kind === "review" || kind === "comment")) {
      await servePeople(opened.world, repo, triggers, { stopping, requests: requests(repo) });
      stopTimer();
      metrics.runs.inc({ result: "done" });
      return;
    }
    const isRound = triggers.some((trigger) => trigger.kind === "timer");
    // Most events of roll-outs are of repositories in which nothing is waited for.
    const mayBeQuiet = triggers.every(({ kind }) => kind === "timer" || kind === "rollout");
    const stamp = isRound || mayBeQuiet ? await quiet.stampOf(opened.world) : undefined;
    if (mayBeQuiet && boards.isFleetRead(repo) && quiet.isQuiet(repo, stamp)) {
      if (isRound) await boards.readBack(repo, opened.world, log, { isFleetKnown: true });
      if (boards.alerts(repo).length === 0) {
        stopTimer();
        metrics.runs.inc({ result: "done" });
        metrics.done();
        log.debug({ repo }, "nothing has changed");
        return;
      }
    }
    if (isRound || boards.takeTruncated(repo)) await boards.readBack(repo, opened.world, log);
    else if (!boards.isFleetRead(repo) || triggers.some(({ kind }) => kind === "push" || kind === "merge"))
      await boards.readFleet(repo, opened.world);
    const progress = boards.progress(repo);
    const reported = { alerts: boards.alerts(repo), whole: isRound && boards.completeSenders(repo), progress };
    const ended = async (pass: Pass) => metrics.delivery.took(repo, await readWeeksSpans(pass));
    const outcomes = await reconcile(opened.world, reported, { signal: stopping, ended }).catch((error: unknown) => {
      progress.end(error instanceof ForgeError || error instanceof GitError ? "given-up" : "failed");
      throw error;
    });
    const isLate = passSignal()?.aborted === true;
    progress.end(stopping.aborted || isLate ? "given-up" : "ended");
    // Neither an alert, a roll-out nor the end of a check changes what people asked for.
    const isForPeople = triggers.some(({ kind }) => kind !== "alert" && kind !== "rollout" && kind !== "checks");
    if (isForPeople) await servePeople(opened.world, repo, triggers, { stopping, requests: requests(repo) });
    stopTimer();
    opened.world.store.seal();
    if (isRound && boards.alerts(repo).length === 0 && !isLate) quiet.note(repo, stamp, outcomes);
    for (const outcome of outcomes) metrics.outcomes.inc({ kind: outcome.kind });
    metrics.delivery.passed(repo, outcomes);
    // A pass that was ended by its deadline is logged by the queue.
    if (isLate) return;
    metrics.runs.inc({ result: "done" });
    metrics.done();
    const counts = countsOf(outcomes.map((outcome) => outcome.kind));
    log.info({ repo, triggers: triggers.length, ...counts }, "repository reconciled");
  };
}

function countsOf(kinds: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
