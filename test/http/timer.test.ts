import { describe, expect, it, vi } from "vitest";
import type { Trigger } from "../../src/domain/trigger.ts";
import { startTimer } from "../../src/http/timer.ts";

const FLEET = [
  { repo: "acme/one", installation: 1 },
  { repo: "acme/two", installation: undefined },
];

function started(repositories: () => Promise<typeof FLEET> | AsyncIterable<(typeof FLEET)[number]>, every = 20) {
  const triggers: Trigger[] = [];
  const failures: unknown[] = [];
  const timer = startTimer({
    every,
    repositories,
    enqueue: (trigger) => {
      triggers.push(trigger);
      return "queued";
    },
    failed: (error) => failures.push(error),
  });
  return { timer, triggers, failures };
}

describe("the timer", () => {
  it("rings for every repository at the start, and again and again", async () => {
    const { timer, triggers } = started(async () => FLEET);
    await vi.waitFor(() => expect(triggers.length).toBeGreaterThanOrEqual(6));
    expect(triggers.slice(0, 2)).toEqual([
      { kind: "timer", repo: "acme/one", installation: 1 },
      { kind: "timer", repo: "acme/two", installation: undefined },
    ]);
    timer.stop();
    const count = triggers.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(triggers).toHaveLength(count);
  });

  it("goes on after a round that failed", async () => {
    let round = 0;
    const { timer, triggers, failures } = started(async () => {
      round += 1;
      if (round === 1) throw new Error("no network");
      return FLEET;
    });
    await vi.waitFor(() => expect(triggers.length).toBeGreaterThan(0));
    timer.stop();
    expect(failures).toEqual([new Error("no network")]);
  });

  it("doubles no round that takes longer than the interval, and rings no more once stopped", async () => {
    let asked = 0;
    let answer: ((fleet: typeof FLEET) => void) | undefined;
    const { timer, triggers } = started(() => {
      asked += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    }, 5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toBe(1);
    timer.stop();
    answer?.(FLEET);
    await new Promise((resolve) => setImmediate(resolve));
    expect(triggers).toEqual([]);
  });

  it("tries a round that failed again long before the interval is over, later each time", async () => {
    vi.useFakeTimers();
    try {
      let asked = 0;
      const { timer, failures } = started(async () => {
        asked += 1;
        throw new Error("no network");
      }, 3_600_000);
      for (const [seconds, rounds] of [
        [9, 1],
        [2, 2],
        [18, 2],
        [2, 3],
      ] as const) {
        await vi.advanceTimersByTimeAsync(seconds * 1000);
        expect(asked).toBe(rounds);
      }
      timer.stop();
      await vi.advanceTimersByTimeAsync(600_000);
      expect([asked, failures.length]).toEqual([3, 3]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("rings for each repository as it is found, and for those before one that fails", async () => {
    const { timer, triggers, failures } = started(async function* () {
      yield* FLEET;
      throw new Error("no network");
    });
    await vi.waitFor(() => expect(failures.length).toBeGreaterThan(0));
    timer.stop();
    expect(triggers.slice(0, 2).map(({ repo }) => repo)).toEqual(["acme/one", "acme/two"]);
  });
});
