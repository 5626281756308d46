import type { Enqueued, RepoKey, Trigger } from "../domain/trigger.ts";

/**
 * One line per repository: decides when a pass over a repository runs. Every implementation passes the contract test,
 * `test/queue/contract.ts`.
 */
export interface Queue {
  /** Queues a trigger. "full" where there is no room or the queue drains: the sender may try again, and the timer will. */
  enqueue(trigger: Trigger): Enqueued;
  /** Takes no more triggers, drops those that wait, and waits for runs to end. The next start reads everything again. */
  drain(): Promise<void>;
  /** How many repositories wait for a run, and how many have one now. */
  size(): { readonly waiting: number; readonly running: number };
  /** How many repositories failed or took too long in their last run. */
  failing(): number;
  /** Repositories that have a run now. */
  running(): readonly RepoKey[];
}

/** The options of every implementation. */
export interface QueueOptions {
  /** Runs one pass for all triggers of a repository. What it throws goes to `failed`, and the queue continues. */
  readonly run: (repo: RepoKey, triggers: readonly Trigger[], signal: AbortSignal) => Promise<void>;
  readonly failed: (repo: RepoKey, error: unknown) => void;
  /** Repositories that run at the same time; left out, 2. */
  readonly concurrency?: number;
  /** Repositories that may wait; left out, 10,000. */
  readonly limit?: number;
  /** Milliseconds after which a run's signal aborts; left out, it never does. */
  readonly deadline?: number;
  /** Milliseconds until a repository is tried again after so many failures in a row; left out, it is not. */
  readonly backoff?: (failures: number) => number;
}
