import { describe, expect, it } from "vitest";
import { createMemoryQueue } from "../../src/queue/memory-queue.ts";
import { chooseNextRun } from "../../src/queue/next-to-run.ts";
import { waitUntil } from "../support/wait.ts";
import { queueContract } from "./contract.ts";
import { timerTrigger } from "./controlled-queue.ts";

queueContract("the memory queue", createMemoryQueue);

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe("slow runs in the memory queue", () => {
  const silent = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

  it("a run that hears nothing of its end keeps its repository and no slot", async () => {
    const done: string[] = [];
    const queue = createMemoryQueue({
      concurrency: 1,
      deadline: 20,
      patience: 60_000,
      run: async (repo) => (repo === "a/deaf" ? new Promise<void>(() => {}) : void done.push(repo)),
      failed: () => {},
    });
    for (const repo of ["a/deaf", "a/good"]) queue.enqueue(timerTrigger(repo));
    await waitUntil(() => done.length > 0);
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
    for (let index = 0; index < 10; index += 1) queue.enqueue(timerTrigger(`a/silent-${index}`));
    for (const repo of ["a/good", "a/better"]) queue.enqueue(timerTrigger(repo));
    await waitUntil(() => order.includes("a/good") && order.includes("a/better"));
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
    queue.enqueue(timerTrigger("a/slow"));
    await waitUntil(() => queue.failing() === 1);
    queue.enqueue(timerTrigger("a/slow"));
    queue.enqueue(timerTrigger("a/1"));
    await waitUntil(() => runs.includes("a/1"));
    expect(queue.size().running).toBe(1);
    isSilent = false;
    await waitUntil(() => queue.size().running === 0);
    queue.enqueue(timerTrigger("a/slow"));
    await waitUntil(() => queue.failing() === 0);
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
    await waitUntil(() => runs.length === 3);
    expect(runs.map(({ kinds }) => kinds)).toEqual([["alert"], ["alert"], ["alert"]]);
    expect(asked).toEqual([1, 2, 3]);
    queue.enqueue(timerTrigger("a/b"));
    await turn();
    expect(runs).toHaveLength(3);
    queue.enqueue({ kind: "push", repo: "a/b", installation: undefined });
    await waitUntil(() => runs.length === 4);
    expect(runs[3]?.kinds).toEqual(["alert", "timer", "push"]);
    await queue.drain();
  }, 20_000);
});

describe("which repository runs next", () => {
  const situation = { now: 1000, concurrency: 2, share: 2, slow: 4, patience: 100, running: [], waiting: [] };
  const waiter = (repo: string, installation?: number) => {
    return { repo, installation, from: 0, isSlow: false, urgency: 0, since: 1000 };
  };
  const run = (lane: "slot" | "slow", installation?: number, startedAt = 1000) => ({ lane, installation, startedAt });

  it("is one of the installation with the fewest runs", () => {
    const waiting = [waiter("a/1", 1), waiter("a/2", 1), waiter("b/1", 2)];
    expect(chooseNextRun({ ...situation, waiting, running: [run("slot", 1)] })).toEqual({
      start: { repo: "b/1", lane: "slot" },
    });
  });

  it("takes a slot from a run that has had it for long, unless its installation fills half of the room beside", () => {
    const waiting = [waiter("c/1", 3)];
    const [long, longToo] = [run("slot", 1, 500), run("slot", 2, 600)];
    expect(chooseNextRun({ ...situation, waiting, running: [long, longToo] })).toEqual({ demote: long });
    const full = [run("slow", 1), run("slow", 1)];
    expect(chooseNextRun({ ...situation, waiting, running: [long, longToo, ...full] })).toEqual({ demote: longToo });
  });

  it("is none while all rest, and it says until when", () => {
    const waiting = [
      { ...waiter("a/1"), from: 5000 },
      { ...waiter("a/2"), from: 4000 },
    ];
    expect(chooseNextRun({ ...situation, waiting })).toEqual({ again: 4000 });
  });

  it("leaves room beside the slots to those that were never slow", () => {
    const waiting = [{ ...waiter("a/1"), isSlow: true }];
    expect(chooseNextRun({ ...situation, waiting, running: [run("slow")] })).toEqual({
      start: { repo: "a/1", lane: "slow" },
    });
    expect(chooseNextRun({ ...situation, waiting, running: [run("slow"), run("slow")] })).toEqual({});
  });
});
