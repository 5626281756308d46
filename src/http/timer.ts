import type { Enqueued, RepoKey, Trigger } from "../domain/trigger.ts";

export interface TimerOptions {
  /** Milliseconds between two rounds. */
  readonly every: number;
  /**
   * The repositories to reconcile. A slow listing yields them one by one, and each is queued at once. Where the listing throws,
   * `failed` is called; the repositories before the error stay queued.
   */
  readonly repositories: () => Promise<Listed> | AsyncIterable<OneListed>;
  readonly enqueue: (trigger: Trigger) => Enqueued;
  readonly failed: (error: unknown) => void;
}

interface OneListed {
  readonly repo: RepoKey;
  readonly installation: number | undefined;
}
type Listed = readonly OneListed[];

export interface Timer {
  /** Queues all repositories now, in addition to the timer. */
  runNow(): Promise<void>;
  stop(): void;
}

/** Milliseconds after which a round that failed is tried again; doubled each time, up to the interval. */
const AGAIN = 10_000;

/** Queues every repository now, and again after each interval, so that a lost webhook does no harm. */
export function startTimer(options: TimerOptions): Timer {
  let isStopped = false;
  let failures = 0;
  let soon: NodeJS.Timeout | undefined;
  const runNow = async (): Promise<void> => {
    try {
      for await (const { repo, installation } of await options.repositories()) {
        if (!isStopped) options.enqueue({ kind: "timer", repo, installation });
      }
      failures = 0;
    } catch (error) {
      options.failed(error);
      failures += 1;
      // A listing after a failed one may run before the interval ends.
      clearTimeout(soon);
      if (!isStopped) soon = setTimeout(round, Math.min(options.every, AGAIN * 2 ** (failures - 1)));
    }
  };
  // A round that takes longer than the interval does not overlap with the next.
  let isRunning = false;
  const round = (): void => {
    if (isRunning) return;
    isRunning = true;
    runNow().then(() => {
      isRunning = false;
    });
  };
  round();
  const handle = setInterval(round, options.every);
  return {
    runNow,
    stop: () => {
      isStopped = true;
      clearInterval(handle);
      clearTimeout(soon);
    },
  };
}
