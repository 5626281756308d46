import type { Issue } from "../../domain/alert/incident.ts";
import { decodeIssueMarker } from "../../domain/alert/issue-marker.ts";
import type { ChangeCounts } from "../../domain/record/change-counts.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { ChangeRecord } from "./change-record.ts";
import { countChanges, takenBackBy } from "./count-changes.ts";

/** How a fleet is delivered, over a time: the four figures of dora.dev, what became of each remedy's changes, and what models cost. */
export interface DeliveryReport {
  /** The beginning of the time, as an ISO 8601 timestamp. */
  readonly since: string;
  readonly deployments: { readonly count: number; readonly perDay: number };
  /** From the commit that asked for a change to its merge, which deploys it. Undefined: nothing was deployed. */
  readonly leadTimeSeconds: { readonly median: number | undefined };
  /** Deployments that were taken back, of all; undefined where there were none. */
  readonly changeFailureRate: number | undefined;
  /** From the first sign of an incident to its end. Undefined: none ended. */
  readonly timeToRestoreSeconds: { readonly median: number | undefined };
  readonly remedies: readonly RemedyFigures[];
  readonly model: { readonly tokens: number; readonly dollars: number };
}

/** What became of the changes of one remedy, or of one kind of cause, in one tenant. */
export interface RemedyFigures extends ChangeCounts {
  readonly remedy: string;
  readonly tenant: string;
  readonly proposed: number;
}

/** What a report is made from. */
export interface DeliveryFacts {
  readonly since: Instant;
  readonly until: Instant;
  /** Of pull requests opened or ended in this time. */
  readonly records: readonly ChangeRecord[];
  /** Incident issues. */
  readonly issues: readonly Issue[];
  /** When the commit that asked for a pull request reached the default branch, by its number; left out: when the pull request was opened. */
  readonly askedAt: ReadonlyMap<number, Instant>;
}

const DAY = 86_400_000;

/** Counts what happened in a time. A pull request counts as proposed where it was opened in it, else where it ended. */
export function reportDelivery({ since, until, records, issues, askedAt }: DeliveryFacts): DeliveryReport {
  const inTime = within(since, until);
  const merged = mergedIn(records, inTime);
  const takenBack = takenBackBy(records);
  const spans = deliverySpans({ since, until, records, issues, askedAt });
  const asked = [
    ...records.map(({ openedAt, spent }) => ({ at: openedAt, spent })),
    ...issues.map(({ createdAt, body }) => ({ at: createdAt, spent: decodeIssueMarker(body)?.spent })),
  ];
  const spent = asked.flatMap((one) => (inTime(one.at) && one.spent !== undefined ? [one.spent] : []));
  return {
    since: new Date(since).toISOString(),
    deployments: { count: merged.length, perDay: rounded(merged.length / Math.max((until - since) / DAY, 1 / 24)) },
    leadTimeSeconds: { median: median(spans.leads) },
    changeFailureRate:
      merged.length === 0
        ? undefined
        : rounded(merged.filter(({ number }) => takenBack.has(number)).length / merged.length),
    timeToRestoreSeconds: { median: median(spans.restored) },
    remedies: remedyFigures(records, takenBack, inTime),
    model: {
      tokens: spent.reduce((sum, { tokens }) => sum + tokens, 0),
      dollars: rounded(spent.reduce((sum, { dollars }) => sum + dollars, 0)),
    },
  };
}

/** How long each change of a time took to be merged, and each incident to end; milliseconds. */
export interface DeliverySpans {
  readonly leads: readonly number[];
  readonly restored: readonly number[];
}

/** The spans behind the medians of a report. Clocks that differ may give a negative one. */
export function deliverySpans({ since, until, records, issues, askedAt }: DeliveryFacts): DeliverySpans {
  const inTime = within(since, until);
  const merged = mergedIn(records, inTime);
  const ended = issues.flatMap(({ createdAt, endedAt }) =>
    endedAt !== undefined && inTime(endedAt) ? [endedAt - createdAt] : [],
  );
  const answered = merged.flatMap(({ isAlert, openedAt, endedAt = openedAt }) => (isAlert ? [endedAt - openedAt] : []));
  return {
    leads: merged.map(({ number, openedAt, endedAt = openedAt }) => endedAt - (askedAt.get(number) ?? openedAt)),
    restored: [...ended, ...answered],
  };
}

function within(since: Instant, until: Instant) {
  return (at: Instant | undefined): boolean => at !== undefined && at >= since && at <= until;
}

function mergedIn(records: readonly ChangeRecord[], inTime: (at: Instant | undefined) => boolean) {
  return records.filter(({ result, endedAt }) => result === "merged" && inTime(endedAt));
}

function remedyFigures(
  records: readonly ChangeRecord[],
  takenBack: ReadonlySet<number>,
  inTime: (at: Instant | undefined) => boolean,
): readonly RemedyFigures[] {
  const groups = Map.groupBy(records, ({ source, tenant }) => `${source}\0${tenant}`);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const [remedy = "", tenant = ""] = key.split("\0");
      const proposed = group.filter(({ openedAt }) => inTime(openedAt)).length;
      return { remedy, tenant, proposed, ...countChanges(group, takenBack, inTime) };
    })
    .filter(({ proposed, merged, refused }) => proposed + merged + refused > 0);
}

/** The median in whole seconds of spans in milliseconds; undefined where there are none. Clocks that differ give no negative span. */
function median(spans: readonly number[]): number | undefined {
  const sorted = spans.map((span) => Math.max(0, span)).toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : Math.round((low + high) / 2000);
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
