/** Milliseconds of processor time below which it says little: the input is made larger until the work takes this long. */
const LEAST = 4;
/** Size up to which an input is made larger. */
const MOST = 100_000;
const ROUNDS = 4;

/** Above this work is not linear: half way between linear and quadratic. */
export const TOO_STEEP = 1.5;

/**
 * The power of an input's size with which the time of work grows: about 1 where it is linear, 2 where it is quadratic; from an
 * input and one `factor` times as large, the best of several rounds each. Where the work is too quick to be measured the inputs
 * are larger; 0 where it stays so.
 */
export function growthOf<T>(
  size: number,
  make: (size: number) => T,
  work: (input: T) => unknown,
  most = MOST,
  factor = 4,
): number {
  let from = size;
  let one = timeOf(make(from), work);
  while (one < LEAST && from < most) {
    from *= 4;
    one = timeOf(make(from), work);
  }
  if (one < LEAST) return 0;
  return Math.log(timeOf(make(factor * from), work) / one) / Math.log(factor);
}

/** A growth that was measured, unless it is too steep and a new measure is not: a busy machine is not busy each time. */
export function confirmed(growth: number, measure: () => number): number {
  let least = growth;
  for (let again = 0; least > TOO_STEEP && again < 2; again += 1) least = measure();
  return least;
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
