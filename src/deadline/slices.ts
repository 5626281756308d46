import type { Work } from "../domain/work.ts";

/** Longest time that work may block the event loop: requests have to be answered meanwhile. Milliseconds. */
const SLICE = 25;

/** When this thread last ran other work; shared by all work, since many short pieces block as much as a long one. */
let since = performance.now();

/** Runs work step by step, and lets other work run between two steps. Throws what the work throws. */
export async function inSlices<T>(work: Work<T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (isSliceOver()) await yieldToOthers();
  }
}

/** Lets other work run, unless it has just run. Await it in each round of a long loop that computes. */
export async function yieldToOthers(): Promise<void> {
  if (!isSliceOver()) return;
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      since = performance.now();
      resolve();
    });
  });
}

function isSliceOver(): boolean {
  return performance.now() - since >= SLICE;
}
