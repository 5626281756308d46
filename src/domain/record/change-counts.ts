/** What became of changes that one remedy, or one kind of cause, asked for in one tenant. Each is a number of pull requests. */
export interface ChangeCounts {
  readonly merged: number;
  /** Closed by a person. */
  readonly refused: number;
  /** Merged, and found to run no worse than before. */
  readonly verified: number;
  /** Merged, and found to run worse than before. */
  readonly worse: number;
  /** Merged, and taken back by a later one. */
  readonly reverted: number;
}

export const NO_CHANGES: ChangeCounts = { merged: 0, refused: 0, verified: 0, worse: 0, reverted: 0 };

/** Of each count the one that earns the least trust, so that what it allows is allowed in every tenant; of none: `NO_CHANGES`. */
export function leastTrust(all: readonly ChangeCounts[]): ChangeCounts {
  const most = (count: keyof ChangeCounts) => Math.max(0, ...all.map((one) => one[count]));
  const least = (count: keyof ChangeCounts) => (all.length === 0 ? 0 : Math.min(...all.map((one) => one[count])));
  return {
    ...{ merged: least("merged"), verified: least("verified") },
    ...{ refused: most("refused"), worse: most("worse"), reverted: most("reverted") },
  };
}
