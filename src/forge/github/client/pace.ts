import { setTimeout as sleep } from "node:timers/promises";

/** How many writes may be sent; undefined: no limit. */
export interface Pace {
  readonly perMinute: number | undefined;
  readonly perHour: number | undefined;
}

/** Below GitHub's secondary limits of 80 content-generating requests a minute and 500 an hour, with some left for people. */
export const GITHUB_PACE: Pace = { perMinute: 70, perHour: 450 };
export const UNPACED: Pace = { perMinute: undefined, perHour: undefined };

/** Delays writes, first come, first served, so that no sliding window holds more of them than its limit. */
export interface Pacer {
  turn(): Promise<void>;
}

/** One pacer serves every repository of an installation, since GitHub counts by installation. */
export function createPacer(
  pace: Pace,
  now: () => number = Date.now,
  wait: (milliseconds: number) => Promise<unknown> = sleep,
): Pacer {
  let sent: number[] = [];
  let last: Promise<void> = Promise.resolve();
  const delay = (): number => {
    const hourAgo = now() - 3_600_000;
    sent = sent.filter((at) => at > hourAgo);
    return Math.max(waitTime(sent, pace.perHour, 3_600_000, now()), waitTime(sent, pace.perMinute, 60_000, now()));
  };
  const pass = async (): Promise<void> => {
    for (let milliseconds = delay(); milliseconds > 0; milliseconds = delay()) await wait(milliseconds);
    sent.push(now());
  };
  const isOff = pace.perMinute === undefined && pace.perHour === undefined;
  return {
    turn: () => {
      if (isOff) return Promise.resolve();
      last = last.then(pass);
      return last;
    },
  };
}

/** Milliseconds until fewer than `limit` of these moments are inside the window. */
function waitTime(sent: readonly number[], limit: number | undefined, window: number, now: number): number {
  if (limit === undefined || sent.length < limit) return 0;
  const oldest = sent[sent.length - limit] ?? now;
  return Math.max(0, oldest + window - now);
}
