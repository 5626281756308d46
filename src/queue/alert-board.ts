import type { Alert } from "../domain/alert/alert.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { createBoardCapacity, type DroppedAlerts } from "./board-capacity.ts";
import type { BoardLimits } from "./board-limits.ts";

/** The present alerts of one sender: what a pass over a repository acts on. */
export interface AlertBoard {
  /**
   * Takes alerts. "full": there is no room for alerts of known agents, and none was taken. Repeated or reordered deliveries
   * change nothing. Alerts that belong to no agent, or exceed one agent's limit, are dropped and counted.
   */
  put(alerts: readonly Alert[], from: Delivery): PutResult;
  /**
   * Takes the complete list of firing alerts that was read from the sender: an alert that is not in it has ended. Where several
   * servers of one sender are read, `wouldList` says which alerts this one would list; left out: all.
   */
  replaceFiring(firing: readonly Alert[], at: Instant, wouldList?: (alert: Alert) => boolean): DroppedAlerts;
  /** Whether the list was read from the sender, and no other sender uses its name: then no other alert fires. */
  isComplete(): boolean;
  /** Takes an entry from disk; where the board has the alert too, the newer one wins. */
  restore(entry: BoardEntry): void;
  /** Firing alerts and recently ended ones, sorted by startsAt; for equal startsAt, in the order they came. */
  list(): readonly BoardEntry[];
  get(fingerprint: string): BoardEntry | undefined;
  /** Stores how far the work on an alert is. */
  mark(fingerprint: string, progress: Partial<Progress>): void;
  /** Drops alerts that ended before one moment, and those not received since another: the sender would have repeated them. */
  forget(before: { readonly ended: Instant; readonly heard: Instant }): void;
  /** After a change of the fleet: finds the agents of alerts that belonged to none. Returns what was dropped. */
  reassignOwners(): DroppedAlerts;
  size(): number;
}

export interface Delivery {
  readonly receivedAt: Instant;
  /** The sender's own address, where it gave one. */
  readonly origin?: string | undefined;
}

export type PutResult =
  | { readonly kind: "taken"; readonly taken: number; readonly dropped: DroppedAlerts }
  | { readonly kind: "full" };

/** How far the work on an alert is. */
export interface Progress {
  /** A pass has acted on its present state. */
  readonly isHandled: boolean;
  /** How often work on it started and did not finish. */
  readonly tries: number;
  /** When that work last started. */
  readonly triedAt: Instant;
}

/** An alert on a board. */
export interface BoardEntry extends Progress {
  readonly alert: Alert;
  readonly receivedAt: Instant;
  readonly origin: string | undefined;
  /** It was at least once in the list that was read from the sender. */
  readonly isListed: boolean;
}

/** Records every change of a board. */
export interface AlertJournal {
  set(entry: BoardEntry): void;
  remove(fingerprint: string): void;
}

export interface AlertBoardOptions {
  readonly limits: BoardLimits;
  /** The agent of an alert; null: it belongs to no agent; undefined: not known yet. */
  readonly ownerOf: (alert: Alert) => AgentKey | null | undefined;
  /** Left out: nothing is recorded. */
  readonly journal?: AlertJournal;
}

const NEW: Progress = { isHandled: false, tries: 0, triedAt: 0 };

/** A board in memory, of limited size; with a journal it survives the process. */
export function createAlertBoard({ limits, ownerOf: findOwner, journal }: AlertBoardOptions): AlertBoard {
  const entries = new Map<string, BoardEntry>();
  const capacity = createBoardCapacity(limits, findOwner);
  let isWhole = false;

  function write(entry: BoardEntry): void {
    const { fingerprint } = entry.alert;
    if (!entries.has(fingerprint)) capacity.add(entry.alert);
    entries.set(fingerprint, entry);
    journal?.set(entry);
  }

  function remove(fingerprint: string): void {
    if (!entries.delete(fingerprint)) return;
    capacity.remove(fingerprint);
    journal?.remove(fingerprint);
  }

  function take(reported: Alert, { receivedAt, origin }: Delivery, isListed: boolean): void {
    const known = entries.get(reported.fingerprint);
    const alert = withKnownStart(reported, known?.alert);
    const listed = isListed || known?.isListed === true;
    const from = { origin: origin ?? known?.origin, isListed: listed };
    if (known === undefined || isLater(alert, known.alert)) write({ alert, receivedAt, ...from, ...NEW });
    // The same state again: only the time of receipt changes.
    else if (alert.startsAt === known.alert.startsAt && alert.status === known.alert.status)
      write({ ...known, ...from, receivedAt: Math.max(receivedAt, known.receivedAt) });
  }

  /** The origins of alerts that were in the list read from the sender, and the unknown origin. */
  function knownOrigins(): ReadonlySet<string | undefined> {
    return new Set([undefined, ...[...entries.values()].filter((entry) => entry.isListed).map(({ origin }) => origin)]);
  }

  return {
    put(alerts, from) {
      const fresh = new Map<string, Alert>();
      for (const alert of alerts) if (!entries.has(alert.fingerprint)) fresh.set(alert.fingerprint, alert);
      const room = capacity.planAdmission([...fresh.values()], entries);
      if (room === "full") return { kind: "full" };
      for (const fingerprint of room.evicted) remove(fingerprint);
      const kept = alerts.filter((alert) => !room.refused.has(alert.fingerprint));
      for (const alert of kept) take(alert, from, false);
      return { kind: "taken", taken: kept.length, dropped: room.dropped };
    },
    isComplete() {
      const origins = knownOrigins();
      return isWhole && [...entries.values()].every(({ isListed, origin }) => isListed || origins.has(origin));
    },
    replaceFiring(firing, at, wouldList = () => true) {
      isWhole = true;
      const dropped = new Map<string, number>();
      const now = new Set(firing.map((alert) => alert.fingerprint));
      for (const reported of firing) {
        const known = entries.get(reported.fingerprint);
        const alert = withKnownStart(reported, known?.alert);
        const from = { receivedAt: at, origin: known?.origin };
        // The list wins over any older state, even if an earlier list did not hold the alert. Only a newer end
        // wins over the list.
        if (known?.alert.startsAt === alert.startsAt && known.alert.status !== alert.status && known.receivedAt < at)
          write({ ...known, ...NEW, alert, receivedAt: at, isListed: true });
        else if (known !== undefined || hasRoom(alert)) take(alert, from, true);
      }
      // A second Alertmanager may send here too. Its alerts are never in the list, so the list must not end them.
      const origins = knownOrigins();
      for (const entry of entries.values()) {
        const { alert, receivedAt, origin, isListed } = entry;
        if (
          (isListed || origins.has(origin)) &&
          alert.status === "firing" &&
          receivedAt < at &&
          !now.has(alert.fingerprint) &&
          wouldList(alert)
        )
          write({ ...entry, ...NEW, alert: { ...alert, status: "resolved", endsAt: at }, receivedAt: at });
      }
      return Object.fromEntries(dropped);
      function hasRoom(alert: Alert): boolean {
        const found = capacity.planAdmission([alert], entries);
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
      if (known === undefined && capacity.planAdmission([entry.alert], entries) === "full") return;
      write(entry);
    },
    list: () => [...entries.values()].sort((a, b) => a.alert.startsAt - b.alert.startsAt),
    get: (fingerprint) => entries.get(fingerprint),
    mark(fingerprint, progress) {
      const known = entries.get(fingerprint);
      if (known !== undefined) write({ ...known, ...progress });
    },
    forget({ ended, heard }) {
      for (const [fingerprint, { alert, receivedAt }] of entries)
        if (receivedAt < heard || (alert.endsAt ?? Number.POSITIVE_INFINITY) < ended) remove(fingerprint);
    },
    reassignOwners() {
      const surplus = capacity.reassignOwners(entries);
      for (const fingerprint of surplus) remove(fingerprint);
      return surplus.length === 0 ? {} : { "unknown-agent": surplus.length };
    },
    size: () => entries.size,
  };
}

/**
 * The alert with the beginning that is known of it, where its sender gives none: it goes on, or ends, since it was first
 * received; after its end, it begins anew.
 */
function withKnownStart({ isStartUnknown, ...alert }: Alert, known: Alert | undefined): Alert {
  if (isStartUnknown === undefined || known === undefined) return alert;
  const isSame = alert.endsAt === undefined ? known.endsAt === undefined : alert.endsAt >= known.startsAt;
  return isSame ? { ...alert, startsAt: known.startsAt } : alert;
}

/** The later startsAt wins; for equal startsAt, resolved wins; for the same state, the one that was measured. */
function isLater(one: Alert, other: Alert): boolean {
  if (one.startsAt !== other.startsAt) return one.startsAt > other.startsAt;
  if ((one.endsAt === undefined) !== (other.endsAt === undefined)) return one.endsAt !== undefined;
  return one.noData === undefined && other.noData !== undefined;
}
