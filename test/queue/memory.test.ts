import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeadlineError } from "../../src/deadline/deadline.ts";
import type { Trigger } from "../../src/domain/trigger.ts";
import { createMemoryQueue } from "../../src/queue/memory.ts";
import { nextToRun } from "../../src/queue/next-to-run.ts";

const bell = (repo: string): Trigger => ({ kind: "timer", repo, installation: undefined });

/** A queue whose runs end when they are told to. */
function held(options: { readonly concurrency?: number; readonly limit?: number } = {}) {
  const runs: {
    readonly repo: string;
    readonly triggers: readonly Trigger[];
    readonly end: (error?: Error) => void;
  }[] = [];
  const failures: string[] = [];
  const queue = createMemoryQueue({
    ...options,
    run: (repo, triggers) =>
      new Promise((resolve, reject) =>
        runs.push({ repo, triggers, end: (error) => (error === undefined ? resolve() : reject(error)) }),
      ),
    failed: (repo, error) => failures.push(`${repo}: ${error instanceof Error ? error.message : ""}`),
  });
  return { queue, runs, failures };
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe("the memory queue", () => {
  it("makes one run of triggers that come together", async () => {
    const { queue, runs } = held();
    expect([bell("a/b"), bell("a/b"), bell("a/b")].map(queue.enqueue)).toEqual(["queued", "joined", "joined"]);
    await turn();
    expect(runs.map(({ repo, triggers }) => [repo, triggers.length])).toEqual([["a/b", 3]]);
  });

  it("runs once more for what came during a run, however often it rang", async () => {
    const { queue, runs } = held();
    queue.enqueue(bell("a/b"));
    await turn();
    queue.enqueue(bell("a/b"));
    queue.enqueue(bell("a/b"));
    await turn();
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await turn();
    expect(runs).toHaveLength(2);
    runs[1]?.end();
    await turn();
    expect(runs).toHaveLength(2);
    expect(queue.size()).toEqual({ waiting: 0, running: 0 });
  });

  it("serves repositories side by side, up to its concurrency, in the order they came", async () => {
    const { queue, runs } = held({ concurrency: 2 });
    for (const repo of ["a/1", "a/2", "a/3"]) queue.enqueue(bell(repo));
    await turn();
    expect(runs.map(({ repo }) => repo)).toEqual(["a/1", "a/2"]);
    runs[0]?.end();
    await turn();
    expect(runs.map(({ repo }) => repo)).toEqual(["a/1", "a/2", "a/3"]);
  });

  it("goes on after a run that failed", async () => {
    const { queue, runs, failures } = held({ concurrency: 1 });
    queue.enqueue(bell("a/1"));
    queue.enqueue(bell("a/2"));
    await turn();
    runs[0]?.end(new Error("no network"));
    await turn();
    expect(failures).toEqual(["a/1: no network"]);
    expect(runs.map(({ repo }) => repo)).toEqual(["a/1", "a/2"]);
  });

  it("is full at its limit, and after it began to drain", async () => {
    const { queue, runs } = held({ concurrency: 1, limit: 1 });
    expect(queue.enqueue(bell("a/1"))).toBe("queued");
    expect(queue.enqueue(bell("a/2"))).toBe("full");
    expect(queue.enqueue(bell("a/1"))).toBe("joined");
    await turn();
    const drained = queue.drain();
    expect(queue.enqueue(bell("a/3"))).toBe("full");
    runs[0]?.end();
    await drained;
    expect(runs).toHaveLength(1);
  });

  it("never runs a repository twice at once, and runs each after its last bell", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ repo: fc.constantFrom("a/1", "a/2", "a/3"), pause: fc.boolean() }), { maxLength: 30 }),
        async (bells) => {
          const active = new Set<string>();
          const seen = new Map<string, number>();
          const queue = createMemoryQueue({
            concurrency: 2,
            failed: () => {},
            run: async (repo, triggers) => {
              expect(active.has(repo)).toBe(false);
              active.add(repo);
              await turn();
              seen.set(repo, (seen.get(repo) ?? 0) + triggers.length);
              active.delete(repo);
            },
          });
          for (const { repo, pause } of bells) {
            queue.enqueue(bell(repo));
            if (pause) await turn();
          }
          while (queue.size().waiting + queue.size().running > 0) await turn();
          for (const repo of new Set(bells.map((each) => each.repo))) {
            expect(seen.get(repo)).toBe(bells.filter((each) => each.repo === repo).length);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  const silent = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it("ends a run at its deadline, says so, and goes on", async () => {
    const done: string[] = [];
    const failed: unknown[] = [];
    const queue = createMemoryQueue({
      concurrency: 1,
      deadline: 50,
      patience: 10_000,
      run: async (repo, _, signal) => (repo === "a/silent" ? silent(signal) : void done.push(repo)),
      failed: (repo, error) => failed.push([repo, error]),
    });
    for (const repo of ["a/silent", "a/good"]) queue.enqueue(bell(repo));
    await until(() => done.length > 0);
    expect(failed).toEqual([["a/silent", expect.any(DeadlineError)]]);
    expect(queue.failing()).toBe(1);
  });

  it("a run that hears nothing of its end keeps its repository and no slot", async () => {
    const done: string[] = [];
    const queue = createMemoryQueue({
      concurrency: 1,
      deadline: 20,
      patience: 60_000,
      run: async (repo) => (repo === "a/deaf" ? new Promise<void>(() => {}) : void done.push(repo)),
      failed: () => {},
    });
    for (const repo of ["a/deaf", "a/good"]) queue.enqueue(bell(repo));
    await until(() => done.length > 0);
    expect(queue.size().running).toBe(1);
    await queue.drain();
  }, 20_000);

  it("serves the others while many are silent, long before any of those is over", async () => {
    const order: string[] = [];
    const queue = createMemoryQueue({
      concurrency: 2,
      patience: 20,
      deadline: 600_000,
      run: async (repo, _, signal) => {
        order.push(repo);
        if (repo.startsWith("a/silent")) await silent(signal);
      },
      failed: () => {},
    });
    for (let index = 0; index < 10; index += 1) queue.enqueue(bell(`a/silent-${index}`));
    for (const repo of ["a/good", "a/better"]) queue.enqueue(bell(repo));
    await until(() => order.includes("a/good") && order.includes("a/better"));
    expect(queue.size()).toEqual({ waiting: 0, running: 10 });
  });

  it("does not start a repository in a slot that took too long the last time", async () => {
    const runs: string[] = [];
    let isSilent = true;
    const queue = createMemoryQueue({
      concurrency: 1,
      slow: 1,
      patience: 30,
      deadline: 60,
      run: async (repo, _, signal) => {
        runs.push(repo);
        if (repo === "a/slow" && isSilent) await silent(signal);
      },
      failed: () => {},
    });
    queue.enqueue(bell("a/slow"));
    await until(() => queue.failing() === 1);
    queue.enqueue(bell("a/slow"));
    queue.enqueue(bell("a/1"));
    await until(() => runs.includes("a/1"));
    expect(queue.size().running).toBe(1);
    isSilent = false;
    await until(() => queue.size().running === 0);
    queue.enqueue(bell("a/slow"));
    await until(() => queue.failing() === 0);
  });

  it("tries a repository that failed again by itself, later each time, with what rang; news wake it", async () => {
    const runs: { readonly at: number; readonly kinds: readonly string[] }[] = [];
    const asked: number[] = [];
    const queue = createMemoryQueue({
      backoff: (failures) => {
        asked.push(failures);
        return failures < 3 ? 10 : 600_000;
      },
      run: async (_, triggers) => {
        runs.push({ at: Date.now(), kinds: triggers.map(({ kind }) => kind) });
        throw new Error("no network");
      },
      failed: () => {},
    });
    queue.enqueue({ kind: "alert", repo: "a/b", installation: undefined });
    await until(() => runs.length === 3);
    expect(runs.map(({ kinds }) => kinds)).toEqual([["alert"], ["alert"], ["alert"]]);
    expect(asked).toEqual([1, 2, 3]);
    queue.enqueue(bell("a/b"));
    await turn();
    expect(runs).toHaveLength(3);
    queue.enqueue({ kind: "push", repo: "a/b", installation: undefined });
    await until(() => runs.length === 4);
    expect(runs[3]?.kinds).toEqual(["alert", "timer", "push"]);
    await queue.drain();
  }, 20_000);
});

describe("which repository runs next", () => {
  const situation = { now: 1000, concurrency: 2, slow: 4, patience: 100, running: [], waiting: [] };
  const waiter = (repo: string, installation?: number) => ({ repo, installation, from: 0, isSlow: false });
  const run = (lane: "slot" | "slow", installation?: number, startedAt = 1000) => ({ lane, installation, startedAt });

  it("is one of the installation with the fewest runs", () => {
    const waiting = [waiter("a/1", 1), waiter("a/2", 1), waiter("b/1", 2)];
    expect(nextToRun({ ...situation, waiting, running: [run("slot", 1)] })).toEqual({
      start: { repo: "b/1", lane: "slot" },
    });
  });

  it("takes a slot from a run that has had it for long, unless its installation fills half of the room beside", () => {
    const waiting = [waiter("c/1", 3)];
    const [long, longToo] = [run("slot", 1, 500), run("slot", 2, 600)];
    expect(nextToRun({ ...situation, waiting, running: [long, longToo] })).toEqual({ demote: long });
    const full = [run("slow", 1), run("slow", 1)];
    expect(nextToRun({ ...situation, waiting, running: [long, longToo, ...full] })).toEqual({ demote: longToo });
  });

  it("is none while all rest, and it says until when", () => {
    const waiting = [
      { ...waiter("a/1"), from: 5000 },
      { ...waiter("a/2"), from: 4000 },
    ];
    expect(nextToRun({ ...situation, waiting })).toEqual({ again: 4000 });
  });

  it("leaves room beside the slots to those that were never slow", () => {
    const waiting = [{ ...waiter("a/1"), isSlow: true }];
    expect(nextToRun({ ...situation, waiting, running: [run("slow")] })).toEqual({
      start: { repo: "a/1", lane: "slow" },
    });
    expect(nextToRun({ ...situation, waiting, running: [run("slow"), run("slow")] })).toEqual({});
  });
});
