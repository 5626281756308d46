import type { Alert } from "../domain/alert.ts";
import type { Instant } from "../domain/scalars.ts";

/** The alerts there are now, as far as anybody said: what a pass over a repository acts on. */
export interface AlertBoard {
  /** Takes all of them, or none where there is no room. Doubled and reordered reports change nothing. */
  put(alerts: readonly Alert[], receivedAt: Instant): "taken" | "full";
  /** Everything that fires, read back from its source at a moment: what fired before and is not in it has ended. */
  settle(firing: readonly Alert[], at: Instant): void;
  /** Whether it was read back once: then nothing fires that is not on it. */
  isWhole(): boolean;
  /** Firing and lately ended, in the order of their beginning. */
  present(): readonly Alert[];
  /** Drops what ended before a moment. */
  forget(before: Instant): void;
  size(): number;
}

interface Entry {
  readonly alert: Alert;
  readonly receivedAt: Instant;
}

/** A board in memory of at most `most` alerts. What it loses with the process is read back from its source. */
export function createAlertBoard({ most }: { readonly most: number }): AlertBoard {
  const entries = new Map<string, Entry>();
  let isWhole = false;

  function take(alert: Alert, receivedAt: Instant): void {
    const known = entries.get(alert.fingerprint);
    if (known === undefined || isLater(alert, known.alert)) entries.set(alert.fingerprint, { alert, receivedAt });
    // Said again: it is known to hold until later.
    else if (alert.startsAt === known.alert.startsAt && alert.status === known.alert.status)
      entries.set(alert.fingerprint, { alert: known.alert, receivedAt: Math.max(receivedAt, known.receivedAt) });
  }

  return {
    put(alerts, receivedAt) {
      const fresh = new Set(alerts.map((alert) => alert.fingerprint).filter((key) => !entries.has(key)));
      if (entries.size + fresh.size > most) return "full";
      for (const alert of alerts) take(alert, receivedAt);
      return "taken";
    },
    isWhole: () => isWhole,
    settle(firing, at) {
      isWhole = true;
      const now = new Set(firing.map((alert) => alert.fingerprint));
      for (const [key, { alert, receivedAt }] of entries) {
        if (alert.status === "firing" && receivedAt < at && !now.has(key))
          entries.set(key, { alert: { ...alert, status: "resolved", endsAt: at }, receivedAt: at });
      }
      for (const alert of firing) {
        const known = entries.get(alert.fingerprint);
        // What its source says fires does fire, even where an earlier reading missed it; only an end heard since is later.
        if (known?.alert.startsAt === alert.startsAt && known.receivedAt < at) entries.delete(alert.fingerprint);
        if (known !== undefined || entries.size < most) take(alert, at);
      }
    },
    present: () => [...entries.values()].map(({ alert }) => alert).sort((a, b) => a.startsAt - b.startsAt),
    forget(before) {
      for (const [key, { alert }] of entries)
        if ((alert.endsAt ?? Number.POSITIVE_INFINITY) < before) entries.delete(key);
    },
    size: () => entries.size,
  };
}

/** Of one beginning the end is the later word; a later beginning is always. */
function isLater(one: Alert, other: Alert): boolean {
  if (one.startsAt !== other.startsAt) return one.startsAt > other.startsAt;
  return one.endsAt !== undefined && other.endsAt === undefined;
}
