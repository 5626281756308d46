import type { Alert } from "../domain/alert/alert.ts";
import type { AgentKey } from "../domain/fleet.ts";

/** Limits of a board, in places: an alert uses one place for each 2,048 characters, at least one. */
export interface BoardLimits {
  /** Places in all. */
  readonly most: number;
  /** Places of alerts that belong to no agent: the agent may not exist yet, or the alert is about something else. */
  readonly unknown: number;
  /** Places of one agent, and of one alert name of an agent: for a thousand pods with the same alert, some alerts are enough. */
  readonly ofAgent: number;
  readonly ofName: number;
}

/** The agent of an alert; null: it belongs to no agent; undefined: not known yet. */
export type EntryOwner = AgentKey | null | undefined;

/** An alert on the board. */
export interface BoardAlert {
  readonly alert: Alert;
  readonly isHandled: boolean;
}

/** The places that one alert uses. */
export interface UsedPlaces {
  readonly owner: EntryOwner;
  /** The limits it counts for. */
  readonly keys: readonly string[];
  readonly weight: number;
}

/** Characters of one place. */
const PLACE = 2048;

/** How many places an alert uses. */
export function placesFor({ labels, annotations }: Alert): number {
  let length = 0;
  for (const texts of [labels, annotations])
    for (const [key, text] of Object.entries(texts)) length += key.length + text.length;
  return Math.max(1, Math.ceil(length / PLACE));
}

/** The limits that an alert counts for: its agent, and its agent and name; or that of alerts of no agent. */
export function limitKeysOf(owner: EntryOwner, { name }: Alert): readonly string[] {
  if (owner === undefined) return [];
  return owner === null ? [NO_AGENT] : [owner, `${owner}\n${name}`];
}

/** The key for alerts of no agent. An agent's key is never empty. */
const NO_AGENT = "";

/** The maximum of a limit, in places. */
export function limitOf(key: string, { unknown, ofAgent, ofName }: BoardLimits): number {
  if (key === NO_AGENT) return unknown;
  return key.includes("\n") ? ofName : ofAgent;
}

/**
 * Ended alerts by the limits they count for. The last one of a list is evicted first; those that a pass has
 * acted on are last.
 */
export function endedByKey(
  held: ReadonlyMap<string, BoardAlert>,
  owners: ReadonlyMap<string, { readonly keys: readonly string[] }>,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const all = [...held].filter(([, { alert }]) => alert.status === "resolved");
  for (const [fingerprint] of all.sort(([, a], [, b]) => Number(a.isHandled) - Number(b.isHandled))) {
    for (const key of owners.get(fingerprint)?.keys ?? []) {
      const list = found.get(key);
      if (list === undefined) found.set(key, [fingerprint]);
      else list.push(fingerprint);
    }
  }
  return found;
}

/**
 * What may be evicted, in this order: ended alerts, those of no agent first and then those that a pass has acted on; then
 * firing alerts of no agent.
 */
export function evictionOrderOf(
  held: ReadonlyMap<string, BoardAlert>,
  owners: ReadonlyMap<string, { readonly owner: EntryOwner }>,
): { readonly ended: readonly string[]; readonly unowned: readonly string[] } {
  const classes: readonly string[][] = [[], [], [], []];
  for (const [fingerprint, { alert, isHandled }] of held) {
    const isUnowned = owners.get(fingerprint)?.owner === null;
    const hasEnded = alert.status === "resolved";
    if (!isUnowned && !hasEnded) continue;
    classes[isUnowned ? (hasEnded ? 0 : 3) : isHandled ? 1 : 2]?.push(fingerprint);
  }
  return { ended: classes.slice(0, 3).flat(), unowned: classes[3] ?? [] };
}
