import { describe, expect, test } from "vitest";
import type { Evidence } from "../../../src/domain/alert/evidence.ts";
import type { WantedEdit } from "../../../src/domain/alert/incident.ts";
import { withoutRash } from "../../../src/remedy/bounds/damping.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AT = 100 * DAY;

function edit(at: string, evidence: readonly string[]): WantedEdit {
  return { kind: "set", agent: "acme/triage", at, from: 1, to: 2, why: "So.", by: "rule", evidence };
}

/** A series with a point for each hour of so many days, less those in a gap. */
function series(id: string, days: number, every = 1): Evidence {
  const points = Array.from(
    { length: (days * 24) / every },
    (_, index) => [AT - index * every * HOUR, 1] as const,
  ).reverse();
  const stats = { min: 1, max: 1, mean: 1, p95: 1, last: 1, count: points.length };
  return {
    kind: "series",
    id,
    name: id,
    query: "",
    link: undefined,
    unit: "count",
    series: [{ labels: {}, points }],
    stats,
    threshold: undefined,
  };
}

function droppedOf(edits: readonly WantedEdit[], evidence: readonly Evidence[], changedAt?: number): readonly string[] {
  const { edits: kept, dropped } = withoutRash(edits, { evidence, at: AT, changedAt });
  expect(kept.length + dropped.length).toBe(edits.length);
  return dropped.map(({ at, reason }) => `${at} ${reason}`);
}

describe("edits that no alert asks for", () => {
  test("need evidence that goes back a week, with a twentieth to spare, and has a hundred moments", () => {
    expect(droppedOf([edit("/a", ["e1"])], [series("e1", 7)])).toEqual([]);
    expect(droppedOf([edit("/a", ["e1"])], [series("e1", 6.8)])).toEqual([]);
    expect(droppedOf([edit("/a", ["e1"])], [series("e1", 6.5)])).toEqual(["/a too-little-history"]);
    expect(droppedOf([edit("/a", ["e1"])], [series("e1", 7, 2)])).toEqual(["/a too-little-history"]);
  });

  test("need it of one of the series that they name; of none where they name none", () => {
    const evidence = [series("e1", 1), series("e2", 7)];
    expect(droppedOf([edit("/a", ["e1", "e2"])], evidence)).toEqual([]);
    expect(droppedOf([edit("/a", ["e1"])], evidence)).toEqual(["/a too-little-history"]);
    expect(droppedOf([edit("/a", [])], evidence)).toEqual([]);
  });

  test("belong together", () => {
    const evidence = [series("e1", 1), series("e2", 7)];
    expect(droppedOf([edit("/a", ["e1"]), edit("/b", ["e2"])], evidence)).toEqual([
      "/a too-little-history",
      "/b too-little-history",
    ]);
  });

  test("wait for a day after any change, also one after the scheduled time", () => {
    const evidence = [series("e1", 7)];
    expect(droppedOf([edit("/a", ["e1"])], evidence, AT - DAY)).toEqual([]);
    expect(droppedOf([edit("/a", ["e1"])], evidence, AT - DAY + 1)).toEqual(["/a changed-lately"]);
    expect(droppedOf([edit("/a", ["e1"])], evidence, AT + HOUR)).toEqual(["/a changed-lately"]);
  });
});
