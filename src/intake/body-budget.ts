/** Bytes that bodies of requests under way may take together, whoever sends them. */
export interface BodyBudget {
  /** A share for one body. `cut` is called where the body has to make room for others: its bytes are given back by then. */
  open(address: string, cut: () => void): BodyShare;
  /** Calls back when it is the turn of a large body to read on: a few in each turn of the event loop, one after another. */
  turn(go: () => void): void;
  /** Bytes taken now. */
  used(): number;
}

export interface BodyShare {
  /** Takes more bytes; false where there is no room, not even by cutting others off. */
  grow(bytes: number): boolean;
  /** The body is here and its sender proved who they are: it is not cut off any more. */
  keep(): void;
  /** Gives everything back. */
  close(): void;
}

interface Entry {
  readonly address: string;
  readonly cut: () => void;
  bytes: number;
  isKept: boolean;
}

/** Large bodies that read on in one turn of the event loop: what else there is to answer comes between. */
const AT_A_TURN = 4;

/**
 * A budget of `total` bytes. Where it is used up, the largest unfinished body of the address that holds the most makes room: a
 * flood of large bodies cuts itself off, while a delivery, small and soon over, passes.
 */
export function createBodyBudget(total: number): BodyBudget {
  const entries = new Set<Entry>();
  let used = 0;
  const waiting: (() => void)[] = [];
  const next = (): void => {
    for (const go of waiting.splice(0, AT_A_TURN)) go();
    if (waiting.length > 0) setImmediate(next);
  };
  const release = (entry: Entry): void => {
    if (entries.delete(entry)) used -= entry.bytes;
  };
  return {
    used: () => used,
    turn(go) {
      waiting.push(go);
      if (waiting.length === 1) setImmediate(next);
    },
    open(address, cut) {
      const own: Entry = { address, cut, bytes: 0, isKept: false };
      entries.add(own);
      return {
        grow(bytes) {
          if (!entries.has(own)) return false;
          own.bytes += bytes;
          used += bytes;
          while (used > total) {
            const victim = largest(entries);
            if (victim === undefined || victim === own) {
              release(own);
              return false;
            }
            release(victim);
            victim.cut();
          }
          return true;
        },
        keep: () => {
          own.isKept = true;
        },
        close: () => release(own),
      };
    },
  };
}

/** The largest body that may be cut off, of the address whose bodies are the largest together. */
function largest(entries: ReadonlySet<Entry>): Entry | undefined {
  const sums = new Map<string, number>();
  for (const { address, bytes } of entries) sums.set(address, (sums.get(address) ?? 0) + bytes);
  let found: Entry | undefined;
  for (const entry of entries) {
    if (entry.isKept || entry.bytes === 0) continue;
    const by = (sums.get(entry.address) ?? 0) - (sums.get(found?.address ?? entry.address) ?? 0);
    if (found === undefined || by > 0 || (by === 0 && entry.bytes > found.bytes)) found = entry;
  }
  return found;
}
