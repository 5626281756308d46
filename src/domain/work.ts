/**
 * Work in pieces: a generator that yields between two pieces, so that the caller can do other work there. The pure folders do not
 * await anything; `deadline/slices.ts` runs such work for a service.
 */
export type Work<T> = Generator<undefined, T, undefined>;

/** Runs all of the work at once, for callers with nothing else to do. */
export function finished<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
