import type { Points } from "../../domain/rollout-verdict/comparison.ts";
import type { RolloutReadings } from "../../domain/rollout-verdict/readings.ts";
import { pointsOf } from "./reading-points.ts";

/** The rates of calls and of failed calls, at the same moments; or why there are none. */
export type RequestRates =
  | { readonly kind: "rates"; readonly calls: Points; readonly failed: Points }
  | { readonly kind: "none"; readonly reason: "not-measured" | "not-read" };

/** A call that was counted fails where it is counted as failed, too: where no series of failed calls is, none failed. */
export function requestRates({ calls, failed }: Pick<RolloutReadings, "calls" | "failed">): RequestRates {
  const all = pointsOf(calls);
  if (all.kind === "none") return all;
  const bad = pointsOf(failed);
  if (bad.kind === "none" && bad.reason === "not-read") return bad;
  const byMoment = new Map(bad.kind === "points" ? bad.points : []);
  return { kind: "rates", calls: all.points, failed: all.points.map(([at]) => [at, byMoment.get(at) ?? 0] as const) };
}

/** The share of calls that failed, at each moment with calls. */
export function errorRatios({ calls, failed }: Extract<RequestRates, { kind: "rates" }>): Points {
  const byMoment = new Map(failed);
  return calls.flatMap(([at, rate]) => (rate > 0 ? [[at, (byMoment.get(at) ?? 0) / rate] as const] : []));
}
