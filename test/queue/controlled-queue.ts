import type { Trigger } from "../../src/domain/trigger.ts";
import type { Queue, QueueOptions } from "../../src/queue/queue.ts";
import { waitUntil } from "../support/wait.ts";

export type MakeQueue = (options: QueueOptions) => Queue;

/** A round of the timer for a repository: the trigger with the least to say. */
export function timerTrigger(repo: string): Trigger {
  return { kind: "timer", repo, installation: undefined };
}

/** A run that began; it goes on until the test ends it. */
export interface Run {
  readonly repo: string;
  readonly triggers: readonly Trigger[];
  readonly signal: AbortSignal;
  readonly end: (error?: Error) => void;
}

/** A queue whose runs end when the test says so. */
export function controlledQueue(make: MakeQueue, options: Partial<QueueOptions> = {}) {
  const runs: Run[] = [];
  const failures: (readonly [repo: string, error: unknown])[] = [];
  const queue = make({
    ...options,
    run: (repo, triggers, signal) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
        runs.push({ repo, triggers, signal, end });
      }),
    failed: (repo, error) => failures.push([repo, error]),
  });
  return {
    queue,
    runs,
    failures,
    /** The run of that number, from 0, once it began. */
    run: async (number: number): Promise<Run> => {
      await waitUntil(() => runs.length > number);
      const found = runs[number];
      if (found === undefined) throw new Error(`there is no run ${number}`);
      return found;
    },
    isIdle: () => queue.size().waiting + queue.size().running === 0,
  };
}

/** Long enough for a run that should not begin to begin. */
export const aMoment = () => new Promise((resolve) => setTimeout(resolve, 30));
