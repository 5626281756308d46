import type { Instant, Json, Sha } from "./scalars.ts";

/** Where a reviewer can look at a query again: http or https. */
export type Link = string;

/** One time series: its labels, and its points `[time in milliseconds, value]` in order; only finite values. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [Instant, number])[];
}

/** One kind of line in a log: what varies is `<*>`. */
export interface LogTemplate {
  readonly template: string;
  readonly count: number;
  readonly level: "fatal" | "error" | "warn" | "info" | "debug" | "unknown";
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Not seen before the agent's last deploy. */
  readonly isNew: boolean;
  /** One line of it, redacted. */
  readonly example: string;
}

/** What was found out, redacted and bounded. `id` is what a finding cites, such as `e1`; `name` the remedy's word for it. */
export type Evidence =
  | {
      readonly kind: "series";
      readonly id: string;
      readonly name: string;
      readonly query: string;
      readonly link: Link | undefined;
      /** What the numbers are, for axes and sentences. */
      readonly unit: Unit;
      /** At most 20, the largest last value first. */
      readonly series: readonly Series[];
      /** Over all points of all series. */
      readonly stats: SeriesStats;
      /** Where the alert draws the line, in the same unit. */
      readonly threshold: number | undefined;
    }
  | {
      readonly kind: "logs";
      readonly id: string;
      readonly name: string;
      readonly query: string;
      readonly link: Link | undefined;
      readonly lines: number;
      /** At most 30: new ones first, then errors, then the most frequent. */
      readonly templates: readonly LogTemplate[];
    }
  | {
      readonly kind: "objects";
      readonly id: string;
      readonly name: string;
      /** What was read, such as `pods of support/triage`. */
      readonly query: string;
      /** One sentence each, redacted, at most 50. */
      readonly lines: readonly string[];
      /** The same for expressions: bounded JSON. */
      readonly value: Json;
    }
  | {
      readonly kind: "history";
      readonly id: string;
      readonly name: string;
      readonly query: string;
      /** Newest first, at most 20. */
      readonly commits: readonly SpecCommit[];
      /** The effective spec before the newest change that came before the alert; undefined where there was none in range. */
      readonly previous: { readonly sha: Sha; readonly spec: Json } | undefined;
    }
  /** It was asked for and could not be had; said so to the reviewer. */
  | {
      readonly kind: "missing";
      readonly id: string;
      readonly name: string;
      readonly query: string;
      readonly reason: MissingReason;
      readonly message: string;
    };

export type Unit = "bytes" | "cores" | "seconds" | "ratio" | "count" | "dollars";

export interface SeriesStats {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p95: number;
  readonly last: number;
  /** How many points there are. */
  readonly count: number;
}

export interface SpecCommit {
  readonly sha: Sha;
  readonly at: Instant;
  /** Whether the bot made it. */
  readonly byBot: boolean;
  /** First line of its message, bounded. */
  readonly subject: string;
}

export type MissingReason =
  | "not-configured"
  | "unreachable"
  | "timed-out"
  | "refused"
  | "empty"
  | "too-large"
  | "unreadable";
