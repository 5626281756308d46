import type { RolloutOutlook } from "../../domain/rollout/report.ts";
import type { Incomparable, Points } from "../../domain/rollout-verdict/comparison.ts";
import type { RolloutReadings } from "../../domain/rollout-verdict/readings.ts";
import type { BurnRates, Signal } from "../../domain/rollout-verdict/signal.ts";
import { momentOfLook } from "../../domain/rollout-verdict/timing.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { cleaned, meanWithin, type Span, sidesOf } from "../windows.ts";
import { pointsOf } from "./reading-points.ts";
import { type RequestRates, requestRates } from "./request-counts.ts";

const MINUTE = 60_000;
/** The fast burn of the SRE workbook, chapter 5: 2 % of a month's error budget in an hour, confirmed by the last five minutes. */
const FAST = 14.4;
/** Fewer failed calls in an hour are chance; as in the alert AgentErrorBudgetBurnFast. */
const FEWEST_FAILED = 5;

/**
 * Whether the error budget of `observability.slo.errorRate` burns fast since the roll-out, as AgentErrorBudgetBurnFast has it. Where
 * it burned before, the roll-out is not why. No signal where no objective is set.
 */
export function burnSignal({ objectives, times, calls, failed }: Readings): readonly Signal[] {
  const { errorRate: objective } = objectives;
  if (objective === undefined) return [];
  const rates = requestRates({ calls, failed });
  const signal = (
    outcome: RolloutOutlook,
    reason?: Incomparable,
    before?: BurnRates,
    after?: BurnRates,
  ): readonly Signal[] => [{ kind: "slo-burn", outcome, objective, before, after, reason }];
  if (rates.kind === "none") return signal("cannot-tell", rates.reason);
  const after = burnAt(rates, momentOfLook(times), objective);
  const before = burnAt(rates, times.changeAt, objective);
  if (after === undefined) return signal("cannot-tell", "gaps", before?.rates);
  const isWorse = after.isFast && before?.isFast !== true;
  return signal(isWorse ? "worse" : "same", undefined, before?.rates, after.rates);
}

type Readings = Pick<RolloutReadings, "objectives" | "times" | "calls" | "failed">;

/** The 95th percentile against `observability.slo.p95Seconds`, before and after. No signal where no objective is set. */
export function latencySignal({
  objectives,
  times,
  latency,
}: Pick<RolloutReadings, "objectives" | "times" | "latency">): readonly Signal[] {
  const { p95Seconds: objective } = objectives;
  if (objective === undefined) return [];
  const found = pointsOf(latency);
  const sides = sidesOf(times);
  const points: Points = found.kind === "none" ? [] : cleaned(found.points);
  const [before, after] = [meanWithin(points, sides.before), meanWithin(points, sides.after)];
  const reason =
    found.kind === "none" ? found.reason : before === undefined || after === undefined ? "gaps" : undefined;
  const outcome = outcomeOf(before, after, objective);
  return [{ kind: "slo-latency", outcome, objective, before, after, reason }];
}

function outcomeOf(before: number | undefined, after: number | undefined, objective: number): RolloutOutlook {
  if (before === undefined || after === undefined) return "cannot-tell";
  if (before <= objective && after > objective) return "worse";
  return before > objective && after <= objective ? "better" : "same";
}

interface Burn {
  readonly rates: BurnRates;
  readonly isFast: boolean;
}

/** How fast the budget burned at a moment; undefined where calls were not measured for the hour or the minutes before it. */
function burnAt(rates: Extract<RequestRates, { kind: "rates" }>, at: Instant, objective: number): Burn | undefined {
  const over = (minutes: number): Span => ({ from: at - minutes * MINUTE, to: at });
  const ratio = (span: Span) => {
    const calls = meanWithin(rates.calls, span);
    if (calls === undefined) return undefined;
    return calls > 0 ? (meanWithin(rates.failed, span) ?? 0) / calls : 0;
  };
  const [hour, short] = [ratio(over(60)), ratio(over(5))];
  if (hour === undefined || short === undefined) return undefined;
  const failed = (meanWithin(rates.failed, over(60)) ?? 0) * 3600;
  const isFast = Math.min(hour, short) > FAST * objective && failed >= FEWEST_FAILED;
  return { rates: { hour: hour / objective, fiveMinutes: short / objective }, isFast };
}
