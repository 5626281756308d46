/** The bytes that the bodies of all open requests may use together. */
export interface BodyBudget {
  /** Opens a share for one body. Calls `cut` where this body was dropped to make room for others; its bytes are then free. */
  open(address: string, cut: () => void): BodyShare;
  /** Calls `go` when a large body may continue: only a few may in each turn of the event loop. */
  turn(go: () => void): void;
  /** Bytes in use. */
  used(): number;
}

export interface BodyShare {
  /** Uses more bytes; false where there is no room, even after dropping others. */
  grow(bytes: number): boolean;
  /** The body is complete: it is not dropped any more. */
  keep(): void;
  /** Frees the bytes. */
  close(): void;
}

interface Entry {
  readonly address: string;
  readonly cut: () => void;
  bytes: number;
  isKept: boolean;
}

/** Large bodies that continue in one turn of the event loop, so that other requests are answered in between. */
const AT_A_TURN = 4;

/**
 * A budget of `total` bytes. Where it is used up, the largest incomplete body of the address that uses the most is dropped: a
 * flood of large bodies drops its own, while a normal delivery, which is small and fast, succeeds.
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

/** The largest body that may be dropped, of the address that uses the most bytes. */
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
