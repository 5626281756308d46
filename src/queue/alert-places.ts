import type { Alert } from "../domain/alert.ts";
import type { AgentKey } from "../domain/fleet.ts";

/** Room on a board, in places: an alert takes one, and a long one as many as it has times 2,048 characters. */
export interface BoardLimits {
  /** Places in all. */
  readonly most: number;
  /** Of them, those of alerts that are nobody's: of an agent that is not there yet, or of something that is none. */
  readonly unknown: number;
  /** Those of one agent, and of one agent and name: of a thousand pods that say the same, some are enough. */
  readonly ofAgent: number;
  readonly ofName: number;
}

/** How many alerts were not kept, and why. */
export type Dropped = Readonly<Partial<Record<DropReason, number>>>;
export type DropReason =
  /** It is nobody's, and has ended, or there are as many of that kind as there may be. */
  | "unknown-agent"
  /** Its agent has as many as an agent may have, or as many of its name. */
  | "agent-full"
  /** It has ended, and made room for others. */
  | "ended";

/** What has to be done before alerts can be taken. */
export interface Room {
  readonly refused: ReadonlySet<string>;
  readonly evicted: readonly string[];
  readonly dropped: Dropped;
}

interface Held {
  readonly alert: Alert;
  readonly isHandled: boolean;
}

/** Who holds how many places on a board. */
export interface Places {
  add(alert: Alert): void;
  remove(fingerprint: string): void;
  /** Room for alerts that are not on the board, found at the cost of those that matter least. Changes nothing. */
  roomFor(fresh: readonly Alert[], held: ReadonlyMap<string, Held>): Room | "full";
  /** Looks again whose those are that were nobody's; answers with those that are too many. */
  sort(held: ReadonlyMap<string, Held>): readonly string[];
}

interface Place {
  readonly owner: Owner;
  /** What it counts for. */
  readonly keys: readonly string[];
  readonly weight: number;
}

const NONE: Pick<Place, "keys" | "weight"> = { keys: [], weight: 0 };
/** Characters of one place. */
const PLACE = 2048;

function weightOf({ labels, annotations }: Alert): number {
  let length = 0;
  for (const texts of [labels, annotations])
    for (const [key, text] of Object.entries(texts)) length += key.length + text.length;
  return Math.max(1, Math.ceil(length / PLACE));
}

/** Whose it is; null: nobody's; undefined: not known yet. */
type Owner = AgentKey | null | undefined;

export function createPlaces(limits: BoardLimits, ask: (alert: Alert) => Owner): Places {
  /** Whose an alert was found to be, until the fleet changes: it is asked when room is looked for, and when it is taken. */
  let asked = new WeakMap<Alert, { readonly owner: Owner }>();
  const whose = (alert: Alert): Owner => {
    const known = asked.get(alert) ?? { owner: ask(alert) };
    asked.set(alert, known);
    return known.owner;
  };
  const owners = new Map<string, Place>();
  let used = 0;
  const counts = new Map<string, number>();
  const count = (keys: readonly string[], by: number): void => {
    for (const key of keys) {
      const next = (counts.get(key) ?? 0) + by;
      if (next > 0) counts.set(key, next);
      else counts.delete(key);
    }
  };
  const put = (fingerprint: string, owner: Owner, alert: Alert): void => {
    const place = { owner, keys: keysOf(owner, alert), weight: weightOf(alert) };
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
    add: (alert) => put(alert.fingerprint, whose(alert), alert),
    remove,
    roomFor(fresh, held) {
      const refused = new Set<string>();
      const evicted = new Set<string>();
      const dropped = new Map<DropReason, number>();
      const drop = (reason: DropReason): void => void dropped.set(reason, (dropped.get(reason) ?? 0) + 1);
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
        const owner = whose(alert);
        const keys = keysOf(owner, alert);
        const weight = weightOf(alert);
        for (const key of keys) {
          const victim = alert.status === "firing" && taken(key) >= mostOf(key, limits) ? endedOf(key) : undefined;
          if (victim !== undefined) evict(victim);
        }
        const isNobodys = owner === null;
        if ((isNobodys && alert.status === "resolved") || keys.some((key) => taken(key) >= mostOf(key, limits))) {
          refused.add(alert.fingerprint);
          drop(isNobodys ? "unknown-agent" : "agent-full");
        } else {
          change(keys, weight);
          wanted += weight;
        }
      }
      // What is nobody's never takes the place of another, nor is its sender asked to come again.
      for (const alert of fresh) {
        if (used + wanted <= limits.most) break;
        if (refused.has(alert.fingerprint) || whose(alert) !== null) continue;
        refused.add(alert.fingerprint);
        wanted -= weightOf(alert);
        drop("unknown-agent");
      }
      const least = used + wanted > limits.most ? leastOf(held, owners) : [];
      for (const fingerprint of least) {
        if (used + wanted <= limits.most) break;
        if (!evicted.has(fingerprint)) evict(fingerprint);
      }
      if (used + wanted > limits.most) return "full";
      return { refused, evicted: [...evicted], dropped: Object.fromEntries(dropped) };
    },
    sort(held) {
      asked = new WeakMap();
      const nobodys: Alert[] = [];
      for (const [fingerprint, { alert }] of held) {
        const known = owners.get(fingerprint);
        if (typeof known?.owner === "string") continue;
        const owner = whose(alert);
        if (owner === null) nobodys.push(alert);
        if (owner === known?.owner) continue;
        remove(fingerprint);
        put(fingerprint, owner, alert);
      }
      // Those that fire before those that ended.
      const ordered = nobodys.toSorted((a, b) => Number(a.status === "resolved") - Number(b.status === "resolved"));
      return ordered.slice(limits.unknown).map(({ fingerprint }) => fingerprint);
    },
  };
}

function keysOf(owner: Owner, { name }: Alert): readonly string[] {
  if (owner === undefined) return [];
  return owner === null ? [NOBODY] : [owner, `${owner}\n${name}`];
}

/** No key of an agent is empty. */
const NOBODY = "";

function mostOf(key: string, { unknown, ofAgent, ofName }: BoardLimits): number {
  if (key === NOBODY) return unknown;
  return key.includes("\n") ? ofName : ofAgent;
}

/** What has ended, by what it counts for; the last one is the first to go: one that was acted upon. */
function endedByKey(
  held: ReadonlyMap<string, Held>,
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

/** What may go where there is no room, the least first: what ended and is nobody's, what else ended, what else is nobody's. */
function leastOf(
  held: ReadonlyMap<string, Held>,
  owners: ReadonlyMap<string, { readonly owner: Owner }>,
): readonly string[] {
  const classes: readonly string[][] = [[], [], [], []];
  for (const [fingerprint, { alert, isHandled }] of held) {
    const isNobodys = owners.get(fingerprint)?.owner === null;
    const hasEnded = alert.status === "resolved";
    if (!isNobodys && !hasEnded) continue;
    classes[isNobodys ? (hasEnded ? 0 : 3) : isHandled ? 1 : 2]?.push(fingerprint);
  }
  return classes.flat();
}
