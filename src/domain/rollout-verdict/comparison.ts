import type { Instant } from "../values/scalars.ts";

/** Points of a series, `[time in milliseconds, value]`, in order. */
export type Points = readonly (readonly [Instant, number])[];

/** Why two sides of a roll-out cannot be compared. */
export type Incomparable =
  /** No such series is measured, before or after. */
  | "not-measured"
  /** The source could not be read, or answered only in part. */
  | "not-read"
  /** Points are missing just before or after the roll-out. */
  | "gaps"
  /** There are too few earlier moments to compare the change with. */
  | "little-history"
  /** Nobody called the agent, before or after. */
  | "no-traffic"
  /** Fewer requests on a side than rates can be told from. */
  | "few-requests"
  /** Every value is the same, all the time. */
  | "constant"
  /** A mean is zero or less, so there is no ratio. */
  | "zeroes";

/** Two sides that cannot be compared; the means are kept where there are any. */
interface NotCompared {
  readonly kind: "not-compared";
  readonly reason: Incomparable;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Which way a series moved, if it moved more than it does by itself. */
export type Shift = "up" | "down" | "none";

/** A change of a series, ranked among the changes at moments at which nothing was rolled out: the placebos. */
export type PlaceboComparison =
  | {
      readonly kind: "compared";
      readonly shift: Shift;
      /** Means of the minutes just before, of the hours before, and of the minutes after. */
      readonly before: number;
      readonly hours: number;
      readonly after: number;
      /** After to before, without the daily cycle: the ratio to the minutes or to the hours, whichever is nearer to 1. */
      readonly ratio: number;
      /** How many placebos there are; how many of them rose at least as much, and fell at least as much. */
      readonly placebos: number;
      readonly higher: number;
      readonly lower: number;
      /** Whether it moves much the same at the same time of most days. */
      readonly daily: boolean;
    }
  | NotCompared;

/** How many requests there were on a side, and how many of them failed. */
export interface Counts {
  readonly errors: number;
  readonly requests: number;
}

/** Errors of requests before against after, by an exact test of two counts. */
export type CountComparison =
  | {
      readonly kind: "compared";
      readonly shift: Shift;
      readonly before: Counts;
      readonly after: Counts;
      /** How probable at least so many, or at most so few, errors after the roll-out are where nothing changed. */
      readonly chance: number;
    }
  | {
      readonly kind: "not-compared";
      readonly reason: Incomparable;
      readonly before: Counts | undefined;
      readonly after: Counts | undefined;
    };
