import type { RolloutReadings } from "../../domain/rollout-verdict/readings.ts";
import type { Signal } from "../../domain/rollout-verdict/signal.ts";
import { alertSignal } from "./alert-signal.ts";
import { errorSignal } from "./error-signal.ts";
import { readinessSignal, restartsSignal, verifySignal } from "./fact-signals.ts";
import { metricSignal } from "./metric-signal.ts";
import { burnSignal, latencySignal } from "./slo-signals.ts";

/** Every signal of a roll-out, in the order in which people read them. What was not measured is said, too. */
export function signalsOf(readings: RolloutReadings): readonly Signal[] {
  const { times } = readings;
  return [
    ...verifySignal(readings),
    ...burnSignal(readings),
    errorSignal(readings),
    ...latencySignal(readings),
    metricSignal("latency", readings.latency, times),
    readinessSignal(readings),
    restartsSignal(readings),
    alertSignal(readings),
    metricSignal("tokens", readings.tokens, times),
    metricSignal("traffic", readings.calls, times),
  ];
}
