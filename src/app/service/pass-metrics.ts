import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from "prom-client";
import type { Instant } from "../../domain/values/scalars.ts";
import type { Answer } from "../../model/investigator.ts";
import { createDeliveryMetrics } from "./delivery-metrics.ts";

/** How an investigation ended: as its answer says, or because the day's budget for models was spent. */
const INVESTIGATION_RESULTS = ["found", "unresolved", "failed", "out-of-budget"] as const;

/** Metrics of the passes of a service that starts now. */
export function createPassMetrics(registry: Registry, now: () => Instant) {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const lastDone = new Gauge({
    name: "raos_last_reconcile_timestamp_seconds",
    help: "When a pass over some repository last ended well, in seconds since 1970; before the first, when the process started",
    registers,
  });
  lastDone.set(now() / 1000);
  const investigations = new Counter({
    name: "raos_investigations_total",
    help: "Investigations by the model, by how they ended",
    labelNames: ["result"],
    registers,
  });
  // A counter that begins with its first increase shows no increase.
  for (const result of INVESTIGATION_RESULTS) investigations.inc({ result }, 0);
  return {
    delivery: createDeliveryMetrics(registry),
    duration: new Histogram({
      name: "raos_reconcile_duration_seconds",
      help: "One pass over a repository, in seconds",
      buckets: [0.1, 0.5, 1, 5, 15, 60, 300],
      registers,
    }),
    runs: new Counter({
      name: "raos_reconcile_total",
      help: "Passes over a repository, by how they ended",
      labelNames: ["result"],
      registers,
    }),
    outcomes: new Counter({
      name: "raos_outcomes_total",
      help: "Outcomes of causes, by kind",
      labelNames: ["kind"],
      registers,
    }),
    /** A pass ended well now. */
    done: () => lastDone.set(now() / 1000),
    investigated: ({ kind, reason }: Pick<Answer, "kind" | "reason">) =>
      investigations.inc({ result: reason === "dollars" ? "out-of-budget" : kind }),
  };
}
