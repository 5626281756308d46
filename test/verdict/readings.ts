import type { Points } from "../../src/domain/rollout-verdict/comparison.ts";
import type { RolloutReadings, SeriesReading } from "../../src/domain/rollout-verdict/readings.ts";
import type { RolloutTimes } from "../../src/domain/rollout-verdict/rollout-verdict.ts";
import { HISTORY, momentOfLook, POINT_STEP } from "../../src/domain/rollout-verdict/timing.ts";

/** A roll-out of two minutes, a week after the first point. */
export const TIMES: RolloutTimes = { changeAt: HISTORY, settledAt: HISTORY + 2 * 60_000 };
export const LOOK = momentOfLook(TIMES);

/** A point a minute up to the look; `value` gets the minutes since the roll-out began, which are negative before it. */
export function minutes(value: (minute: number) => number | undefined): Points {
  return Array.from({ length: LOOK / POINT_STEP }, (_, index) => (index + 1) * POINT_STEP).flatMap((at): Points => {
    const one = value((at - TIMES.changeAt) / POINT_STEP);
    return one === undefined ? [] : [[at, one]];
  });
}

/** A level that wavers by a tenth, always the same way: of no minute, and never twice alike. */
export function wavering(minute: number): number {
  return 1 + 0.1 * Math.sin(minute * 1.7) + 0.05 * Math.sin(minute / 97);
}

export function read(points: Points, labels: Readonly<Record<string, string>> = {}): SeriesReading {
  return { kind: "read", query: "the_query", link: undefined, series: [{ labels, points }] };
}

export const EMPTY: SeriesReading = { kind: "empty", query: "the_query" };
export const NOT_READ: SeriesReading = { kind: "not-read", query: "the_query", message: "there is no connection" };

/** Readings of an agent that is well: two calls a second, of which 2 % fail, two replicas, nothing else; with these differences. */
export function readings(differences: Partial<RolloutReadings> = {}): RolloutReadings {
  return {
    times: TIMES,
    objectives: { errorRate: undefined, p95Seconds: undefined },
    calls: read(minutes((minute) => 2 * wavering(minute))),
    failed: read(minutes((minute) => 0.04 * wavering(minute + 7))),
    latency: read(minutes((minute) => 0.8 * wavering(minute + 3))),
    tokens: EMPTY,
    restarts: read(minutes(() => 0)),
    ready: read(minutes(() => 2)),
    wanted: read(minutes(() => 2)),
    drained: EMPTY,
    alerts: EMPTY,
    verify: undefined,
    confounders: [],
    changesScaling: false,
    ...differences,
  };
}
