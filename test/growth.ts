/** Milliseconds of processor time below which it says little: the input is made larger until the work takes this long. */
const LEAST = 4;
/** Size up to which an input is made larger. */
const MOST = 100_000;
const ROUNDS = 4;

/** Above this work is not linear: half way between linear and quadratic. */
export const TOO_STEEP = 1.5;

/**
 * The power of an input's size with which the time of work grows: about 1 where it is linear, 2 where it is quadratic; from an
 * input and one four times as large, the best of several rounds each. Where the work is too quick to be measured the inputs
 * are larger; 0 where it stays so.
 */
export function growthOf<T>(size: number, make: (size: number) => T, work: (input: T) => unknown, most = MOST): number {
  let from = size;
  let one = timeOf(make(from), work);
  while (one < LEAST && from < most) {
    from *= 4;
    one = timeOf(make(from), work);
  }
  if (one < LEAST) return 0;
  return Math.log(timeOf(make(4 * from), work) / one) / Math.log(4);
}

/** The least time of the processor that work took in several rounds, in milliseconds: others' work does not count. */
export function timeOf<T>(input: T, work: (input: T) => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  let spent = 0;
  for (let round = 0; round < ROUNDS && spent < 1000; round += 1) {
    const start = process.threadCpuUsage();
    work(input);
    const { user, system } = process.threadCpuUsage(start);
    const took = (user + system) / 1000;
    spent += took;
    least = Math.min(least, took);
  }
  return least;
}
