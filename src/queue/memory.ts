import { DeadlineError } from "../deadline/deadline.ts";
import type { Enqueued, RepoKey, Trigger } from "../domain/trigger.ts";
import { type Lane, nextToRun } from "./next-to-run.ts";

export interface Queue {
  /** "full" where no room is left or the queue drains: the sender may try again, and the timer reads back anyway. */
  enqueue(trigger: Trigger): Enqueued;
  /** Takes nothing more, waits for what runs, and forgets what waits: the next start reads everything back. */
  drain(): Promise<void>;
  size(): { readonly waiting: number; readonly running: number };
  /** Repositories whose last run failed or took too long. */
  failing(): number;
  /** Repositories being served now. */
  running(): readonly RepoKey[];
}

export interface MemoryQueueOptions {
  /** Answers the triggers of one repository, together. What it throws goes to `failed`; the line moves on. */
  readonly run: (repo: RepoKey, triggers: readonly Trigger[], signal: AbortSignal) => Promise<void>;
  readonly failed: (repo: RepoKey, error: unknown) => void;
  /** Repositories served at once; left out, 2. */
  readonly concurrency?: number;
  /** Repositories that may wait; left out, 10,000. */
  readonly limit?: number;
  /** Milliseconds after which a run's signal aborts; left out, it never does. */
  readonly deadline?: number;
  /** Milliseconds after which a run leaves its slot to others and goes on beside them; left out, 1,000. */
  readonly patience?: number;
  /** Most runs that go on beside the slots; a repository that took too long the last time begins there. Left out, 32. */
  readonly slow?: number;
  /** Milliseconds until a repository that failed so many times in a row is tried again by itself; left out, it is not. */
  readonly backoff?: (failures: number) => number;
}

/** Triggers kept with a waiting repository; more ring the same bell. */
const MOST_KEPT = 100;
/** Milliseconds for which news of a repository that failed a moment ago have to wait. */
const PAUSE = 5000;
/** Milliseconds in which a run has to end once its signal aborted; then its place is given to others. */
const GRACE = 5000;

interface Run {
  lane: Lane;
  readonly installation: number | undefined;
  readonly startedAt: number;
  readonly ended: Promise<void>;
}

interface Failure {
  readonly count: number;
  readonly at: number;
  /** When it is tried again by itself. */
  readonly until: number;
  /** Whether it took too long. */
  readonly isSlow: boolean;
}

/**
 * One line per repository, in this process: never two runs of a repository at once; triggers that come while one waits
 * join it; those that come while one runs lead to one more run. A run that takes long goes on beside the slots, so that
 * the slots are for those that do not; each repository that fails rests by itself, longer each time.
 */
export function createMemoryQueue(options: MemoryQueueOptions): Queue {
  const { concurrency = 2, limit = 10_000, patience = 1000, slow = 32, deadline, backoff } = options;
  // A Map keeps the order of insertion: first come, first served.
  const waiting = new Map<RepoKey, Kept[]>();
  const running = new Map<RepoKey, Run>();
  const failures = new Map<RepoKey, Failure>();
  let isDraining = false;
  let alarm: NodeJS.Timeout | undefined;
  let isDue = false;
  /** Not at once: the sender is answered first, and a burst of triggers becomes one run. */
  const soon = (): void => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      next();
    });
  };

  const next = (): void => {
    clearTimeout(alarm);
    if (isDraining || waiting.size === 0) return;
    const now = Date.now();
    for (;;) {
      const found = nextToRun({
        now,
        concurrency,
        slow,
        patience,
        running: [...running.values()],
        waiting: [...waiting].flatMap(([repo, triggers]) => (running.has(repo) ? [] : [waiter(repo, triggers)])),
      });
      if (found.demote !== undefined) found.demote.lane = "slow";
      if (found.start !== undefined) begin(found.start.repo, found.start.lane, now);
      if (found.demote !== undefined || found.start !== undefined) continue;
      if (found.again !== undefined) alarm = setTimeout(next, Math.max(1, found.again - now)).unref();
      return;
    }
  };

  const waiter = (repo: RepoKey, triggers: readonly Kept[]) => {
    const failure = failures.get(repo);
    return {
      repo,
      installation: installationOf(triggers),
      from:
        failure === undefined ? 0 : triggers.some(isNews) ? Math.min(failure.until, failure.at + PAUSE) : failure.until,
      isSlow: failure?.isSlow === true,
    };
  };

  const begin = (repo: RepoKey, lane: Lane, startedAt: number): void => {
    const triggers = (waiting.get(repo) ?? []).map((one): Trigger => one.again ?? one);
    waiting.delete(repo);
    const stop = new AbortController();
    const ended = serve(repo, triggers, stop.signal);
    const run: Run = { lane, installation: installationOf(triggers), startedAt, ended };
    running.set(repo, run);
    if (deadline === undefined) return;
    const over = setTimeout(() => {
      stop.abort(new DeadlineError());
      // A run that does not hear of its end keeps its repository, and nothing else.
      setTimeout(() => {
        run.lane = "lost";
        next();
      }, GRACE).unref();
    }, deadline).unref();
    void ended.then(() => clearTimeout(over));
  };

  const serve = async (repo: RepoKey, triggers: readonly Trigger[], signal: AbortSignal): Promise<void> => {
    let error: unknown;
    let isFailed = false;
    try {
      // Not in this turn: the run is known to the line before it begins.
      await Promise.resolve();
      await options.run(repo, triggers, signal);
    } catch (caught) {
      error = caught;
      isFailed = true;
    }
    const isSlow = signal.aborted;
    if (isSlow) error = signal.reason;
    if (isFailed || isSlow) rest(repo, triggers, isSlow);
    else failures.delete(repo);
    if (isFailed || isSlow) options.failed(repo, error);
    running.delete(repo);
    next();
  };

  /** What rang is not forgotten: it is why the repository is tried again. */
  const rest = (repo: RepoKey, triggers: readonly Trigger[], isSlow: boolean): void => {
    const now = Date.now();
    const count = (failures.get(repo)?.count ?? 0) + 1;
    const until = backoff === undefined ? 0 : now + backoff(count);
    failures.set(repo, { count, at: now, until, isSlow });
    if (backoff === undefined || isDraining) return;
    const line = waiting.get(repo) ?? [];
    const kept = triggers.map((trigger): Kept => ({ ...trigger, again: trigger }));
    waiting.set(repo, [...kept, ...line].slice(0, MOST_KEPT));
  };

  return {
    enqueue: (trigger) => {
      if (isDraining) return "full";
      const line = waiting.get(trigger.repo);
      if (line !== undefined) {
        if (line.length < MOST_KEPT) line.push(trigger);
        // A repository that rests is woken by news.
        if (isNews(trigger)) soon();
        return "joined";
      }
      if (waiting.size >= limit) return "full";
      waiting.set(trigger.repo, [trigger]);
      soon();
      return "queued";
    },
    drain: async () => {
      isDraining = true;
      clearTimeout(alarm);
      waiting.clear();
      // One that did not end when it was told to would be waited for in vain.
      await Promise.all([...running.values()].filter(({ lane }) => lane !== "lost").map((run) => run.ended));
    },
    running: () => [...running.keys()],
    size: () => ({ waiting: waiting.size, running: running.size }),
    failing: () => failures.size,
  };
}

/** A trigger that rang before a run which failed. */
type Kept = Trigger & { readonly again?: Trigger };

/** Something happened, as opposed to a round of the timer, or to what a failed run left. */
function isNews(trigger: Kept): boolean {
  return trigger.kind !== "timer" && trigger.again === undefined;
}

function installationOf(triggers: readonly Trigger[]): number | undefined {
  return triggers.find((trigger) => trigger.installation !== undefined)?.installation;
}
