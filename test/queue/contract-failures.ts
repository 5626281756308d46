import { describe, expect, test } from "vitest";
import type { Trigger } from "../../src/domain/trigger.ts";
import { waitUntil } from "../support/wait.ts";
import { aMoment, controlledQueue, type MakeQueue, timerTrigger } from "./controlled-queue.ts";

/** What a queue does with runs that fail. */
export function failureContract(name: string, make: MakeQueue): void {
  describe(`${name} as a queue: runs that fail`, () => {
    test("the next repository runs, and the error is reported once", async () => {
      const { queue, runs, failures, run } = controlledQueue(make, { concurrency: 1 });
      for (const repo of ["a/1", "a/2"]) queue.enqueue(timerTrigger(repo));
      const error = new Error("no network");
      (await run(0)).end(error);
      (await run(1)).end();
      await waitUntil(() => queue.size().running === 0);
      expect(failures).toEqual([["a/1", error]]);
      expect(runs.map(({ repo }) => repo)).toEqual(["a/1", "a/2"]);
      expect(queue.failing()).toBe(1);
    });

    test("an error that `run` throws at once is reported like any other", async () => {
      const failures: unknown[] = [];
      const queue = make({
        run: () => {
          throw new Error("a bug");
        },
        failed: (repo, error) => failures.push([repo, error]),
      });
      queue.enqueue(timerTrigger("a/1"));
      await waitUntil(() => failures.length > 0);
      expect(failures).toEqual([["a/1", new Error("a bug")]]);
    });

    test("a repository that runs well again is not counted as failing any more", async () => {
      const { queue, run, isIdle } = controlledQueue(make, { backoff: () => 1 });
      queue.enqueue({ kind: "push", repo: "a/b", installation: undefined });
      (await run(0)).end(new Error("no network"));
      const second = await run(1);
      expect(queue.failing()).toBe(1);
      second.end();
      await waitUntil(isIdle);
      expect(queue.failing()).toBe(0);
    });

    test("with a backoff, the triggers of the failed run are in the next one, which comes without a new trigger", async () => {
      const asked: number[] = [];
      const backoff = (failures: number) => {
        asked.push(failures);
        return 1;
      };
      const { queue, run, isIdle } = controlledQueue(make, { backoff });
      const trigger: Trigger = { kind: "alert", repo: "a/b", installation: undefined };
      queue.enqueue(trigger);
      for (const number of [0, 1]) (await run(number)).end(new Error("no network"));
      const last = await run(2);
      expect(last.triggers).toEqual([trigger]);
      last.end();
      await waitUntil(isIdle);
      expect(asked).toEqual([1, 2]);
    });

    test("without a backoff, a repository that failed runs again at its next trigger", async () => {
      const { queue, runs, run } = controlledQueue(make);
      queue.enqueue(timerTrigger("a/b"));
      (await run(0)).end(new Error("no network"));
      await aMoment();
      expect(runs).toHaveLength(1);
      queue.enqueue(timerTrigger("a/b"));
      await run(1);
    });
  });
}
