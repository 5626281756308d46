import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Trigger } from "../../src/domain/trigger.ts";
import { createMemoryQueue } from "../../src/queue/memory.ts";

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
});
