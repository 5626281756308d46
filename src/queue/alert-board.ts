import type { Alert } from "../domain/alert.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Instant } from "../domain/scalars.ts";
import { type BoardLimits, createPlaces, type Dropped } from "./alert-places.ts";

/** The alerts of one sender there are now, as far as it said: what a pass over a repository acts on. */
export interface AlertBoard {
  /**
   * Takes a report. "full": there is no room for alerts of known agents, and nothing of the report was taken. Doubled and
   * reordered reports change nothing. What is nobody's, or too much of one agent, is dropped and counted.
   */
  put(alerts: readonly Alert[], from: Report): Put;
  /** Everything that fires, read back from its source at a moment: what of it fired before and is not listed has ended. */
  settle(firing: readonly Alert[], at: Instant): Dropped;
  /** Whether it was read back, and nobody else sends here under its name: then nothing fires that is not on it. */
  isWhole(): boolean;
  /** Takes what was kept on disk: the later word wins. */
  restore(entry: Entry): void;
  /** Firing and lately ended, in the order of their beginning; of equal beginnings, as they came. */
  present(): readonly Entry[];
  get(fingerprint: string): Entry | undefined;
  /** Notes how far the work on alerts has come. */
  mark(fingerprint: string, progress: Partial<Progress>): void;
  /** Drops what ended before a moment, and what was not heard of since another: its sender would have repeated it. */
  forget(before: { readonly ended: Instant; readonly heard: Instant }): void;
  /** Looks again whose those alerts are that were nobody's: the fleet changed. Answers with how many had to go. */
  sort(): Dropped;
  size(): number;
}

export interface Report {
  readonly receivedAt: Instant;
  /** The sender's own address, where it gave one. */
  readonly origin?: string | undefined;
}

export type Put =
  | { readonly kind: "taken"; readonly taken: number; readonly dropped: Dropped }
  | { readonly kind: "full" };

/** How far the work on an alert has come. */
export interface Progress {
  /** A pass has acted on it as it is now. */
  readonly isHandled: boolean;
  /** How often work on it began and did not come to an end. */
  readonly tries: number;
  /** When it last began. */
  readonly triedAt: Instant;
}

/** An alert as it is kept. */
export interface Entry extends Progress {
  readonly alert: Alert;
  readonly receivedAt: Instant;
  readonly origin: string | undefined;
  /** It was among what was read back at least once: the source knows it. */
  readonly isListed: boolean;
}

/** Is told of every change of a board. */
export interface AlertJournal {
  set(entry: Entry): void;
  remove(fingerprint: string): void;
}

export interface AlertBoardOptions {
  readonly limits: BoardLimits;
  /** Whose an alert is; null: nobody's; undefined: not known yet. */
  readonly whose: (alert: Alert) => AgentKey | null | undefined;
  /** Left out: nothing is kept. */
  readonly journal?: AlertJournal;
}

const NEW: Progress = { isHandled: false, tries: 0, triedAt: 0 };

/** A board in memory, of bounded size; a journal lets it outlive the process. */
export function createAlertBoard({ limits, whose, journal }: AlertBoardOptions): AlertBoard {
  const entries = new Map<string, Entry>();
  const places = createPlaces(limits, whose);
  let isWhole = false;

  function write(entry: Entry): void {
    const { fingerprint } = entry.alert;
    if (!entries.has(fingerprint)) places.add(entry.alert);
    entries.set(fingerprint, entry);
    journal?.set(entry);
  }

  function remove(fingerprint: string): void {
    if (!entries.delete(fingerprint)) return;
    places.remove(fingerprint);
    journal?.remove(fingerprint);
  }

  function take(alert: Alert, { receivedAt, origin }: Report, isListed: boolean): void {
    const known = entries.get(alert.fingerprint);
    const listed = isListed || known?.isListed === true;
    const from = { origin: origin ?? known?.origin, isListed: listed };
    if (known === undefined || isLater(alert, known.alert)) write({ alert, receivedAt, ...from, ...NEW });
    // Reported again: it is known to hold until later.
    else if (alert.startsAt === known.alert.startsAt && alert.status === known.alert.status)
      write({ ...known, ...from, receivedAt: Math.max(receivedAt, known.receivedAt) });
  }

  /** Senders whose alerts the source that is read back knows, and those that do not say who they are. */
  function ourOrigins(): ReadonlySet<string | undefined> {
    return new Set([undefined, ...[...entries.values()].filter((entry) => entry.isListed).map(({ origin }) => origin)]);
  }

  return {
    put(alerts, from) {
      const fresh = new Map<string, Alert>();
      for (const alert of alerts) if (!entries.has(alert.fingerprint)) fresh.set(alert.fingerprint, alert);
      const room = places.roomFor([...fresh.values()], entries);
      if (room === "full") return { kind: "full" };
      for (const fingerprint of room.evicted) remove(fingerprint);
      const kept = alerts.filter((alert) => !room.refused.has(alert.fingerprint));
      for (const alert of kept) take(alert, from, false);
      return { kind: "taken", taken: kept.length, dropped: room.dropped };
    },
    isWhole() {
      const ours = ourOrigins();
      return isWhole && [...entries.values()].every(({ isListed, origin }) => isListed || ours.has(origin));
    },
    settle(firing, at) {
      isWhole = true;
      const dropped = new Map<string, number>();
      const now = new Set(firing.map((alert) => alert.fingerprint));
      for (const alert of firing) {
        const known = entries.get(alert.fingerprint);
        const from = { receivedAt: at, origin: known?.origin };
        // What its source says fires does fire, even where an earlier reading missed it; only an end heard since is later.
        if (known?.alert.startsAt === alert.startsAt && known.alert.status !== alert.status && known.receivedAt < at)
          write({ ...known, ...NEW, alert, receivedAt: at, isListed: true });
        else if (known !== undefined || room(alert)) take(alert, from, true);
      }
      // Another Alertmanager than the one read back may send here too: of what it sent nothing is listed.
      const ours = ourOrigins();
      for (const entry of entries.values()) {
        const { alert, receivedAt, origin, isListed } = entry;
        if (
          (isListed || ours.has(origin)) &&
          alert.status === "firing" &&
          receivedAt < at &&
          !now.has(alert.fingerprint)
        )
          write({ ...entry, ...NEW, alert: { ...alert, status: "resolved", endsAt: at }, receivedAt: at });
      }
      return Object.fromEntries(dropped);
      function room(alert: Alert): boolean {
        const found = places.roomFor([alert], entries);
        if (found === "full") return false;
        for (const [reason, count] of Object.entries(found.dropped))
          dropped.set(reason, (dropped.get(reason) ?? 0) + count);
        if (found.refused.size > 0) return false;
        for (const fingerprint of found.evicted) remove(fingerprint);
        return true;
      }
    },
    restore(entry) {
      const known = entries.get(entry.alert.fingerprint);
      if (known !== undefined && !isLater(entry.alert, known.alert)) return;
      if (known === undefined && places.roomFor([entry.alert], entries) === "full") return;
      write(entry);
    },
    present: () => [...entries.values()].sort((a, b) => a.alert.startsAt - b.alert.startsAt),
    get: (fingerprint) => entries.get(fingerprint),
    mark(fingerprint, progress) {
      const known = entries.get(fingerprint);
      if (known !== undefined) write({ ...known, ...progress });
    },
    forget({ ended, heard }) {
      for (const [fingerprint, { alert, receivedAt }] of entries)
        if (receivedAt < heard || (alert.endsAt ?? Number.POSITIVE_INFINITY) < ended) remove(fingerprint);
    },
    sort() {
      const surplus = places.sort(entries);
      for (const fingerprint of surplus) remove(fingerprint);
      return surplus.length === 0 ? {} : { "unknown-agent": surplus.length };
    },
    size: () => entries.size,
  };
}

/** A later beginning is the later word; for equal beginnings, an end is. */
function isLater(one: Alert, other: Alert): boolean {
  if (one.startsAt !== other.startsAt) return one.startsAt > other.startsAt;
  return one.endsAt !== undefined && other.endsAt === undefined;
}
