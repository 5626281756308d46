import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Alert } from "../../src/domain/alert/alert.ts";
import { type AlertBoard, createAlertBoard } from "../../src/queue/alert-board.ts";
import { type AlertStore, createAlertStore } from "../../src/queue/alert-store.ts";
import type { BoardLimits } from "../../src/queue/board-limits.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

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
    sender: "alertmanager",
    ...changed,
  };
}
const ended = (fingerprint: string, endsAt: number, startsAt = 100) =>
  alert(fingerprint, { status: "resolved", startsAt, endsAt });
const of = (agent: string | null, fingerprint: string, changed: Partial<Alert> = {}) =>
  alert(fingerprint, { ...changed, labels: agent === null ? {} : { agent } });

const WIDE: BoardLimits = { most: 100, unknown: 100, ofAgent: 100, ofName: 100 };
const whose = ({ labels }: Alert) => labels.agent ?? null;
const one = () => "acme/x";
const statesOf = (board: AlertBoard) =>
  board.list().map(({ alert: { fingerprint, status } }) => `${fingerprint} ${status}`);

interface Boards {
  make(limits?: Partial<BoardLimits>): AlertBoard;
  /** What the next process would see of the board. */
  again(board: AlertBoard): Promise<AlertBoard>;
}

/** Each kind of board keeps to the same contract. */
const KINDS: readonly (readonly [string, () => Boards])[] = [
  [
    "in memory",
    () => ({
      make: (limits = {}) => createAlertBoard({ limits: { ...WIDE, ...limits }, ownerOf: one }),
      again: async (board) => board,
    }),
  ],
  [
    "on disk",
    () => {
      const stores = new Map<
        AlertBoard,
        { readonly store: AlertStore; readonly folder: string; readonly limits: BoardLimits }
      >();
      const open = (folder: string, limits: BoardLimits): AlertBoard => {
        const store = createAlertStore({ folder, all: () => [], warn: () => {} });
        const board = createAlertBoard({ limits, ownerOf: one, journal: store.journal("acme/fleet", "alertmanager") });
        for (const { entry } of store.readNew()) board.restore(entry);
        stores.set(board, { store, folder, limits });
        return board;
      };
      return {
        make: (limits = {}) => open(temporaryFolder(), { ...WIDE, ...limits }),
        again: async (board) => {
          const known = stores.get(board);
          if (known === undefined) throw new Error("of another test");
          await known.store.save();
          known.store.close();
          return open(known.folder, known.limits);
        },
      };
    },
  ],
];

describe.each(KINDS)("a board of alerts %s", (_, boards) => {
  it("gives an alert without a beginning the moment at which it was first received", async () => {
    const { make, again } = boards();
    const board = make();
    const sent = (at: number) => alert("a", { startsAt: at, isStartUnknown: true });
    board.put([sent(100)], { receivedAt: 100 });
    board.mark("a", { isHandled: true });
    board.put([sent(200)], { receivedAt: 200 });
    const next = await again(board);
    next.put([sent(300)], { receivedAt: 300 });
    expect(next.list()).toMatchObject([{ alert: { startsAt: 100 }, receivedAt: 300, isHandled: true }]);
    const over = (at: number) => alert("a", { status: "resolved", startsAt: at, endsAt: at, isStartUnknown: true });
    next.put([over(400)], { receivedAt: 400 });
    next.mark("a", { isHandled: true });
    next.put([over(500)], { receivedAt: 500 });
    expect(next.list()).toMatchObject([{ alert: { startsAt: 100, endsAt: 400 }, isHandled: true }]);
    // After its end it begins anew.
    next.put([sent(600)], { receivedAt: 600 });
    expect(next.list()).toMatchObject([{ alert: { startsAt: 600, endsAt: undefined }, isHandled: false }]);
  });

  it("holds each alert once, and the next process finds the same in the same order", async () => {
    const { make, again } = boards();
    const board = make();
    board.put([alert("z"), alert("b", { startsAt: 50 }), alert("a"), alert("z")], { receivedAt: 200 });
    board.put([alert("z")], { receivedAt: 300 });
    expect(statesOf(board)).toEqual(["b firing", "z firing", "a firing"]);
    const next = await again(board);
    expect(next.list()).toEqual(board.list());
  });

  it("takes all or none where there is no room", async () => {
    const { make, again } = boards();
    const board = make({ most: 2 });
    expect(board.put([of("x", "a")], { receivedAt: 1 })).toMatchObject({ kind: "taken", taken: 1 });
    expect(board.put([of("x", "b"), of("x", "c")], { receivedAt: 2 })).toEqual({ kind: "full" });
    expect(board.size()).toBe(1);
    expect(board.put([{ ...ended("a", 150), labels: { agent: "x" } }, of("x", "b")], { receivedAt: 3 }).kind).toBe(
      "taken",
    );
    expect(statesOf(await again(board))).toEqual(["a resolved", "b firing"]);
  });

  it("holds what was measured, whichever report of one moment comes first", async () => {
    const { make, again } = boards();
    const gone = { status: "resolved", endsAt: 150, noData: "MissingSeries" } as const;
    for (const isFirst of [true, false]) {
      const board = make();
      const reports = [alert("a", { noData: "NoData" }), alert("a"), alert("b", gone), ended("b", 160)];
      board.put(isFirst ? reports : reports.toReversed(), { receivedAt: 200 });
      board.put([alert("c", gone)], { receivedAt: 200 });
      const held = (await again(board)).list().map((one) => [one.alert.fingerprint, one.alert.noData]);
      expect(held.toSorted()).toEqual([
        ["a", undefined],
        ["b", undefined],
        ["c", "MissingSeries"],
      ]);
    }
  });

  it("ends what is not read back, unless it was heard of since", async () => {
    const { make, again } = boards();
    const board = make();
    board.put([alert("old"), alert("again"), alert("stays")], { receivedAt: 200 });
    board.put([alert("again"), alert("new")], { receivedAt: 400 });
    board.replaceFiring([alert("stays"), alert("missed")], 300);
    const expected = new Set(["old resolved", "again firing", "stays firing", "new firing", "missed firing"]);
    expect(new Set(statesOf(board))).toEqual(expected);
    expect(board.get("old")?.alert.endsAt).toBe(300);
    expect(new Set(statesOf(await again(board)))).toEqual(expected);
  });

  it("comes round where a reading missed what still fires", () => {
    const board = boards().make();
    board.put([alert("a")], { receivedAt: 200 });
    board.replaceFiring([], 300);
    expect(statesOf(board)).toEqual(["a resolved"]);
    board.replaceFiring([alert("a")], 400);
    expect(statesOf(board)).toEqual(["a firing"]);
  });

  it("keeps an end that was heard of after the reading was asked for", () => {
    const board = boards().make();
    board.put([alert("a")], { receivedAt: 200 });
    board.put([ended("a", 310)], { receivedAt: 310 });
    board.replaceFiring([alert("a")], 300);
    expect(statesOf(board)).toEqual(["a resolved"]);
  });

  it("does not end what another Alertmanager sent, and is not whole beside it", async () => {
    const { make, again } = boards();
    const first = make();
    first.put([alert("ours")], { receivedAt: 100, origin: "http://a:9093" });
    first.put([alert("theirs")], { receivedAt: 100, origin: "http://b:9093" });
    first.replaceFiring([alert("ours"), alert("only listed")], 200);
    expect(first.isComplete()).toBe(false);
    // Who is who outlives the process.
    const board = await again(first);
    board.put([alert("ours too")], { receivedAt: 250, origin: "http://a:9093" });
    board.replaceFiring([], 300);
    expect(new Set(statesOf(board))).toEqual(
      new Set(["ours resolved", "ours too resolved", "only listed resolved", "theirs firing"]),
    );
    expect(board.isComplete()).toBe(false);
    board.put([ended("theirs", 350)], { receivedAt: 350, origin: "http://b:9093" });
    board.forget({ ended: 400, heard: 0 });
    expect([board.size(), board.isComplete()]).toEqual([0, true]);
  });

  it("forgets what ended long ago, nothing that fires, but what its sender says no more", async () => {
    const { make, again } = boards();
    const board = make();
    board.put([alert("a"), ended("b", 150), ended("c", 900)], { receivedAt: 1000 });
    board.put([alert("silent")], { receivedAt: 10 });
    board.forget({ ended: 500, heard: 100 });
    expect(statesOf(board)).toEqual(["a firing", "c resolved"]);
    expect(statesOf(await again(board))).toEqual(["a firing", "c resolved"]);
  });

  it("remembers how far the work has come, until the alert is another", async () => {
    const { make, again } = boards();
    const board = make();
    board.put([alert("a"), alert("b")], { receivedAt: 1 });
    board.mark("a", { isHandled: true });
    board.mark("b", { tries: 2, triedAt: 7 });
    board.put([alert("a"), alert("b")], { receivedAt: 2 });
    const next = await again(board);
    expect([next.get("a"), next.get("b")]).toMatchObject([{ isHandled: true }, { tries: 2, triedAt: 7 }]);
    next.put([ended("a", 150), alert("b", { startsAt: 200 })], { receivedAt: 3 });
    expect([next.get("a"), next.get("b")]).toMatchObject([{ isHandled: false }, { tries: 0 }]);
  });

  it("comes to the same, in whatever order and however often it is reported", () => {
    const { make } = boards();
    const reports = fc.array(
      fc.record({ key: fc.constantFrom("a", "b", "c"), start: fc.integer({ min: 1, max: 4 }), over: fc.boolean() }),
      { minLength: 1, maxLength: 20 },
    );
    const shuffled = reports.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    );
    const seen = (list: readonly { readonly key: string; readonly start: number; readonly over: boolean }[]) => {
      const board = createAlertBoard({ limits: WIDE, ownerOf: one });
      for (const { key, start, over } of list)
        board.put([over ? ended(key, start * 10 + 5, start * 10) : alert(key, { startsAt: start * 10 })], {
          receivedAt: 1000,
        });
      return new Map(
        board
          .list()
          .map(({ alert: { fingerprint, ...rest } }) => [fingerprint, [rest.status, rest.startsAt, rest.endsAt]]),
      );
    };
    expect(make().size()).toBe(0);
    fc.assert(
      fc.property(shuffled, ([list, mixed]) => {
        expect(seen(mixed)).toEqual(seen(list));
      }),
    );
  });
});

describe("room on a board", () => {
  const many = (agent: string | null, count: number, changed: Partial<Alert> = {}) =>
    Array.from({ length: count }, (_, index) => of(agent, `${agent}-${changed.name ?? ""}-${index}`, changed));
  const boardOf = (limits: Partial<BoardLimits>, owner = whose) =>
    createAlertBoard({ limits: { ...WIDE, ...limits }, ownerOf: owner });
  const at = { receivedAt: 1000 };

  it("alerts of no agent take their share and no more, whichever come first, and are counted", () => {
    const board = boardOf({ most: 10, unknown: 4 });
    expect(board.put(many(null, 50), at)).toMatchObject({ taken: 4, dropped: { "unknown-agent": 46 } });
    expect(board.put(many("acme/x", 6), at)).toMatchObject({ taken: 6, dropped: {} });
    // The last places are those of true alerts.
    expect(board.put(many("acme/y", 4), at)).toMatchObject({ taken: 4, dropped: { "unknown-agent": 4 } });
    expect(board.put(many("acme/z", 1), at)).toEqual({ kind: "full" });
  });

  it("one agent, and one name of it, takes no more than its share", () => {
    const board = boardOf({ ofAgent: 6, ofName: 4 });
    expect(board.put(many("acme/x", 50, { name: "Flood" }), at)).toMatchObject({
      taken: 4,
      dropped: { "agent-full": 46 },
    });
    expect(board.put(many("acme/x", 50, { name: "True" }), at)).toMatchObject({ taken: 2 });
    expect(board.put(many("acme/y", 1, { name: "Flood" }), at)).toMatchObject({ taken: 1 });
  });

  it("long alerts take the room of many", () => {
    const long = { annotations: { summary: "x".repeat(20_000) } };
    const board = boardOf({ most: 35, ofName: 20, unknown: 10 });
    expect(board.put(many("acme/x", 5, long), at)).toMatchObject({ taken: 2, dropped: { "agent-full": 3 } });
    expect(board.put(many(null, 5, long), at)).toMatchObject({ taken: 1, dropped: { "unknown-agent": 4 } });
    expect(board.put(many("acme/y", 1, long), at)).toMatchObject({ taken: 1, dropped: { "unknown-agent": 1 } });
    expect(board.put(many("acme/z", 1, long), at)).toEqual({ kind: "full" });
    expect(board.put(many(null, 1, long), at)).toMatchObject({ taken: 0, dropped: { "unknown-agent": 1 } });
  });

  it("what has ended makes room for what fires, what was acted upon first", () => {
    const board = boardOf({ ofName: 2 });
    board.put([of("acme/x", "a"), of("acme/x", "b")], at);
    const over = { status: "resolved", endsAt: 200 } as const;
    board.put([of("acme/x", "a", over), of("acme/x", "b", over)], at);
    board.mark("a", { isHandled: true });
    expect(board.put([of("acme/x", "c")], at)).toMatchObject({ taken: 1, dropped: { ended: 1 } });
    expect(statesOf(board)).toEqual(["b resolved", "c firing"]);
  });

  it("a full board drops first ended alerts of no agent, then other ended ones, then alerts of no agent", () => {
    const board = boardOf({ most: 4 });
    const over = { status: "resolved", endsAt: 200 } as const;
    board.put([of(null, "nobody ended"), of(null, "nobody"), of("acme/x", "ended"), of("acme/x", "fires")], at);
    board.put([of(null, "nobody ended", over), of("acme/x", "ended", over)], at);
    const left = ["1", "2", "3"].map((name) => {
      board.put([of("acme/y", name)], at);
      return statesOf(board).filter((state) => !/^\d/.test(state));
    });
    expect(left).toEqual([
      ["nobody firing", "ended resolved", "fires firing"],
      ["nobody firing", "fires firing"],
      ["fires firing"],
    ]);
    expect(board.put([of("acme/y", "4")], at)).toEqual({ kind: "full" });
  });

  it("what ended before the board heard of it makes room for what fires", () => {
    const board = boardOf({ most: 3 });
    const over = { status: "resolved", endsAt: 200 } as const;
    board.put(many("acme/x", 2), at);
    const put = board.put([of("acme/y", "ended", over), of("acme/y", "fires")], at);
    expect(put).toMatchObject({ taken: 1, dropped: { ended: 1 } });
    expect(statesOf(board)).toContain("fires firing");
    expect(board.put([of("acme/z", "late", over)], at)).toMatchObject({ taken: 0, dropped: { ended: 1 } });
  });

  it("of alerts that belong to no agent, long ones count for many when the fleet is read", () => {
    let fleet: ((one: Alert) => string | null) | undefined;
    const long = { annotations: { summary: "x".repeat(20_000) } };
    const board = createAlertBoard({ limits: { ...WIDE, unknown: 25 }, ownerOf: (one) => fleet?.(one) });
    board.put(many(null, 5, long), at);
    fleet = whose;
    expect(board.reassignOwners()).toEqual({ "unknown-agent": 3 });
  });

  it("before the fleet is known everything is taken; then alerts of no agent are dropped, down to their share", () => {
    let fleet: ((one: Alert) => string | null) | undefined;
    const board = createAlertBoard({ limits: { ...WIDE, unknown: 3 }, ownerOf: (one) => fleet?.(one) });
    board.put([...many(null, 10), ...many("acme/x", 10)], at);
    expect(board.size()).toBe(20);
    fleet = whose;
    expect(board.reassignOwners()).toEqual({ "unknown-agent": 7 });
    expect(board.list().filter(({ alert: { labels } }) => labels.agent === "acme/x")).toHaveLength(10);
    // An agent that is new by now.
    fleet = (one) => whose(one) ?? "acme/new";
    expect(board.reassignOwners()).toEqual({});
    fleet = whose;
    expect(board.put(many(null, 3, { name: "Other" }), at)).toMatchObject({ taken: 3 });
  });

  it("what its source lists finds room the same way", () => {
    const board = boardOf({ most: 10, unknown: 2 });
    expect(board.replaceFiring([...many(null, 50), ...many("acme/x", 5)], 1000)).toEqual({ "unknown-agent": 48 });
    expect(board.size()).toBe(7);
  });

  it("costs no more than in proportion to a flood", () => {
    const cost = (count: number) => {
      const board = boardOf({ most: 50_000, unknown: 1000, ofAgent: 200, ofName: 100 });
      const started = performance.now();
      for (let start = 0; start < count; start += 500)
        board.put(many(start % 1000 === 0 ? null : "acme/x", 500, { name: `N${start}` }), at);
      return performance.now() - started;
    };
    cost(5000);
    expect(Math.min(cost(40_000), cost(40_000))).toBeLessThan(Math.max(cost(20_000), cost(20_000)) * 4);
  });
});
