/** The result of a number of rounds. */
export interface Tally {
  readonly what: string;
  /** Processes that were ended before they would have ended by themselves. */
  readonly kills: number;
  /** Alerts that were acknowledged. */
  readonly acknowledged: number;
  /** Of those, the ones that are neither a pull request nor an issue at the end. */
  readonly lost: number;
  /** Pull requests and issues beyond the one that each cause may have. */
  readonly duplicates: number;
  /** What a person did afterwards and could not: a push, a commit, a merge; or a repository that `git fsck` refuses. */
  readonly stopped: readonly string[];
  /** What else went wrong, in words. */
  readonly wrong: readonly string[];
  /** The last warnings of the bots, where something was lost or doubled. */
  readonly said: readonly string[];
  /** Faults that were injected, by kind. */
  readonly faults: Readonly<Record<string, number>>;
}

export function nothingYet(what: string): Tally {
  return { what, kills: 0, acknowledged: 0, lost: 0, duplicates: 0, stopped: [], wrong: [], said: [], faults: {} };
}

export function sumOf(what: string, tallies: readonly Tally[]): Tally {
  const faults: Record<string, number> = {};
  for (const tally of tallies)
    for (const [kind, count] of Object.entries(tally.faults)) faults[kind] = (faults[kind] ?? 0) + count;
  const total = (count: (tally: Tally) => number): number => tallies.reduce((sum, tally) => sum + count(tally), 0);
  return {
    what,
    kills: total(({ kills }) => kills),
    acknowledged: total(({ acknowledged }) => acknowledged),
    lost: total(({ lost }) => lost),
    duplicates: total(({ duplicates }) => duplicates),
    stopped: tallies.flatMap(({ stopped }) => stopped),
    wrong: tallies.flatMap(({ wrong }) => wrong),
    said: tallies.flatMap(({ said }) => said),
    faults,
  };
}

/** Whether nothing was lost, doubled, stopped or wrong. */
export function isClean({ lost, duplicates, stopped, wrong }: Tally): boolean {
  return lost === 0 && duplicates === 0 && stopped.length === 0 && wrong.length === 0;
}
