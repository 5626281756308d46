import type { Enqueued, RepoKey, Trigger } from "../domain/trigger.ts";

export interface Queue {
  /** "full" where no room is left or the queue drains: the sender may try again, and the timer reads back anyway. */
  enqueue(trigger: Trigger): Enqueued;
  /** Takes nothing more, waits for what runs, and forgets what waits: the next start reads everything back. */
  drain(): Promise<void>;
  size(): { readonly waiting: number; readonly running: number };
  /** Repositories being served now. */
  running(): readonly RepoKey[];
}

export interface MemoryQueueOptions {
  /** Answers the triggers of one repository, together. What it throws goes to `failed`; the line moves on. */
  readonly run: (repo: RepoKey, triggers: readonly Trigger[]) => Promise<void>;
  readonly failed: (repo: RepoKey, error: unknown) => void;
  /** Repositories served at once; left out, 2. */
  readonly concurrency?: number;
  /** Repositories that may wait; left out, 10,000. */
  readonly limit?: number;
}

/** Triggers kept with a waiting repository; more ring the same bell. */
const MOST_KEPT = 100;

/**
 * One line per repository, in this process: never two runs of a repository at once; triggers that come while one waits
 * join it; those that come while one runs lead to one more run.
 */
export function createMemoryQueue(options: MemoryQueueOptions): Queue {
  const { concurrency = 2, limit = 10_000 } = options;
  // A Map keeps the order of insertion: first come, first served.
  const waiting = new Map<RepoKey, Trigger[]>();
  const running = new Map<RepoKey, Promise<void>>();
  let isDraining = false;
  const next = (): void => {
    if (isDraining) return;
    for (const [repo, triggers] of waiting) {
      if (running.size >= concurrency) return;
      if (running.has(repo)) continue;
      waiting.delete(repo);
      running.set(repo, serve(repo, triggers));
    }
  };
  const serve = async (repo: RepoKey, triggers: readonly Trigger[]): Promise<void> => {
    try {
      await options.run(repo, triggers);
    } catch (error) {
      options.failed(repo, error);
    } finally {
      running.delete(repo);
      next();
    }
  };
  return {
    enqueue: (trigger) => {
      if (isDraining) return "full";
      const line = waiting.get(trigger.repo);
      if (line !== undefined) {
        if (line.length < MOST_KEPT) line.push(trigger);
        return "joined";
      }
      if (waiting.size >= limit) return "full";
      waiting.set(trigger.repo, [trigger]);
      // Not at once: the sender is answered first, and a burst of triggers becomes one run.
      setImmediate(next);
      return "queued";
    },
    drain: async () => {
      isDraining = true;
      waiting.clear();
      await Promise.all(running.values());
    },
    running: () => [...running.keys()],
    size: () => ({ waiting: waiting.size, running: running.size }),
  };
}
