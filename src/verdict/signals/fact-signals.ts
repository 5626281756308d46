import type { RolloutOutlook } from "../../domain/rollout/report.ts";
import type { Incomparable, Points } from "../../domain/rollout-verdict/comparison.ts";
import type { RolloutReadings } from "../../domain/rollout-verdict/readings.ts";
import type { Signal } from "../../domain/rollout-verdict/signal.ts";
import { LOOK_BACK, POINT_STEP, POINTS } from "../../domain/rollout-verdict/timing.ts";
import { meanWithin, type Span, sidesOf } from "../windows.ts";
import { pointsOf } from "./reading-points.ts";

/** The share of its wanted replicas that an agent has ready, and its query's time held, where all is well: scrapes are missed. */
const MOSTLY = 0.9;
/** Restarts on a side that are more than a mishap; as in the alert AgentRestarting. */
const MANY_RESTARTS = 3;
const HALF_HOURS_OF_A_DAY = 48;

/** Whether the replicas that are wanted are ready. An agent that is scaled to zero has nothing to be ready. */
export function readinessSignal({ times, ready, wanted }: Pick<RolloutReadings, "times" | "ready" | "wanted">): Signal {
  const [some, all] = [pointsOf(ready), pointsOf(wanted)];
  if (all.kind === "none") return factOf("readiness", all.reason);
  if (some.kind === "none") return factOf("readiness", some.reason);
  const readyAt = new Map(some.points);
  const shares = all.points.flatMap(([at, count]): Points => {
    // Without pods there is no series of those that are ready.
    return count > 0 ? [[at, Math.min(1, (readyAt.get(at) ?? 0) / count)]] : [];
  });
  const sides = sidesOf(times);
  const [before, after] = [meanWithin(shares, sides.before), meanWithin(shares, sides.after)];
  if (before === undefined || after === undefined) {
    const isIdle = all.points.every(([, count]) => count === 0);
    return factOf("readiness", isIdle ? "not-measured" : "gaps", before, after);
  }
  return { kind: "readiness", outcome: heldOutcome(before, after), before, after, reason: undefined };
}

/** How often containers restarted, against any half hour of the day before. */
export function restartsSignal({ times, restarts }: Pick<RolloutReadings, "times" | "restarts">): Signal {
  const found = pointsOf(restarts);
  if (found.kind === "none") return factOf("restarts", found.reason);
  const sides = sidesOf(times);
  // Each point counts those of five minutes.
  const count = (span: Span) => {
    const mean = meanWithin(found.points, span);
    return mean === undefined ? undefined : (mean * (span.to - span.from)) / LOOK_BACK;
  };
  const [before, after] = [count(sides.before), count(sides.after)];
  if (before === undefined || after === undefined) return factOf("restarts", "gaps", before, after);
  const length = POINTS * POINT_STEP;
  const most = Array.from({ length: HALF_HOURS_OF_A_DAY }, (_, index) => sides.before.to - index * length).reduce(
    (largest, to) => Math.max(largest, count({ from: to - length, to }) ?? 0),
    0,
  );
  return { kind: "restarts", outcome: restartsOutcome(before, after, most), before, after, reason: undefined };
}

function restartsOutcome(before: number, after: number, most: number): RolloutOutlook {
  if (after >= MANY_RESTARTS && after > most) return "worse";
  return before >= MANY_RESTARTS && after < 1 ? "better" : "same";
}

/** Whether the query by which a remedy says that it helped holds. Where it does not, the change does not do what it is for. */
export function verifySignal({ times, verify }: Pick<RolloutReadings, "times" | "verify">): readonly Signal[] {
  if (verify === undefined) return [];
  const { query } = verify;
  const found = pointsOf(verify);
  const none = (reason: Incomparable): readonly Signal[] => [
    { kind: "verify", outcome: "cannot-tell", query, before: undefined, after: undefined, reason },
  ];
  // It was written to be measured: where it is not, something is missing.
  if (found.kind === "none") return none("not-read");
  const sides = sidesOf(times);
  const held = found.points.map(([at, value]) => [at, value === 0 ? 0 : 1] as const);
  const [before, after] = [meanWithin(held, sides.before), meanWithin(held, sides.after)];
  if (after === undefined) return none("gaps");
  const outcome = after < 1 - MOSTLY ? "worse" : heldOutcome(before ?? 1, after);
  return [{ kind: "verify", outcome, query, before, after, reason: undefined }];
}

/** What held most of the time after and did not before is better; the other way round it is worse. */
function heldOutcome(before: number, after: number): RolloutOutlook {
  if (before >= MOSTLY && after < MOSTLY) return "worse";
  return before < MOSTLY && after >= MOSTLY ? "better" : "same";
}

function factOf(kind: "readiness" | "restarts", reason: Incomparable, before?: number, after?: number): Signal {
  return { kind, outcome: "cannot-tell", before, after, reason };
}
