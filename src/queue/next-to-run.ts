import type { RepoKey, Trigger } from "../domain/trigger.ts";

/** `slot`: one of the few places for short runs; `slow`: outside of them; `lost`: it did not end after its signal aborted. */
export type Lane = "slot" | "slow" | "lost";

/** A run in progress. */
export interface Running {
  readonly lane: Lane;
  readonly installation: number | undefined;
  readonly startedAt: number;
}

/** A repository that waits. */
export interface Waiting {
  readonly repo: RepoKey;
  readonly installation: number | undefined;
  /** It does not start before this moment. */
  readonly from: number;
  /** It took too long the last time. */
  readonly isSlow: boolean;
  /** What it waits for: see `urgencyOf`. */
  readonly urgency: number;
  /** Since when it waits. */
  readonly since: number;
}

/** How urgent a trigger is: an alert is 2, what people and Git do is 1, an event of a roll-out a half, the timer's round is 0. */
export function urgencyOf({ kind }: Pick<Trigger, "kind">): number {
  if (kind === "alert") return 2;
  // A cluster sends many events at once, and people wait for what they asked for.
  if (kind === "rollout") return 0.5;
  return kind === "timer" ? 0 : 1;
}

/** Milliseconds of waiting that make a repository one step more urgent, so that alerts never starve a round. */
const STEP = 60_000;

export interface Choice<R extends Running> {
  /** A run that has to leave its slot and continues outside the slots. */
  readonly demote?: R;
  readonly start?: { readonly repo: RepoKey; readonly lane: Lane };
  /** When to choose again, where there is nothing to start now. */
  readonly again?: number;
}

/**
 * Chooses the next repository to run. Slots go to the installation with the fewest runs, there to what is most urgent, then first
 * come, first served; each minute of waiting makes a repository one step more urgent. An installation
 * never has more than `share` of the slots, so that another one's alert finds a free one; repositories without an installation
 * count as one. A run that has had its slot for longer than `patience` leaves it, where there is room outside the slots. One installation may use at
 * most half of that room, and so may the repositories that took too long the last time.
 */
export function chooseNextRun<R extends Running>(situation: {
  readonly now: number;
  readonly concurrency: number;
  /** Most slots of one installation. */
  readonly share: number;
  readonly slow: number;
  readonly patience: number;
  readonly running: readonly R[];
  readonly waiting: readonly Waiting[];
}): Choice<R> {
  const { now, concurrency, share, slow, patience, running, waiting } = situation;
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
  const slotsOf = new Map<number | undefined, number>();
  for (const { installation } of inSlots) slotsOf.set(installation, (slotsOf.get(installation) ?? 0) + 1);
  const within = quick.filter(({ installation }) => (slotsOf.get(installation) ?? 0) < share);
  const runsOf = (installation: number | undefined) =>
    installation === undefined ? 0 : running.filter((run) => run.installation === installation).length;
  if (quick.length > 0 && inSlots.length < concurrency) {
    const first = firstOf(within, runsOf, now);
    if (first !== undefined) return { start: { repo: first.repo, lane: "slot" } };
  }
  const overdue = inSlots.find((run) => now - run.startedAt >= patience && hasRoom(run.installation));
  if (quick.length > 0 && overdue !== undefined) return { demote: overdue };
  const moments = [
    ...waiting.filter(({ from }) => from > now).map(({ from }) => from),
    // Without room outside the slots, only the end of a run changes something.
    ...(quick.length > 0 ? inSlots.map((run) => run.startedAt + patience).filter((at) => at > now) : []),
  ];
  return moments.length === 0 ? {} : { again: Math.min(...moments) };
}

/** Of the installations with the fewest runs the most urgent repository; of equals the first. Takes time in proportion to their number. */
function firstOf(
  quick: readonly Waiting[],
  runsOf: (installation: number | undefined) => number,
  now: number,
): Waiting | undefined {
  const counts = new Map<number | undefined, number>();
  for (const { installation } of quick) if (!counts.has(installation)) counts.set(installation, runsOf(installation));
  const urgency = (one: Waiting) => Math.min(2, one.urgency + Math.floor((now - one.since) / STEP));
  let best: Waiting | undefined;
  let rank: readonly [number, number] = [Number.POSITIVE_INFINITY, 0];
  for (const one of quick) {
    const [runs, urgent] = [counts.get(one.installation) ?? 0, urgency(one)];
    if (runs > rank[0] || (runs === rank[0] && urgent <= rank[1] && best !== undefined)) continue;
    best = one;
    rank = [runs, urgent];
  }
  return best;
}
