import { describe, expect, test } from "vitest";
import type { WantedEdit } from "../../../src/domain/alert/incident.ts";
import type { Edit } from "../../../src/domain/change-set.ts";
import type { Json } from "../../../src/domain/values/scalars.ts";
import type { RecentChange } from "../../../src/remedy/bounds/bound-edits.ts";
import { type EarlierChanges, isOpposite, withoutRepeats } from "../../../src/remedy/bounds/earlier-changes.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;
const MEMORY = "/spec/runtime/resources/limits/memory";
const THRESHOLD = "/spec/scaling/keda/threshold";

const edit = (at: string, from: Json | undefined, to: Json): WantedEdit => {
  return { kind: "set", agent: "acme/a", at, from, to, why: "", by: "rule", evidence: [] };
};
const change = (at: string, from: Json | undefined, to: Json, ago: number, more: Partial<RecentChange> = {}) => {
  return { at, from, to, when: NOW - ago, deployedAt: NOW - ago, by: "bot", ...more } as const;
};
const facts = (more: Partial<EarlierChanges> = {}): EarlierChanges => {
  const nothing = {
    recent: [],
    lastChangedAt: undefined,
    running: new Map(),
    verified: new Map(),
    firedUntil: undefined,
  };
  return { began: NOW - 10 * 60_000, now: NOW, ...nothing, ...more };
};
const raise = edit(MEMORY, "640Mi", "800Mi");
const fate = (earlier: Partial<EarlierChanges>, one = raise) => {
  const { edits, dropped } = withoutRepeats([one], facts(earlier));
  return dropped[0]?.reason ?? (edits.length === 1 ? "kept" : "lost");
};

describe("an alert says something only about what ran when it began", () => {
  test.each<readonly [name: string, earlier: Partial<EarlierChanges>, fate: string]>([
    ["nothing is known", {}, "kept"],
    ["the cluster runs what the spec says", { running: new Map([[MEMORY, [671_088_640]]]) }, "kept"],
    ["the cluster runs the value before", { running: new Map([[MEMORY, [536_870_912]]]) }, "not-rolled-out"],
    ["some pods run what the spec says", { running: new Map([[MEMORY, ["512Mi", "640Mi"]]]) }, "kept"],
    ["another value does not run", { running: new Map([["/spec/runtime/image", ["a:1"]]]) }, "kept"],
    [
      "the generated files are not merged",
      { recent: [change(MEMORY, "512Mi", "640Mi", 2 * DAY, { by: "person", deployedAt: undefined })] },
      "not-rolled-out",
    ],
    [
      "a person raised it five minutes ago",
      { recent: [change(MEMORY, "512Mi", "640Mi", 5 * 60_000, { by: "person" })] },
      "changed-since-alert",
    ],
    ["a person raised it yesterday", { recent: [change(MEMORY, "512Mi", "640Mi", DAY, { by: "person" })] }, "kept"],
    ["another part was changed five minutes ago", { lastChangedAt: NOW - 5 * 60_000 }, "changed-since-alert"],
    ["another part was changed hours ago, after it began", { lastChangedAt: NOW - 2 * HOUR, began: NOW - DAY }, "kept"],
    ["another part was changed before it began", { lastChangedAt: NOW - HOUR }, "kept"],
  ])("%s", (_, earlier, expected) => expect(fate(earlier)).toBe(expected));

  test("edits of one remedy are made together, or not at all", () => {
    const request = edit("/spec/runtime/resources/requests/memory", "256Mi", "512Mi");
    const { edits, dropped } = withoutRepeats(
      [request, raise],
      facts({ recent: [change(MEMORY, "512Mi", "640Mi", 5 * 60_000, { by: "person" })] }),
    );
    expect(edits).toEqual([]);
    expect(dropped.map(({ at, reason }) => [at, reason])).toEqual([
      [request.at, "changed-since-alert"],
      [MEMORY, "changed-since-alert"],
    ]);
  });

  test("an image is the same under a mirror's name", () => {
    const back = edit("/spec/runtime/image", "ghcr.io/acme/a:1.5", "ghcr.io/acme/a:1.4");
    const running = (image: string) => ({ running: new Map([["/spec/runtime/image", [image]]]) });
    expect(fate(running("mirror.example.com/acme/a:1.5"), back)).toBe("kept");
    expect(fate(running("mirror.example.com/acme/a:1.4"), back)).toBe("not-rolled-out");
  });

  test("bytes are said as a person writes them", () => {
    const { dropped } = withoutRepeats([raise], facts({ running: new Map([[MEMORY, [536_870_912, 536_870_912]]]) }));
    expect(dropped[0]?.message).toBe("what the spec says now has not been rolled out: the cluster runs 512Mi");
  });
});

describe("a change is made again only where it helped", () => {
  const before = change(MEMORY, "512Mi", "640Mi", 2 * DAY);
  const verified = (held: boolean) => new Map([[MEMORY, held]]);
  test.each<readonly [name: string, earlier: Partial<EarlierChanges>, fate: string]>([
    ["the alert was silent for two days", { recent: [before] }, "kept"],
    ["it held then", { recent: [before], verified: verified(true) }, "kept"],
    ["it did not hold then", { recent: [before], verified: verified(false) }, "did-not-help"],
    ["hours ago, and unknown", { recent: [change(MEMORY, "512Mi", "640Mi", 7 * HOUR)] }, "did-not-help"],
    ["a second time, two days ago", { recent: [before, change(MEMORY, "400Mi", "512Mi", 5 * DAY)] }, "did-not-help"],
    [
      "a second time, four days ago",
      { recent: [4, 8].map((days) => change(MEMORY, "512Mi", "640Mi", days * DAY)) },
      "kept",
    ],
    [
      "two hours ago, and it held for a while",
      { recent: [change(MEMORY, "512Mi", "640Mi", 2 * HOUR)], verified: verified(true) },
      "did-not-help",
    ],
    ["two days ago, but an issue was open an hour ago", { recent: [before], firedUntil: NOW - HOUR }, "did-not-help"],
    ["in the other direction", { recent: [change(MEMORY, "800Mi", "640Mi", 7 * HOUR)] }, "kept"],
    ["by a person", { recent: [change(MEMORY, "512Mi", "640Mi", 7 * HOUR, { by: "person" })] }, "kept"],
    ["three weeks ago", { recent: [change(MEMORY, "512Mi", "640Mi", 21 * DAY)] }, "kept"],
    [
      "three times in two weeks",
      { recent: [2, 4, 6].map((days) => change(MEMORY, "512Mi", "640Mi", days * DAY)), verified: verified(true) },
      "tried-enough",
    ],
    [
      "three times, with a person's change between",
      {
        recent: [
          before,
          change(MEMORY, "700Mi", "512Mi", 3 * DAY, { by: "person" }),
          ...[4, 6].map((days) => change(MEMORY, "512Mi", "640Mi", days * DAY)),
        ],
      },
      "kept",
    ],
  ])("%s", (_, earlier, expected) => expect(fate(earlier)).toBe(expected));
});

describe("two changes that pull against each other", () => {
  const more = edit("/spec/scaling/max", 4, 8);
  const fewer = (ago: number, by: "bot" | "person" = "bot") => {
    return { recent: [change("/spec/model/maxConcurrency", 8, 4, ago, { by })] };
  };
  test.each<readonly [name: string, earlier: Partial<EarlierChanges>, one: WantedEdit, fate: string]>([
    ["more replicas after fewer calls", fewer(2 * HOUR), more, "opposes-other-change"],
    ["more replicas after fewer calls long ago", fewer(2 * DAY), more, "kept"],
    ["more replicas after a person's fewer calls", fewer(2 * HOUR, "person"), more, "kept"],
    ["a lower threshold after fewer calls", fewer(2 * HOUR), edit(THRESHOLD, 4, 2), "opposes-other-change"],
    ["a higher threshold after fewer calls", fewer(2 * HOUR), edit(THRESHOLD, 4, 8), "kept"],
    ["more memory after fewer calls", fewer(2 * HOUR), raise, "kept"],
  ])("%s", (_, earlier, one, expected) => expect(fate(earlier, one)).toBe(expected));

  const inFile = (at: string, from: Json, to: Json): Edit => {
    return { kind: "set", agent: "acme/a", file: "agents/acme/a.yaml", at, from, to, why: "", by: "rule" };
  };
  test.each<readonly [one: Edit, other: Edit, opposite: boolean]>([
    [inFile("/spec/scaling/max", 4, 8), inFile("/spec/environments/prod/model/maxConcurrency", 8, 4), true],
    [inFile("/spec/scaling/max", 4, 8), inFile("/spec/scaling/min", 1, 2), false],
    [inFile("/spec/scaling/max", 4, 8), inFile(MEMORY, "2Gi", "1Gi"), false],
    [inFile("/spec/scaling/keda/threshold", 4, 8), inFile("/spec/scaling/max", 4, 8), true],
  ])("in open pull requests: %j and %j", (one, other, opposite) => expect(isOpposite(one, other)).toBe(opposite));
});
