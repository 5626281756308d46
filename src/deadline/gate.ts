/** Runs work when there is room. Returns its result; throws what it throws. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** A gate that lets at most `most` pieces of work run at the same time; the others wait, first come, first served. */
export function createGate(most: number): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place goes to the work that has waited longest.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
