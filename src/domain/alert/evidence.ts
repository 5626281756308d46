import type { Instant, Json, Sha } from "../values/scalars.ts";

/** The URL where a reviewer can run a query again: http or https. */
export type Link = string;

/** One time series: its labels, and its points `[time in milliseconds, value]` in order; only finite values. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [Instant, number])[];
}

/** One kind of line in a log; parts that vary are `<*>`. */
export interface LogTemplate {
  readonly template: string;
  readonly count: number;
  readonly level: "fatal" | "error" | "warn" | "info" | "debug" | "unknown";
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Not seen before the agent's last deploy. */
  readonly isNew: boolean;
  /** One line of this kind, redacted. */
  readonly example: string;
}

/**
 * Why there is more than was read: one clause for each reason, redacted. Left out where everything was read. What is partial shows
 * that something is there, and never that something is not.
 */
type Partial = readonly string[] | undefined;

/**
 * Data that was read for an incident, redacted and limited in size. A model cites the `id`, such as `e1`;
 * remedies use the `name`.
 */
export type Evidence =
  | {
      readonly kind: "series";
      readonly id: string;
      readonly name: string;
      readonly query: string;
      readonly partial?: Partial;
      readonly link: Link | undefined;
      /** The unit of the numbers, for axes and sentences. */
      readonly unit: MeasureUnit;
      /** At most 20, the largest last value first. */
      readonly series: readonly Series[];
      /** Over all points of all series. */
      readonly stats: SeriesStats;
      /** The threshold of the alert, in the same unit. */
      readonly threshold: number | undefined;
    }
  | {
      readonly kind: "logs";
      readonly id: string;
      readonly name: string;
      readonly query: string;
      readonly partial?: Partial;
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
      readonly partial?: Partial;
      /** One sentence each, redacted, at most 50. */
      readonly lines: readonly string[];
      /** The objects as JSON, for expressions. */
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
  /** It was requested and is unavailable; the pull request says so. */
  | {
      readonly kind: "missing";
      readonly id: string;
      readonly name: string;
      readonly query: string;
      readonly reason: MissingReason;
      readonly message: string;
      /** What the source has in its place, where the answer was empty and it could tell. */
      readonly instead?: string | undefined;
      /** Set where the source refused who asks: no credential, a wrong one, or one that may not read this. */
      readonly refusal?: Refusal | undefined;
    };

/** The ids of the evidence that is partial. */
export function partialIds(evidence: readonly Evidence[]): ReadonlySet<string> {
  return new Set(evidence.filter((one) => "partial" in one && one.partial !== undefined).map((one) => one.id));
}

/** What is missing from partial evidence, a sentence for each name. */
export function partialSentences(evidence: readonly Evidence[]): readonly string[] {
  return evidence.flatMap((one) =>
    "partial" in one && one.partial !== undefined ? [`${one.name} is partial: ${one.partial.join("; ")}`] : [],
  );
}

export interface Refusal {
  readonly source: "Prometheus" | "Loki";
  /** What the source answered; "withheld": it was not asked, since its credential cannot be read or is for another address. */
  readonly status: 401 | 403 | "withheld";
}

export type MeasureUnit = "bytes" | "cores" | "seconds" | "ratio" | "count" | "dollars";

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
  /** First line of its message, cut where it is long. */
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
