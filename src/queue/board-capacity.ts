import type { Alert } from "../domain/alert/alert.ts";
import {
  type BoardAlert,
  type BoardLimits,
  type EntryOwner,
  endedByKey,
  evictionOrderOf,
  limitKeysOf,
  limitOf,
  placesFor,
  type UsedPlaces,
} from "./board-limits.ts";

/** How many alerts were not kept, and why. */
export type DroppedAlerts = Readonly<Partial<Record<DroppedAlertReason, number>>>;
export type DroppedAlertReason =
  /** It belongs to no agent, and has ended or exceeds the limit of such alerts. */
  | "unknown-agent"
  /** Its agent has reached its limit, or the limit for one alert name. */
  | "agent-full"
  /** It has ended, and was dropped to make room. */
  | "ended";

/** What to refuse and what to remove before alerts are taken. */
export interface Admission {
  readonly refused: ReadonlySet<string>;
  readonly evicted: readonly string[];
  readonly dropped: DroppedAlerts;
}

/** Counts who uses how many places on a board. */
export interface BoardCapacity {
  add(alert: Alert): void;
  remove(fingerprint: string): void;
  /** How to make room for alerts that are not on the board: the least important ones are evicted. Changes nothing. */
  planAdmission(fresh: readonly Alert[], held: ReadonlyMap<string, BoardAlert>): Admission | "full";
  /** Finds the agents of alerts that belonged to none; returns the fingerprints of those above the limit. */
  reassignOwners(held: ReadonlyMap<string, BoardAlert>): readonly string[];
}

const NONE: Pick<UsedPlaces, "keys" | "weight"> = { keys: [], weight: 0 };

/** The capacity of an empty board. */
export function createBoardCapacity(limits: BoardLimits, findOwner: (alert: Alert) => EntryOwner): BoardCapacity {
  /** Cached owners, until the fleet changes: each is needed to plan the admission, and again to add the alert. */
  let knownOwners = new WeakMap<Alert, { readonly owner: EntryOwner }>();
  const ownerOf = (alert: Alert): EntryOwner => {
    const known = knownOwners.get(alert) ?? { owner: findOwner(alert) };
    knownOwners.set(alert, known);
    return known.owner;
  };
  const owners = new Map<string, UsedPlaces>();
  let used = 0;
  const counts = new Map<string, number>();
  const count = (keys: readonly string[], by: number): void => {
    for (const key of keys) {
      const next = (counts.get(key) ?? 0) + by;
      if (next > 0) counts.set(key, next);
      else counts.delete(key);
    }
  };
  const put = (fingerprint: string, owner: EntryOwner, alert: Alert): void => {
    const place = { owner, keys: limitKeysOf(owner, alert), weight: placesFor(alert) };
    owners.set(fingerprint, place);
    count(place.keys, place.weight);
    used += place.weight;
  };
  const remove = (fingerprint: string): void => {
    const { keys, weight } = owners.get(fingerprint) ?? NONE;
    count(keys, -weight);
    used -= weight;
    owners.delete(fingerprint);
  };
  return {
    add: (alert) => put(alert.fingerprint, ownerOf(alert), alert),
    remove,
    planAdmission(fresh, held) {
      const refused = new Set<string>();
      const evicted = new Set<string>();
      const dropped = new Map<DroppedAlertReason, number>();
      const drop = (reason: DroppedAlertReason): void => void dropped.set(reason, (dropped.get(reason) ?? 0) + 1);
      const more = new Map<string, number>();
      const change = (keys: readonly string[], by: number): void => {
        for (const key of keys) more.set(key, (more.get(key) ?? 0) + by);
      };
      let wanted = 0;
      const taken = (key: string) => (counts.get(key) ?? 0) + (more.get(key) ?? 0);
      const evict = (fingerprint: string): void => {
        evicted.add(fingerprint);
        const { keys, weight } = owners.get(fingerprint) ?? NONE;
        change(keys, -weight);
        wanted -= weight;
        drop(owners.get(fingerprint)?.owner === null ? "unknown-agent" : "ended");
      };
      let ended: Map<string, string[]> | undefined;
      /** An alert of the same agent that has ended and may make room. */
      const endedOf = (key: string): string | undefined => {
        ended ??= endedByKey(held, owners);
        const list = ended.get(key) ?? [];
        for (let one = list.pop(); one !== undefined; one = list.pop()) if (!evicted.has(one)) return one;
        return undefined;
      };
      for (const alert of fresh) {
        const owner = ownerOf(alert);
        const keys = limitKeysOf(owner, alert);
        const weight = placesFor(alert);
        for (const key of keys) {
          const victim = alert.status === "firing" && taken(key) >= limitOf(key, limits) ? endedOf(key) : undefined;
          if (victim !== undefined) evict(victim);
        }
        const isUnowned = owner === null;
        if ((isUnowned && alert.status === "resolved") || keys.some((key) => taken(key) >= limitOf(key, limits))) {
          refused.add(alert.fingerprint);
          drop(isUnowned ? "unknown-agent" : "agent-full");
        } else {
          change(keys, weight);
          wanted += weight;
        }
      }
      const refuseWhileFull = (isLeast: (alert: Alert) => boolean, reason: DroppedAlertReason): void => {
        for (const alert of fresh) {
          if (used + wanted <= limits.most) return;
          if (refused.has(alert.fingerprint) || !isLeast(alert)) continue;
          refused.add(alert.fingerprint);
          wanted -= placesFor(alert);
          drop(reason);
        }
      };
      const evictWhileFull = (order: readonly string[]): void => {
        for (const fingerprint of order) {
          if (used + wanted <= limits.most) return;
          if (!evicted.has(fingerprint)) evict(fingerprint);
        }
      };
      // An alert of no agent never evicts another one, and its sender is not asked to send it again.
      refuseWhileFull((alert) => ownerOf(alert) === null, "unknown-agent");
      if (used + wanted > limits.most) {
        const least = evictionOrderOf(held, owners);
        evictWhileFull(least.ended);
        // What ended before the board heard of it is less than what fires.
        refuseWhileFull((alert) => alert.status === "resolved", "ended");
        evictWhileFull(least.unowned);
      }
      if (used + wanted > limits.most) return "full";
      return { refused, evicted: [...evicted], dropped: Object.fromEntries(dropped) };
    },
    reassignOwners(held) {
      knownOwners = new WeakMap();
      const unowned: Alert[] = [];
      for (const [fingerprint, { alert }] of held) {
        const known = owners.get(fingerprint);
        if (typeof known?.owner === "string") continue;
        const owner = ownerOf(alert);
        if (owner === null) unowned.push(alert);
        if (owner === known?.owner) continue;
        remove(fingerprint);
        put(fingerprint, owner, alert);
      }
      // Firing alerts before ended ones.
      const ordered = unowned.toSorted((a, b) => Number(a.status === "resolved") - Number(b.status === "resolved"));
      let places = 0;
      const beyond = ordered.filter((alert) => {
        places += placesFor(alert);
        return places > limits.unknown;
      });
      return beyond.map(({ fingerprint }) => fingerprint);
    },
  };
}
