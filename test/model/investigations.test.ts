import { describe, expect, test } from "vitest";
import { createInvestigations, type InvestigationOptions } from "../../src/model/investigations.ts";
import type { Answer, Investigator } from "../../src/model/investigator.ts";
import { createModelStore } from "../../src/model/model-store.ts";
import { NOW, QUESTION, recording } from "./question.ts";

const MINUTE = 60_000;

function answer(kind: Answer["kind"], summary: string): Answer {
  const found = { kind, summary, cause: "", confidence: "low", cites: [], edits: [], evidence: [] } as const;
  return { ...found, reason: "answered", model: "m", turns: 1, tokens: { input: 1, output: 1 }, dollars: 0 };
}

/** Investigations by hand: each question waits until it is answered by its number. */
function byHand(changed: Partial<InvestigationOptions> = {}) {
  const waiting: ((answer: Answer) => void)[] = [];
  const investigator: Investigator = { investigate: () => new Promise((resolve) => waiting.push(resolve)) };
  const clock = { now: NOW, rung: 0 };
  const investigations = createInvestigations(investigator, {
    wait: false,
    most: 2,
    done: () => {
      clock.rung += 1;
    },
    now: () => clock.now,
    answers: createModelStore().answers,
    ...changed,
  });
  const ask = (key: string) => investigations.ask({ branch: key, began: 0 }, async () => QUESTION, recording);
  const give = async (index: number, said: Answer) => {
    waiting[index]?.(said);
    await settled();
  };
  return { ask, give, clock, asked: () => waiting.length, investigations };
}

/** Everything that waits for nothing but promises has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("investigations of a service", () => {
  test("are pending, ring once when they are done, and are kept", async () => {
    const { ask, give, clock, asked } = byHand();
    expect([await ask("a 1"), await ask("a 1"), await ask("a 1")]).toEqual([undefined, undefined, undefined]);
    await settled();
    await give(0, answer("found", "memory"));
    expect([clock.rung, asked()]).toEqual([1, 1]);
    expect((await ask("a 1"))?.summary).toBe("memory");
    expect(asked()).toBe(1);
  });

  test("another beginning is another incident", async () => {
    const { ask, give, asked } = byHand();
    await ask("a 1");
    await settled();
    await give(0, answer("found", "memory"));
    expect(await ask("a 2")).toBeUndefined();
    await settled();
    expect(asked()).toBe(2);
  });

  test("at most so many at a time; the rest is asked with a later pass", async () => {
    const { ask, give, asked } = byHand();
    for (const key of ["a", "b", "c"]) expect(await ask(key)).toBeUndefined();
    await settled();
    expect(asked()).toBe(2);
    await give(0, answer("found", "a"));
    expect(await ask("c")).toBeUndefined();
    await settled();
    expect(asked()).toBe(3);
  });

  test("what failed is tried again after a quarter of an hour, what was found holds a day", async () => {
    const { ask, give, clock, asked } = byHand();
    await ask("a");
    await ask("b");
    await settled();
    await give(0, answer("failed", ""));
    await give(1, answer("unresolved", ""));
    clock.now += 14 * MINUTE;
    expect((await ask("a"))?.kind).toBe("failed");
    clock.now += 1 * MINUTE;
    expect(await ask("a")).toBeUndefined();
    await settled();
    expect(asked()).toBe(3);
    clock.now += 23 * 60 * MINUTE;
    expect((await ask("b"))?.kind).toBe("unresolved");
    clock.now += 60 * MINUTE;
    expect(await ask("b")).toBeUndefined();
  });

  test("a question that cannot be put together is an answer, and rings once", async () => {
    const { clock, investigations } = byHand();
    const broken = () =>
      investigations.ask({ branch: "a", began: 0 }, () => Promise.reject(new Error("no")), recording);
    expect(await broken()).toBeUndefined();
    await settled();
    expect(await broken()).toMatchObject({ kind: "failed", reason: "not-asked" });
    expect(clock.rung).toBe(1);
  });
});

describe("investigations of a command", () => {
  test("are waited for, one asker or many", async () => {
    const { ask, give, clock, asked } = byHand({ wait: true });
    const both = Promise.all([ask("a"), ask("a")]);
    await settled();
    expect(asked()).toBe(1);
    await give(0, answer("found", "memory"));
    expect((await both).map((one) => one?.summary)).toEqual(["memory", "memory"]);
    expect(clock.rung).toBe(0);
  });

  test("wait for room, too", async () => {
    const { ask, give, asked } = byHand({ wait: true, most: 1 });
    const all = Promise.all([ask("a"), ask("b"), ask("c")]);
    for (const index of [0, 1, 2]) {
      await settled();
      expect(asked()).toBe(index + 1);
      await give(index, answer("found", String(index)));
    }
    expect((await all).map((one) => one?.summary)).toEqual(["0", "1", "2"]);
  });
});
