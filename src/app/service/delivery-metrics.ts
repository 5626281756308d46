import { Counter, Gauge, type Registry } from "prom-client";
import type { Outcome } from "../../domain/decision.ts";
import type { RolloutReason } from "../../domain/rollout/report.ts";
import type { RepoKey } from "../../domain/trigger.ts";
import type { DeliverySpans } from "../../pr/record/delivery-report.ts";

/** What a merged pull request that is watched waits for. */
const STATES: readonly RolloutReason[] = ["rolling-out", "verifying"];
/** What was found of a merged pull request in the end. */
const VERDICTS: readonly RolloutReason[] = ["verified", "worse", "cannot-tell", "replaced"];
const QUANTILES = [0.5, 0.9];
/** Spans that are kept for each repository. */
const MOST_SPANS = 500;

/** How a fleet is delivered, over all repositories of a service. */
export interface DeliveryMetrics {
  /** A pass over a repository ended with these outcomes. */
  passed(repo: RepoKey, outcomes: readonly Outcome[]): void;
  /** What the last week of a repository took; what is left out stays as it was. */
  took(repo: RepoKey, spans: Partial<DeliverySpans>): void;
}

/** Creates the metrics. Label values come from fixed sets. */
export function createDeliveryMetrics(registry: Registry): DeliveryMetrics {
  const registers = [registry];
  const watched = new Map<RepoKey, Readonly<Record<string, number>>>();
  const spans = new Map<RepoKey, DeliverySpans>();
  const judged = new Map<RepoKey, ReadonlySet<string>>();
  const verdicts = new Counter({
    name: "raos_verdicts_total",
    help: "Merged pull requests that were judged, by what was found",
    labelNames: ["verdict"],
    registers,
  });
  for (const verdict of VERDICTS) verdicts.inc({ verdict }, 0);
  new Gauge({
    name: "raos_rollouts",
    help: "Merged pull requests that are watched, by what they wait for",
    labelNames: ["state"],
    registers,
    collect() {
      for (const state of STATES)
        this.set(
          { state },
          [...watched.values()].reduce((sum, counts) => sum + (counts[state] ?? 0), 0),
        );
    },
  });
  spanGauge(
    "raos_lead_time_seconds",
    "From the commit that asked for a change to its merge, in the last week",
    "leads",
  );
  spanGauge(
    "raos_time_to_restore_seconds",
    "From the first sign of an incident to its end, in the last week",
    "restored",
  );

  function spanGauge(name: string, help: string, which: keyof DeliverySpans): void {
    new Gauge({
      ...{ name, help, registers },
      labelNames: ["quantile"],
      collect() {
        const all = [...spans.values()].flatMap((one) => one[which]).toSorted((a, b) => a - b);
        this.reset();
        for (const quantile of QUANTILES) {
          const span = all[Math.ceil(quantile * all.length) - 1];
          if (span !== undefined) this.set({ quantile: String(quantile) }, Math.max(0, span) / 1000);
        }
      },
    });
  }

  return {
    passed(repo, outcomes) {
      const rollouts = outcomes.filter(({ cause, pull }) => cause === "rollout" && pull !== undefined);
      // One outcome for each agent of a pull request.
      const states = new Map(rollouts.map(({ pull, reason }) => [pull?.number, reason ?? ""]));
      watched.set(repo, countsOf([...states.values()]));
      // It is said again where a pull request takes it back, and that is no second verdict.
      const known = judged.get(repo) ?? new Set();
      const found = [...states].filter(([, reason]) => VERDICTS.some((verdict) => verdict === reason));
      for (const [number, verdict] of found) if (!known.has(`${number} ${verdict}`)) verdicts.inc({ verdict });
      judged.set(repo, new Set(found.map(([number, verdict]) => `${number} ${verdict}`)));
    },
    took(repo, found) {
      const { leads, restored } = { ...(spans.get(repo) ?? { leads: [], restored: [] }), ...found };
      spans.set(repo, { leads: leads.slice(0, MOST_SPANS), restored: restored.slice(0, MOST_SPANS) });
    },
  };
}

function countsOf(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
