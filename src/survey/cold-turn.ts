import { assertInTime, untilDeadline } from "../deadline/deadline.ts";

/** Whole fleets that are read at a time in this process: each takes every core, and some memory. */
const AT_A_TIME = 2;

let running = 0;
const waiting: (() => void)[] = [];

/** Reads a whole fleet when it is its turn. Passes that wait for a remote are many, those that compute are few. */
export function coldTurn<T>(work: () => Promise<T>): Promise<T> {
  return untilDeadline(inTurn(work));
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    // Its pass may have ended while it waited.
    assertInTime();
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
