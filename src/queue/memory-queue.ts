import { DeadlineError } from "../deadline/deadline.ts";
import type { RepoKey, Trigger } from "../domain/trigger.ts";
import { chooseNextRun, type Lane, urgencyOf } from "./next-to-run.ts";
import type { Queue, QueueOptions } from "./queue.ts";

export interface MemoryQueueOptions extends QueueOptions {
  /** Most slots of one installation; left out, all of them. */
  readonly share?: number;
  /** Milliseconds after which a run gives up its slot and continues outside the slots; left out, 1,000. */
  readonly patience?: number;
  /** Most runs outside the slots; a repository that took too long the last time starts there. Left out, 32. */
  readonly slow?: number;
}

/** Most triggers kept for a waiting repository. One is enough to start the run. */
const MOST_KEPT = 100;
/** Milliseconds that a new trigger waits where its repository has just failed. */
const PAUSE = 5000;
/** Milliseconds in which a run has to end after its signal aborted; after that, its slot is given to another run. */
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
 * One queue per repository, in this process: never two runs of a repository at the same time; triggers that come while it
 * waits join that run; those that come during a run lead to one more run. A long run continues outside the slots, so that
 * the slots stay free for short ones. A repository that fails waits before it is tried again, longer each time.
 */
export function createMemoryQueue(options: MemoryQueueOptions): Queue {
  const {
    concurrency = 2,
    share = concurrency,
    limit = 10_000,
    patience = 1000,
    slow = 32,
    deadline,
    backoff,
  } = options;
  // A Map keeps the order of insertion: first come, first served.
  const waiting = new Map<RepoKey, Kept[]>();
  /** Since when each repository waits. */
  const since = new Map<RepoKey, number>();
  const running = new Map<RepoKey, Run>();
  const failures = new Map<RepoKey, Failure>();
  let isDraining = false;
  let alarm: NodeJS.Timeout | undefined;
  let isDue = false;
  /** In the next turn of the event loop: the sender is answered first, and triggers that come together become one run. */
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
      const found = chooseNextRun({
        now,
        concurrency,
        share,
        slow,
        patience,
        running: [...running.values()],
        waiting: [...waiting].flatMap(([repo, triggers]) => (running.has(repo) ? [] : [waitingEntry(repo, triggers)])),
      });
      if (found.demote !== undefined) found.demote.lane = "slow";
      if (found.start !== undefined) begin(found.start.repo, found.start.lane, now);
      if (found.demote !== undefined || found.start !== undefined) continue;
      if (found.again !== undefined) alarm = setTimeout(next, Math.max(1, found.again - now)).unref();
      return;
    }
  };

  const waitingEntry = (repo: RepoKey, triggers: readonly Kept[]) => {
    const failure = failures.get(repo);
    return {
      repo,
      installation: installationOf(triggers),
      from:
        failure === undefined ? 0 : triggers.some(isNew) ? Math.min(failure.until, failure.at + PAUSE) : failure.until,
      isSlow: failure?.isSlow === true,
      urgency: Math.max(...triggers.map(urgencyOf)),
      since: since.get(repo) ?? 0,
    };
  };

  const begin = (repo: RepoKey, lane: Lane, startedAt: number): void => {
    const triggers = (waiting.get(repo) ?? []).map((one): Trigger => one.again ?? one);
    waiting.delete(repo);
    since.delete(repo);
    const stop = new AbortController();
    const ended = serve(repo, triggers, stop.signal);
    const run: Run = { lane, installation: installationOf(triggers), startedAt, ended };
    running.set(repo, run);
    if (deadline === undefined) return;
    const over = setTimeout(() => {
      stop.abort(new DeadlineError());
      // A run that ignores its signal blocks its own repository only.
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
      // In the next microtask: the queue has to register the run before it starts.
      await Promise.resolve();
      await options.run(repo, triggers, signal);
    } catch (caught) {
      error = caught;
      isFailed = true;
    }
    const isSlow = signal.aborted;
    if (isSlow) error = signal.reason;
    if (isFailed || isSlow) retryLater(repo, triggers, isSlow);
    else failures.delete(repo);
    if (isFailed || isSlow) options.failed(repo, error);
    running.delete(repo);
    next();
  };

  /** Keeps the triggers of a failed run, so that the repository is tried again. */
  const retryLater = (repo: RepoKey, triggers: readonly Trigger[], isSlow: boolean): void => {
    const now = Date.now();
    const count = (failures.get(repo)?.count ?? 0) + 1;
    const until = backoff === undefined ? 0 : now + backoff(count);
    failures.set(repo, { count, at: now, until, isSlow });
    if (backoff === undefined || isDraining) return;
    const queued = waiting.get(repo) ?? [];
    const kept = triggers.map((trigger): Kept => ({ ...trigger, again: trigger }));
    waiting.set(repo, [...kept, ...queued].slice(0, MOST_KEPT));
    if (!since.has(repo)) since.set(repo, now);
  };

  return {
    enqueue: (trigger) => {
      if (isDraining) return "full";
      const queued = waiting.get(trigger.repo);
      if (queued !== undefined) {
        if (queued.length < MOST_KEPT) queued.push(trigger);
        // A new trigger shortens the wait of a repository that failed.
        if (isNew(trigger)) soon();
        return "joined";
      }
      if (waiting.size >= limit) return "full";
      waiting.set(trigger.repo, [trigger]);
      since.set(trigger.repo, Date.now());
      soon();
      return "queued";
    },
    drain: async () => {
      isDraining = true;
      clearTimeout(alarm);
      waiting.clear();
      // A run that ignored its signal may never end.
      await Promise.all([...running.values()].filter(({ lane }) => lane !== "lost").map((run) => run.ended));
    },
    running: () => [...running.keys()],
    size: () => ({ waiting: waiting.size, running: running.size }),
    failing: () => failures.size,
  };
}

/** A waiting trigger; `again` is set where it came from a failed run. */
type Kept = Trigger & { readonly again?: Trigger };

/** Whether something new happened: not the timer, and not a trigger of a failed run. */
function isNew(trigger: Kept): boolean {
  return trigger.kind !== "timer" && trigger.again === undefined;
}

function installationOf(triggers: readonly Trigger[]): number | undefined {
  return triggers.find((trigger) => trigger.installation !== undefined)?.installation;
}
