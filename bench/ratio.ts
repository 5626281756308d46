/** Milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export interface Pair {
  /** Medians, milliseconds. */
  readonly ours: number;
  readonly floor: number;
  /** Median of the ratios of each pair, taken one after the other so that both meet the same noise. */
  readonly ratio: number;
}

/** Runs the floor and ours in turn, after one round that is not counted. */
export async function paired(rounds: number, floor: () => unknown, ours: () => unknown): Promise<Pair> {
  await floor();
  await ours();
  const pairs: { readonly ours: number; readonly floor: number }[] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push({ floor: await timed(floor), ours: await timed(ours) });
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    floor: median(pairs.map((pair) => pair.floor)),
    ratio: median(pairs.map((pair) => pair.ours / pair.floor)),
  };
}

/** One line of the table in the README. */
export interface Row {
  readonly what: string;
  readonly floor: string;
  readonly measured: string;
  readonly reach: string;
}

export function milliseconds(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

export function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}
