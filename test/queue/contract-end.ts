import { describe, expect, test } from "vitest";
import { DeadlineError } from "../../src/deadline/deadline.ts";
import { waitUntil } from "../support/wait.ts";
import { aMoment, controlledQueue, type MakeQueue, timerTrigger } from "./controlled-queue.ts";

/** Limits of a queue, and how it stops. */
export function endContract(name: string, make: MakeQueue): void {
  describe(`${name} as a queue: limits`, () => {
    test("at its limit it is full for another repository, and takes triggers of one that waits", async () => {
      const { queue, run } = controlledQueue(make, { concurrency: 1, limit: 1 });
      const answers = ["a/1", "a/2", "a/1"].map((repo) => queue.enqueue(timerTrigger(repo)));
      expect(answers).toEqual(["queued", "full", "joined"]);
      await run(0);
      // The first one runs and waits no longer: there is room again.
      expect(queue.enqueue(timerTrigger("a/2"))).toBe("queued");
    });

    test("a run that reaches its deadline is aborted and reported, and the next repository runs", async () => {
      const { queue, failures, run } = controlledQueue(make, { concurrency: 1, deadline: 40 });
      for (const repo of ["a/slow", "a/good"]) queue.enqueue(timerTrigger(repo));
      const slow = await run(0);
      slow.signal.addEventListener("abort", () => slow.end(new Error("aborted")), { once: true });
      const good = await run(1);
      expect(good.repo).toBe("a/good");
      expect(good.signal.aborted).toBe(false);
      good.end();
      await waitUntil(() => failures.length > 0);
      expect(failures).toEqual([["a/slow", expect.any(DeadlineError)]]);
    });
  });

  describe(`${name} as a queue: its end`, () => {
    test("`drain` waits for what runs, and starts nothing that waits", async () => {
      const { queue, runs, run } = controlledQueue(make, { concurrency: 1 });
      for (const repo of ["a/1", "a/2"]) queue.enqueue(timerTrigger(repo));
      const first = await run(0);
      let isDrained = false;
      const drained = queue.drain().then(() => {
        isDrained = true;
      });
      await aMoment();
      expect(isDrained).toBe(false);
      expect(queue.enqueue(timerTrigger("a/3"))).toBe("full");
      first.end();
      await drained;
      await aMoment();
      expect(runs).toHaveLength(1);
      expect(queue.size()).toEqual({ waiting: 0, running: 0 });
    });

    test("after `drain` everything is refused", async () => {
      const { queue, runs } = controlledQueue(make);
      await queue.drain();
      expect(queue.enqueue(timerTrigger("a/1"))).toBe("full");
      await aMoment();
      expect(runs).toEqual([]);
    });

    test("a run that fails while the queue drains is not tried again", async () => {
      const { queue, runs, failures, run } = controlledQueue(make, { backoff: () => 1 });
      queue.enqueue(timerTrigger("a/1"));
      const first = await run(0);
      const drained = queue.drain();
      first.end(new Error("no network"));
      await drained;
      await aMoment();
      expect(runs).toHaveLength(1);
      expect(failures).toHaveLength(1);
      expect(queue.size()).toEqual({ waiting: 0, running: 0 });
    });
  });
}
