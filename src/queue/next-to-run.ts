import type { RepoKey } from "../domain/trigger.ts";

/** `slot`: one of the few for runs that are quick; `slow`: beside them; `lost`: it did not end when it was told to. */
export type Lane = "slot" | "slow" | "lost";

/** A run, as the choice of the next one sees it. */
export interface Running {
  readonly lane: Lane;
  readonly installation: number | undefined;
  readonly startedAt: number;
}

/** A repository that waits. */
export interface Waiting {
  readonly repo: RepoKey;
  readonly installation: number | undefined;
  /** It rests until then. */
  readonly from: number;
  /** It took too long the last time. */
  readonly isSlow: boolean;
}

export interface Choice<R extends Running> {
  /** A run that leaves its slot to others. */
  readonly demote?: R;
  readonly start?: { readonly repo: RepoKey; readonly lane: Lane };
  /** When there may be something to choose, where there is nothing now. */
  readonly again?: number;
}

/**
 * Which repository runs next, of those that do not run. Slots go to the installation that has the fewest runs, then in the
 * order of coming. A run that has had its slot for longer than the patience leaves it, as long as there is room beside the
 * slots; half of that room at most is for one installation, and half of it for those that took too long the last time.
 */
export function nextToRun<R extends Running>(situation: {
  readonly now: number;
  readonly concurrency: number;
  readonly slow: number;
  readonly patience: number;
  readonly running: readonly R[];
  readonly waiting: readonly Waiting[];
}): Choice<R> {
  const { now, concurrency, slow, patience, running, waiting } = situation;
  const inSlots = running.filter(({ lane }) => lane === "slot");
  const beside = running.filter(({ lane }) => lane === "slow");
  const half = Math.ceil(slow / 2);
  const hasRoom = (installation: number | undefined) =>
    beside.length < slow &&
    (installation === undefined || beside.filter((run) => run.installation === installation).length < half);
  const ready = waiting.filter(({ from }) => from <= now);
  const known = ready.find(({ isSlow, installation }) => isSlow && beside.length < half && hasRoom(installation));
  if (known !== undefined) return { start: { repo: known.repo, lane: "slow" } };
  const quick = ready.filter(({ isSlow }) => !isSlow);
  const runsOf = (installation: number | undefined) =>
    installation === undefined ? 0 : running.filter((run) => run.installation === installation).length;
  if (quick.length > 0 && inSlots.length < concurrency) {
    const fewest = Math.min(...quick.map(({ installation }) => runsOf(installation)));
    const first = quick.find(({ installation }) => runsOf(installation) === fewest);
    if (first !== undefined) return { start: { repo: first.repo, lane: "slot" } };
  }
  const overdue = inSlots.find((run) => now - run.startedAt >= patience && hasRoom(run.installation));
  if (quick.length > 0 && overdue !== undefined) return { demote: overdue };
  const moments = [
    ...waiting.filter(({ from }) => from > now).map(({ from }) => from),
    // Where there is no room beside the slots, the end of a run is what changes that.
    ...(quick.length > 0 ? inSlots.map((run) => run.startedAt + patience).filter((at) => at > now) : []),
  ];
  return moments.length === 0 ? {} : { again: Math.min(...moments) };
}
