import type { MeasureUnit } from "../../domain/alert/evidence.ts";
import type { RolloutOutlook } from "../../domain/rollout/report.ts";
import type { PlaceboComparison, Shift } from "../../domain/rollout-verdict/comparison.ts";
import type { SeriesReading } from "../../domain/rollout-verdict/readings.ts";
import type { RolloutTimes } from "../../domain/rollout-verdict/rollout-verdict.ts";
import type { RolloutMetric, Signal } from "../../domain/rollout-verdict/signal.ts";
import { placeboTest } from "../placebo-test.ts";
import { pointsOf, shownReading } from "./reading-points.ts";

/** The unit of each metric, and whether less of it is better. More or fewer calls are neither. */
const METRICS: Readonly<Record<RolloutMetric, { readonly unit: MeasureUnit; readonly isLessBetter: boolean }>> = {
  latency: { unit: "seconds", isLessBetter: true },
  tokens: { unit: "count", isLessBetter: true },
  traffic: { unit: "count", isLessBetter: false },
};

/** What a metric says of a roll-out, by the placebo test. */
export function metricSignal(metric: RolloutMetric, reading: SeriesReading, times: RolloutTimes): Signal {
  const { unit, isLessBetter } = METRICS[metric];
  const found = pointsOf(reading);
  const comparison: PlaceboComparison =
    found.kind === "none"
      ? { kind: "not-compared", reason: found.reason, before: undefined, after: undefined }
      : placeboTest(found.points, times);
  const shown = shownReading(reading, unit, times);
  return { kind: "metric", metric, outcome: outcomeOf(comparison, isLessBetter), comparison, shown };
}

function outcomeOf(comparison: PlaceboComparison, isLessBetter: boolean): RolloutOutlook {
  if (comparison.kind === "not-compared") return "cannot-tell";
  return isLessBetter ? outlookOf(comparison.shift) : "same";
}

/** What a shift means where less is better. */
export function outlookOf(shift: Shift): RolloutOutlook {
  switch (shift) {
    case "up":
      return "worse";
    case "down":
      return "better";
    case "none":
      return "same";
    default:
      return shift satisfies never;
  }
}
