import type { Enqueued, RepoKey, Trigger } from "../domain/trigger.ts";

export interface TimerOptions {
  /** Milliseconds between two rounds. */
  readonly every: number;
  /**
   * What is to be read back. A listing that takes its time gives one after the other, and each rings as it comes; where it
   * throws, what came before has rung, and `failed` is told.
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
  /** A round now, besides those to come. */
  ring(): Promise<void>;
  stop(): void;
}

/** Milliseconds after which a round that failed is tried again; doubled each time, up to the interval. */
const AGAIN = 10_000;

/** Rings for every repository at once and then again and again: what a webhook failed to say is found this way. */
export function startTimer(options: TimerOptions): Timer {
  let isStopped = false;
  let failures = 0;
  let soon: NodeJS.Timeout | undefined;
  const ring = async (): Promise<void> => {
    try {
      for await (const { repo, installation } of await options.repositories()) {
        if (!isStopped) options.enqueue({ kind: "timer", repo, installation });
      }
      failures = 0;
    } catch (error) {
      options.failed(error);
      failures += 1;
      // What cannot be listed at all is not left alone for a whole interval.
      clearTimeout(soon);
      if (!isStopped) soon = setTimeout(round, Math.min(options.every, AGAIN * 2 ** (failures - 1)));
    }
  };
  // A round that takes longer than the interval is not doubled.
  let isRinging = false;
  const round = (): void => {
    if (isRinging) return;
    isRinging = true;
    ring().then(() => {
      isRinging = false;
    });
  };
  round();
  const handle = setInterval(round, options.every);
  return {
    ring,
    stop: () => {
      isStopped = true;
      clearInterval(handle);
      clearTimeout(soon);
    },
  };
}
