import type { Incomparable } from "../domain/rollout-verdict/comparison.ts";
import type { RolloutReadings } from "../domain/rollout-verdict/readings.ts";
import type {
  Confounder,
  RolloutFinding,
  RolloutTimes,
  RolloutVerdict,
} from "../domain/rollout-verdict/rollout-verdict.ts";
import type { RolloutMetric, Signal } from "../domain/rollout-verdict/signal.ts";
import { momentOfLook } from "../domain/rollout-verdict/timing.ts";
import { confoundersOf } from "./confounders.ts";
import { signalsOf } from "./signals/signals-of.ts";
import { type SignalSubject, subjectsOf } from "./signals/subjects.ts";

/** The verdict of a roll-out, from all that was read about it. Look once, at `momentOfLook`: earlier, points are missing. */
export function judgeOutlook(readings: RolloutReadings): RolloutVerdict {
  return judgeSignals(readings.times, signalsOf(readings), confoundersOf(readings));
}

/**
 * The verdict that signals give, whatever their order. `worse` needs two signals about different things, or the fast burn of the error
 * budget: one alone is wrong too often to take a change back. Where something else happened in the same time, nobody can tell what
 * the change did.
 */
export function judgeSignals(
  times: RolloutTimes,
  given: readonly Signal[],
  confounders: readonly Confounder[],
): RolloutVerdict {
  const signals = given.toSorted((a, b) => orderOf(a) - orderOf(b));
  return { times, at: momentOfLook(times), signals, ...findingOf(signals, confounders) };
}

function findingOf(signals: readonly Signal[], confounders: readonly Confounder[]): RolloutFinding {
  const [confounder, ...more] = confounders;
  if (confounder === undefined) return findingAlone(signals);
  const isWorse = findingAlone(signals).outlook === "worse";
  return { outlook: "cannot-tell", reason: { kind: "confounded", by: [confounder, ...more], isWorse } };
}

/** What the signals say where nothing else happened. */
function findingAlone(signals: readonly Signal[]): RolloutFinding {
  const worse = signals.filter(({ outcome }) => outcome === "worse");
  if (worse.some(({ kind }) => kind === "slo-burn")) return { outlook: "worse", reason: { kind: "slo-fast-burn" } };
  if (independentOf(worse) >= 2) return { outlook: "worse", reason: { kind: "two-signals" } };
  if (worse.length > 0) return { outlook: "cannot-tell", reason: { kind: "one-signal-worse" } };
  return findingWithoutWorse(signals);
}

function findingWithoutWorse(signals: readonly Signal[]): RolloutFinding {
  const reasons = signals.filter(isJudged).map(reasonOf);
  if (reasons.includes("no-traffic")) return { outlook: "cannot-tell", reason: { kind: "no-traffic" } };
  if (reasons.some(isMissing)) return { outlook: "cannot-tell", reason: { kind: "incomplete" } };
  if (!signals.some(tells)) return { outlook: "cannot-tell", reason: { kind: "nothing-measured" } };
  const isBetter = signals.some(({ outcome }) => outcome === "better");
  return isBetter
    ? { outlook: "better", reason: { kind: "improved" } }
    : { outlook: "same", reason: { kind: "unchanged" } };
}

/** More or fewer calls are neither good nor bad. */
function isJudged(signal: Signal): boolean {
  return signal.kind !== "metric" || signal.metric !== "traffic";
}

/** Whether a signal shows that all is well. That no alert fires does not: there may be no rules. */
function tells(signal: Signal): boolean {
  return isJudged(signal) && signal.kind !== "alerts" && signal.outcome !== "cannot-tell";
}

/** Whether something that is measured could not be compared, so that nobody knows whether it is well. */
function isMissing(reason: Incomparable | undefined): boolean {
  return reason !== undefined && MISSING.has(reason);
}

const MISSING: ReadonlySet<Incomparable> = new Set(["not-read", "gaps", "little-history", "few-requests"]);

/** The order in which people read them. */
const ORDER: readonly Signal["kind"][] = [
  ...(["verify", "slo-burn", "errors", "slo-latency"] as const),
  ...(["readiness", "restarts", "alerts", "metric"] as const),
];
const METRICS: readonly RolloutMetric[] = ["latency", "tokens", "traffic"];

function orderOf(signal: Signal): number {
  const metric = signal.kind === "metric" ? METRICS.indexOf(signal.metric) : 0;
  return 10 * ORDER.indexOf(signal.kind) + metric;
}

/** How many signals are about different things: each counts for one that no other counts for. */
function independentOf(signals: readonly Signal[]): number {
  const counted = new Set<SignalSubject>();
  // Those with one subject first, so that alerts, which may have several, count for one that is left.
  for (const subjects of signals.map(subjectsOf).toSorted((a, b) => a.length - b.length)) {
    const free = subjects.find((subject) => !counted.has(subject));
    if (free !== undefined) counted.add(free);
  }
  return counted.size;
}

/** Why a signal cannot tell; undefined where it can. */
export function reasonOf(signal: Signal): Incomparable | undefined {
  switch (signal.kind) {
    case "metric":
      return signal.comparison.kind === "not-compared" ? signal.comparison.reason : undefined;
    case "errors":
      return signal.counts.kind === "not-compared" ? signal.counts.reason : undefined;
    case "slo-burn":
    case "slo-latency":
    case "verify":
    case "alerts":
    case "readiness":
    case "restarts":
      return signal.reason;
    default:
      return signal satisfies never;
  }
}
