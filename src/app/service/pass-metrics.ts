import { Counter, collectDefaultMetrics, Histogram, type Registry } from "prom-client";

/** Metrics of the passes of a service. */
export function createPassMetrics(registry: Registry) {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
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
  };
}
