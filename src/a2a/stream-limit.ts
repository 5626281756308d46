import { type Caller, callerId } from "../identity/caller.ts";

/** Streams that are open at once: of everybody, and of one caller. Each looks at the forge every few seconds. */
const MOST = 64;
const MOST_OF_ONE = 8;

/** Counts open streams. */
export interface StreamLimit {
  /** A place for a stream, to be left when it ends; undefined: there is none. */
  enter(caller: Caller): (() => void) | undefined;
}

/** No streams yet. */
export function createStreamLimit(): StreamLimit {
  const open = new Map<string, number>();
  let total = 0;
  return {
    enter(caller) {
      const owner = callerId(caller);
      const own = open.get(owner) ?? 0;
      if (total >= MOST || own >= MOST_OF_ONE) return undefined;
      total += 1;
      open.set(owner, own + 1);
      return () => {
        total -= 1;
        const left = (open.get(owner) ?? 1) - 1;
        if (left === 0) open.delete(owner);
        else open.set(owner, left);
      };
    },
  };
}
