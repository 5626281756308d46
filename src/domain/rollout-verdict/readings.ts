import type { Link, Series } from "../alert/evidence.ts";
import type { Confounder, RolloutTimes } from "./rollout-verdict.ts";

/** What Prometheus answered to one query over the week before a roll-out and the minutes after it. */
export type SeriesReading =
  | {
      readonly kind: "read";
      readonly query: string;
      readonly link: Link | undefined;
      readonly series: readonly Series[];
    }
  /** It has no such series. */
  | { readonly kind: "empty"; readonly query: string }
  /** It could not be asked, or answered in part. The message may be shown. */
  | { readonly kind: "not-read"; readonly query: string; readonly message: string };

/** The objectives that an agent's spec sets. */
export interface Objectives {
  readonly errorRate: number | undefined;
  readonly p95Seconds: number | undefined;
}

/** All that is read about one agent's roll-out in one environment. Rates are per second, over five minutes. */
export interface RolloutReadings {
  readonly times: RolloutTimes;
  readonly objectives: Objectives;
  readonly calls: SeriesReading;
  readonly failed: SeriesReading;
  /** Seconds: the 95th percentile. */
  readonly latency: SeriesReading;
  /** Tokens of a call of a model. */
  readonly tokens: SeriesReading;
  /** Restarts within five minutes. */
  readonly restarts: SeriesReading;
  readonly ready: SeriesReading;
  readonly wanted: SeriesReading;
  /** By `node`: 1 while the node of one of its pods takes no new ones. */
  readonly drained: SeriesReading;
  /** By `alertname`: 1 while an alert of the agent's own rules fires. */
  readonly alerts: SeriesReading;
  /** The remedy's query, 1 where it holds; undefined where the change is not a remedy's. */
  readonly verify: SeriesReading | undefined;
  /** What is known of the change from elsewhere, such as another one in the same time. */
  readonly confounders: readonly Confounder[];
  /** Whether the change is one of replicas, or of what decides how many there are. */
  readonly changesScaling: boolean;
}
