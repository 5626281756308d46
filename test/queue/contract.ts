import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Trigger } from "../../src/domain/trigger.ts";
import { waitUntil } from "../support/wait.ts";
import { endContract } from "./contract-end.ts";
import { failureContract } from "./contract-failures.ts";
import { aMoment, controlledQueue, type MakeQueue, timerTrigger } from "./controlled-queue.ts";

/** What every queue keeps. */
export function queueContract(name: string, make: MakeQueue): void {
  describe(`${name} as a queue: order`, () => {
    test("repositories run in the order in which they were enqueued", async () => {
      const { queue, runs, run } = controlledQueue(make, { concurrency: 1 });
      for (const repo of ["a/1", "a/2", "a/3"]) queue.enqueue(timerTrigger(repo));
      for (const number of [0, 1, 2]) (await run(number)).end();
      expect(runs.map(({ repo }) => repo)).toEqual(["a/1", "a/2", "a/3"]);
    });

    test("as many repositories run at the same time as `concurrency` says", async () => {
      const { queue, runs, run } = controlledQueue(make, { concurrency: 2 });
      for (const repo of ["a/1", "a/2", "a/3"]) queue.enqueue(timerTrigger(repo));
      await run(1);
      await aMoment();
      expect(runs.map(({ repo }) => repo)).toEqual(["a/1", "a/2"]);
      expect(queue.size()).toEqual({ waiting: 1, running: 2 });
      expect([...queue.running()].sort()).toEqual(["a/1", "a/2"]);
      runs[0]?.end();
      expect((await run(2)).repo).toBe("a/3");
    });

    test("`enqueue` returns before the run begins", async () => {
      const { queue, runs, run } = controlledQueue(make);
      queue.enqueue(timerTrigger("a/1"));
      expect(runs).toEqual([]);
      await run(0);
    });
  });

  describe(`${name} as a queue: one run of a repository at a time`, () => {
    test("triggers that wait together become one run, in their order", async () => {
      const { queue, runs, run } = controlledQueue(make);
      const triggers: readonly Trigger[] = [
        { kind: "push", repo: "a/b", installation: 1 },
        { kind: "alert", repo: "a/b", installation: 1 },
        timerTrigger("a/b"),
      ];
      expect(triggers.map((trigger) => queue.enqueue(trigger))).toEqual(["queued", "joined", "joined"]);
      expect((await run(0)).triggers).toEqual(triggers);
      await aMoment();
      expect(runs).toHaveLength(1);
    });

    test("triggers that arrive during a run lead to one more run after it", async () => {
      const { queue, runs, run, isIdle } = controlledQueue(make);
      queue.enqueue(timerTrigger("a/b"));
      await run(0);
      queue.enqueue(timerTrigger("a/b"));
      queue.enqueue(timerTrigger("a/b"));
      await aMoment();
      expect(runs).toHaveLength(1);
      runs[0]?.end();
      const second = await run(1);
      expect(second.triggers).toHaveLength(2);
      second.end();
      await waitUntil(isIdle);
      expect(runs).toHaveLength(2);
    });

    test("whatever arrives when: never two runs of a repository at once, and every trigger is in exactly one run", async () => {
      const arrivals = fc.array(fc.record({ repo: fc.constantFrom("a/1", "a/2", "a/3"), isLater: fc.boolean() }), {
        maxLength: 30,
      });
      await fc.assert(
        fc.asyncProperty(arrivals, async (list) => {
          const now = new Set<string>();
          const answered: Trigger[] = [];
          const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
          const queue = make({
            concurrency: 2,
            failed: (_, error) => expect.fail(String(error)),
            run: async (repo, triggers) => {
              expect(now.has(repo)).toBe(false);
              now.add(repo);
              await nextTurn();
              answered.push(...triggers);
              now.delete(repo);
            },
          });
          const sent = list.map(({ repo }, index): Trigger => {
            return { kind: "pull", repo, installation: undefined, pull: index };
          });
          for (const [index, trigger] of sent.entries()) {
            queue.enqueue(trigger);
            if (list[index]?.isLater) await nextTurn();
          }
          await waitUntil(() => queue.size().waiting + queue.size().running === 0, 1);
          expect(new Set(answered)).toEqual(new Set(sent));
          expect(answered).toHaveLength(sent.length);
        }),
        { numRuns: 100 },
      );
    });
  });

  failureContract(name, make);
  endContract(name, make);
}
