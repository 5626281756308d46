import type { Work } from "../domain/work.ts";

/** Milliseconds after which others have their turn: requests are answered, and other repositories' reads go on. */
const SLICE = 25;

/** When others last had their turn, in this thread. One for all that runs in it, so that many short works rest as a long one does. */
let since = performance.now();

/** Runs work piece by piece, and lets others have their turn between two. Throws what the work throws. */
export async function inSlices<T>(work: Work<T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (isLong()) await rest();
  }
}

/** For a loop that works long without waiting for anybody: awaited in each round, it lets others have their turn now and then. */
export async function rest(): Promise<void> {
  if (!isLong()) return;
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      since = performance.now();
      resolve();
    });
  });
}

function isLong(): boolean {
  return performance.now() - since >= SLICE;
}
