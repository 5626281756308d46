import type { RolloutOutlook } from "../../domain/rollout/report.ts";
import type { CountComparison, Points } from "../../domain/rollout-verdict/comparison.ts";
import type { RolloutReadings } from "../../domain/rollout-verdict/readings.ts";
import type { RolloutTimes } from "../../domain/rollout-verdict/rollout-verdict.ts";
import type { PlaceboRank, Signal } from "../../domain/rollout-verdict/signal.ts";
import { countTest } from "../count-test.ts";
import { type Rank, rankAmongPlacebos, shiftAmong } from "../placebo-test.ts";
import { meanWithin, type Span, sidesOf } from "../windows.ts";
import { outlookOf } from "./metric-signal.ts";
import { shownPoints } from "./reading-points.ts";
import { errorRatios, type RequestRates, requestRates } from "./request-counts.ts";

type Rates = Extract<RequestRates, { kind: "rates" }>;

/**
 * What failed calls say of a roll-out: the exact test of counts. It presumes that each call fails by itself, while real errors come
 * in bursts; so where there is history, the share that failed must also have moved further than it does by itself.
 */
export function errorSignal({ calls, failed, times }: Pick<RolloutReadings, "calls" | "failed" | "times">): Signal {
  const rates = requestRates({ calls, failed });
  if (rates.kind === "none") return signalOf({ kind: "not-compared", reason: rates.reason, ...NONE });
  const counts = countsAround(rates, times);
  const ratios = errorRatios(rates);
  const { query } = failed;
  const link = failed.kind === "read" ? failed.link : undefined;
  return signalOf(counts, rankAmongPlacebos(ratios, times), shownPoints(ratios, { query, link }, "ratio", times));
}

const NONE = { before: undefined, after: undefined };

function signalOf(counts: CountComparison, rank?: Rank, shown?: Extract<Signal, { kind: "errors" }>["shown"]): Signal {
  return { kind: "errors", outcome: outcomeOf(counts, rank), counts, placebos: rank && placebosOf(rank), shown };
}

function outcomeOf(counts: CountComparison, rank: Rank | undefined): RolloutOutlook {
  if (counts.kind === "not-compared") return "cannot-tell";
  const isConfirmed = rank === undefined || shiftAmong(rank) === counts.shift;
  return isConfirmed ? outlookOf(counts.shift) : "same";
}

function placebosOf({ real, placebos, higher, lower }: Rank): PlaceboRank {
  return { placebos, asFar: real >= 0 ? higher : lower };
}

function countsAround({ calls, failed }: Rates, times: RolloutTimes): CountComparison {
  const { before, after } = sidesOf(times);
  const count = (points: Points, side: Span) => countWithin(points, side);
  const [callsBefore, callsAfter] = [count(calls, before), count(calls, after)];
  if (callsBefore === undefined || callsAfter === undefined) return { kind: "not-compared", reason: "gaps", ...NONE };
  return countTest(count(failed, before) ?? 0, callsBefore, count(failed, after) ?? 0, callsAfter);
}

/** How many there were in a span, by the mean of their rates per second; undefined where points are missing. */
function countWithin(points: Points, side: Span): number | undefined {
  const mean = meanWithin(points, side);
  return mean === undefined ? undefined : (mean * (side.to - side.from)) / 1000;
}
