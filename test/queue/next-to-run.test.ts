import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseNextRun, type Running, urgencyOf, type Waiting } from "../../src/queue/next-to-run.ts";

const NOW = 10_000_000;
const waits = (repo: string, changed: Partial<Waiting> = {}): Waiting => ({
  ...{ repo, installation: 1, from: 0, isSlow: false, urgency: 0, since: NOW },
  ...changed,
});
const choose = (waiting: readonly Waiting[], running: readonly Running[] = []) =>
  chooseNextRun({ now: NOW, concurrency: 2, share: 2, slow: 32, patience: 1000, running, waiting }).start?.repo;
const runs = (installation: number): Running => ({ lane: "slot", installation, startedAt: NOW });

describe("who runs next", () => {
  test("of equals whoever came first", () => {
    expect(choose([waits("a"), waits("b")])).toBe("a");
  });

  test("an alert overtakes a push, and a push the timer's round", () => {
    expect(choose([waits("round"), waits("push", { urgency: 1 }), waits("alert", { urgency: 2 })])).toBe("alert");
    expect(choose([waits("round"), waits("push", { urgency: 1 })])).toBe("push");
  });

  test("an event of a roll-out overtakes the timer's round, and nothing else", () => {
    const [rollout, timer, push, alert] = (["rollout", "timer", "push", "alert"] as const).map((kind) =>
      urgencyOf({ kind }),
    );
    expect(choose([waits("round", { urgency: timer ?? 0 }), waits("rollout", { urgency: rollout ?? 0 })])).toBe(
      "rollout",
    );
    expect(choose([waits("rollout", { urgency: rollout ?? 0 }), waits("push", { urgency: push ?? 0 })])).toBe("push");
    expect(choose([waits("rollout", { urgency: rollout ?? 0 }), waits("alert", { urgency: alert ?? 0 })])).toBe(
      "alert",
    );
  });

  test("an installation with fewer runs goes first, whatever the other waits for", () => {
    const waiting = [waits("alert", { urgency: 2 }), waits("other", { installation: 2 })];
    expect(choose(waiting, [runs(1)])).toBe("other");
  });

  test("after two minutes a round counts as much as an alert, and came first", () => {
    const old = waits("round", { since: NOW - 120_000 });
    expect(choose([old, waits("alert", { urgency: 2 })])).toBe("round");
    expect(choose([{ ...old, since: NOW - 119_000 }, waits("alert", { urgency: 2 })])).toBe("alert");
  });
});

test("nobody starves: whatever alerts go on coming, a repository runs within three minutes and one turn of the others", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 100, max: 5000 }),
      (urgencies, spanMs) => {
        let now = NOW;
        const since = new Map(urgencies.map((_, index) => [`other-${index}`, now]));
        const quiet = waits("quiet", { since: NOW });
        for (;;) {
          const others = [...since].toSorted((a, b) => a[1] - b[1]);
          const waiting = [
            ...others.map(([repo, at]) => waits(repo, { since: at, urgency: urgencies[Number(repo.slice(6))] ?? 0 })),
          ];
          // In the order in which they came.
          const all = [...waiting, quiet].toSorted((a, b) => a.since - b.since);
          const chosen = chooseNextRun({
            now,
            concurrency: 1,
            share: 1,
            slow: 8,
            patience: 1000,
            running: [],
            waiting: all,
          }).start?.repo;
          if (chosen === "quiet") return;
          now += spanMs;
          since.set(chosen ?? "", now);
          expect(now - NOW).toBeLessThan(180_000 + spanMs * (urgencies.length + 1));
        }
      },
    ),
    { numRuns: 200 },
  );
});

describe("the share of one installation", () => {
  const four = (waiting: readonly Waiting[], running: readonly Running[]) =>
    chooseNextRun({ now: NOW, concurrency: 4, share: 2, slow: 32, patience: 1000, running, waiting }).start;

  test("at its share it waits, however urgent, and the slot stays free for another", () => {
    const waiting = [waits("alert", { urgency: 2 })];
    expect(four(waiting, [runs(1), runs(1)])).toBeUndefined();
    expect(four([...waiting, waits("round", { installation: 2 })], [runs(1), runs(1)])?.repo).toBe("round");
    expect(four(waiting, [runs(1), runs(2)])?.repo).toBe("alert");
  });

  test("holds whatever comes and ends; another's trigger starts at once, and what is most urgent goes first", () => {
    const step = fc.record({
      kind: fc.constantFrom("comes", "comes", "ends"),
      installation: fc.constantFrom(1, 1, 1, 2),
      urgency: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let waiting: readonly Waiting[] = [];
        let running: readonly Running[] = [];
        for (const [index, { kind, installation, urgency }] of steps.entries()) {
          if (kind === "comes") waiting = [...waiting, waits(`repo-${index}`, { installation, urgency })];
          const over = kind === "ends" ? running.find((run) => run.installation === installation) : undefined;
          running = running.filter((run) => run !== over);
          for (let start = four(waiting, running); start !== undefined; start = four(waiting, running)) {
            const repo = start.repo;
            const chosen = waiting.find((one) => one.repo === repo);
            const beside = waiting.filter((one) => one.installation === chosen?.installation);
            expect(chosen?.urgency).toBe(Math.max(...beside.map((one) => one.urgency)));
            waiting = waiting.filter((one) => one !== chosen);
            running = [...running, runs(chosen?.installation ?? 0)];
          }
          for (const one of [1, 2]) {
            const slots = running.filter((run) => run.installation === one).length;
            expect(slots).toBeLessThanOrEqual(2);
            // It waits at its share only: nobody else's runs hold it up.
            if (waiting.some((wait) => wait.installation === one)) expect(slots).toBe(2);
          }
        }
      }),
    );
  });
});
