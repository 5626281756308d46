import type { Alert } from "../../domain/alert/alert.ts";
import type { BoardEntry } from "../../queue/alert-board.ts";

/** One entry for each alert that several senders report: a firing one wins, then a measured one, then the later. Sorted by when they began. */
export function latestEntries(entries: readonly BoardEntry[]): readonly BoardEntry[] {
  const kept = new Map<string, BoardEntry>();
  for (const entry of entries) {
    const other = kept.get(entry.alert.fingerprint);
    if (other === undefined || wins(entry.alert, other.alert)) kept.set(entry.alert.fingerprint, entry);
  }
  return [...kept.values()].sort((a, b) => a.alert.startsAt - b.alert.startsAt);
}

function wins(one: Alert, other: Alert): boolean {
  if (one.status !== other.status) return one.status === "firing";
  if ((one.noData === undefined) !== (other.noData === undefined)) return one.noData === undefined;
  return one.startsAt !== other.startsAt ? one.startsAt > other.startsAt : (one.endsAt ?? 0) > (other.endsAt ?? 0);
}
