import type { Link, MeasureUnit } from "../alert/evidence.ts";
import type { RolloutOutlook } from "../rollout/report.ts";
import type { CountComparison, Incomparable, PlaceboComparison, Points } from "./comparison.ts";

/** The metrics that are compared before against after. */
export type RolloutMetric = "latency" | "tokens" | "traffic";

/** A series as it was read, for people: its query, where to run it again, and its points around the roll-out. */
export interface ShownSeries {
  readonly query: string;
  readonly link: Link | undefined;
  readonly unit: MeasureUnit;
  /** At most 240. */
  readonly points: Points;
}

/** One thing that was looked at, with what it says and every figure that says so. */
export type Signal =
  | {
      readonly kind: "metric";
      readonly metric: RolloutMetric;
      readonly outcome: RolloutOutlook;
      readonly comparison: PlaceboComparison;
      readonly shown: ShownSeries | undefined;
    }
  | {
      readonly kind: "errors";
      readonly outcome: RolloutOutlook;
      readonly counts: CountComparison;
      /** The same change among the placebos; undefined where counts alone had to do. */
      readonly placebos: PlaceboRank | undefined;
      readonly shown: ShownSeries | undefined;
    }
  | {
      /** The error budget: the fast burn is a reason by itself. */
      readonly kind: "slo-burn";
      readonly outcome: RolloutOutlook;
      readonly objective: number;
      /** How many times faster than allowed the budget was used, over an hour and over five minutes; before and after. */
      readonly before: BurnRates | undefined;
      readonly after: BurnRates | undefined;
      readonly reason: Incomparable | undefined;
    }
  | {
      /** The objective of the 95th percentile, in seconds. */
      readonly kind: "slo-latency";
      readonly outcome: RolloutOutlook;
      readonly objective: number;
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly reason: Incomparable | undefined;
    }
  | {
      /** The query by which the change's remedy says that it helped. Shares of the time in which it held. */
      readonly kind: "verify";
      readonly outcome: RolloutOutlook;
      readonly query: string;
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly reason: Incomparable | undefined;
    }
  | {
      /** Alerts about the agent that fire after the roll-out and did not in the day before it. */
      readonly kind: "alerts";
      readonly outcome: RolloutOutlook;
      readonly firing: readonly string[];
      readonly reason: Incomparable | undefined;
    }
  | {
      /** Means of the share of the wanted replicas that were ready. */
      readonly kind: "readiness";
      readonly outcome: RolloutOutlook;
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly reason: Incomparable | undefined;
    }
  | {
      /** How often containers restarted. */
      readonly kind: "restarts";
      readonly outcome: RolloutOutlook;
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly reason: Incomparable | undefined;
    };

/** How many placebos there are, and how many of them changed at least as much, in the same direction. */
export interface PlaceboRank {
  readonly placebos: number;
  readonly asFar: number;
}

/** How many times faster than the objective allows an error budget was used. */
export interface BurnRates {
  readonly hour: number;
  readonly fiveMinutes: number;
}
