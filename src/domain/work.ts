/**
 * Work in pieces: a generator that yields between them, so that whoever runs it may let others have their turn. Below the
 * line nothing awaits; `deadline/slices.ts` runs such work for a service.
 */
export type Work<T> = Generator<undefined, T, undefined>;

/** Runs work to its end at once, for who has nobody else to serve. */
export function finished<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
