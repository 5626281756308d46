/** Something that may have to wait for another of the same list. */
interface Step {
  readonly name: string;
  readonly after?: string;
}

/**
 * Does every step, at most `width` at once, in the order given but for those whose `after` is not done yet. A step whose
 * `after` is not in the list does not wait. `work` must not throw.
 */
export async function inTurn<S extends Step>(
  steps: readonly S[],
  width: number,
  work: (step: S) => Promise<void>,
): Promise<void> {
  const waiting = [...steps];
  const unfinished = new Set(steps.map((step) => step.name));
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.findIndex(({ after }) => after === undefined || !unfinished.has(after));
    if (running.size >= width || next < 0) {
      if (running.size === 0) throw new Error("steps wait for each other");
      await Promise.race(running);
      continue;
    }
    for (const step of waiting.splice(next, 1)) {
      const done = work(step).finally(() => {
        unfinished.delete(step.name);
        running.delete(done);
      });
      running.add(done);
    }
  }
}
