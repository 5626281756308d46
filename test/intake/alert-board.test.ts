import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Alert } from "../../src/domain/alert.ts";
import { createAlertBoard } from "../../src/queue/alert-board.ts";

function alert(fingerprint: string, changed: Partial<Alert> = {}): Alert {
  return {
    name: "AgentDown",
    labels: {},
    annotations: {},
    status: "firing",
    startsAt: 100,
    endsAt: undefined,
    generatorURL: undefined,
    fingerprint,
    ...changed,
  };
}
const ended = (fingerprint: string, endsAt: number, startsAt = 100) =>
  alert(fingerprint, { status: "resolved", startsAt, endsAt });

function boardOf(most = 100) {
  const board = createAlertBoard({ most });
  const states = () => board.present().map(({ fingerprint, status }) => `${fingerprint} ${status}`);
  return { board, states };
}

describe("the board of alerts", () => {
  it("holds each alert once", () => {
    const { board, states } = boardOf();
    board.put([alert("a"), alert("b", { startsAt: 50 }), alert("a")], 200);
    board.put([alert("a")], 300);
    expect(states()).toEqual(["b firing", "a firing"]);
  });

  it("takes all or none where there is no room", () => {
    const { board } = boardOf(2);
    expect(board.put([alert("a")], 1)).toBe("taken");
    expect(board.put([alert("b"), alert("c")], 2)).toBe("full");
    expect(board.size()).toBe(1);
    expect(board.put([ended("a", 150), alert("b")], 3)).toBe("taken");
  });

  it("ends what is not read back, unless it was heard of since", () => {
    const { board, states } = boardOf();
    board.put([alert("old"), alert("again"), alert("stays")], 200);
    board.put([alert("again"), alert("new")], 400);
    board.settle([alert("stays"), alert("missed")], 300);
    expect(new Set(states())).toEqual(
      new Set(["old resolved", "again firing", "stays firing", "new firing", "missed firing"]),
    );
    expect(board.present().find(({ fingerprint }) => fingerprint === "old")?.endsAt).toBe(300);
  });

  it("comes round where a reading missed what still fires", () => {
    const { board, states } = boardOf();
    board.put([alert("a")], 200);
    board.settle([], 300);
    expect(states()).toEqual(["a resolved"]);
    board.settle([alert("a")], 400);
    expect(states()).toEqual(["a firing"]);
  });

  it("keeps an end that was heard of after the reading was asked for", () => {
    const { board, states } = boardOf();
    board.put([alert("a")], 200);
    board.put([ended("a", 310)], 310);
    board.settle([alert("a")], 300);
    expect(states()).toEqual(["a resolved"]);
  });

  it("forgets what ended long ago, and nothing that fires", () => {
    const { board, states } = boardOf();
    board.put([alert("a"), ended("b", 150), ended("c", 900)], 1000);
    board.forget(500);
    expect(states()).toEqual(["a firing", "c resolved"]);
  });

  it("comes to the same, in whatever order and however often it is told", () => {
    const told = fc.array(
      fc.record({ key: fc.constantFrom("a", "b", "c"), start: fc.integer({ min: 1, max: 4 }), over: fc.boolean() }),
      { minLength: 1, maxLength: 20 },
    );
    const shuffled = told.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    );
    const seen = (list: readonly { readonly key: string; readonly start: number; readonly over: boolean }[]) => {
      const { board } = boardOf();
      for (const { key, start, over } of list)
        board.put([over ? ended(key, start * 10 + 5, start * 10) : alert(key, { startsAt: start * 10 })], 1000);
      return new Map(board.present().map((one) => [one.fingerprint, [one.status, one.startsAt, one.endsAt]]));
    };
    fc.assert(
      fc.property(shuffled, ([list, mixed]) => {
        expect(seen(mixed)).toEqual(seen(list));
      }),
    );
  });
});
