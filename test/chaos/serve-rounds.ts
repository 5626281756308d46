import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Expected, firing, type Place } from "./place.ts";
import { post, type Serving, startServing } from "./raos-process.ts";
import { nothingYet, type Tally } from "./tally.ts";

export interface ServeRounds {
  readonly what: string;
  readonly rounds: number;
  /** Numbers from 0 to 1 that decide when a process ends. */
  readonly random: () => number;
  readonly signal: "SIGKILL" | "SIGTERM";
  /** Bots on the repository at once, each with a cache of its own. */
  readonly bots: number;
  /** Whether every alert is posted again in each round, as an Alertmanager does; left out, each is posted once. */
  readonly resent?: boolean;
  /** Whether the bots run through all rounds: then only the forge fails. */
  readonly steady?: boolean;
  /** Where the bots' caches lie. */
  readonly folder: string;
  /** Called as a bot listens, and before the last, undisturbed round. */
  readonly listening?: (url: string) => void;
  readonly quiet?: () => void;
}

/** Milliseconds after an acknowledged alert in which the process ends: a pass takes about as long. */
const WITHIN = 900;
/** Milliseconds without anything new after which what is missing is lost: longer than a failed repository waits. */
const PATIENCE = 150_000;
/** Milliseconds that a process may take to end after SIGTERM. */
const GRACE = 45_000;

/**
 * Starts the bot, posts alerts that nobody will send again, and ends it in the middle, again and again. At last it runs
 * undisturbed: each alert that was acknowledged must then be one pull request or one issue.
 */
export async function serveRounds(place: Place, how: ServeRounds): Promise<Tally> {
  const source = firing();
  const acknowledged: Expected[] = [];
  const wrong: string[] = [];
  let kills = 0;
  let steady: readonly Serving[] = [];
  const start = async (): Promise<readonly Serving[]> => {
    const caches = Array.from({ length: how.bots }, (_, index) => join(how.folder, `cache-${index}`));
    const started = await Promise.all(caches.map((cache) => startServing(place.argv, place.env, cache)));
    for (const { url } of started) how.listening?.(url);
    return started;
  };
  for (let round = 0; round < how.rounds; round++) {
    const bots =
      steady.length > 0
        ? steady
        : await start().catch((error: unknown) => {
            wrong.push(`round ${round}: ${String(error)}`);
            return [];
          });
    if (bots.length === 0) continue;
    const count = 1 + Math.floor(how.random() * 3);
    const mine = Array.from({ length: count }, () => source.next().value).filter((one) => one !== undefined);
    if (how.steady === true) {
      steady = bots;
      if (await deliver(bots, [...acknowledged, ...mine])) acknowledged.push(...mine);
      await sleep(how.random() * WITHIN);
      continue;
    }
    // One in eight ends before anything was posted; the others as the alerts are taken, or a while after.
    const isEarly = how.random() < 0.125;
    const ending = isEarly ? sleep(how.random() * 300).then(() => endAll(bots, how)) : undefined;
    const taken = await deliver(bots, how.resent === true ? [...acknowledged, ...mine] : mine);
    if (taken) acknowledged.push(...mine);
    if (!isEarly) await sleep(how.random() ** 2 * WITHIN);
    const ends = await (ending ?? endAll(bots, how));
    kills += bots.length;
    for (const end of ends) if (end !== undefined) wrong.push(`round ${round}: ${end}`);
  }
  how.quiet?.();
  const bots = steady.length > 0 ? steady : await start();
  if (how.resent === true) await deliver(bots, acknowledged);
  const { lost, doubled } = await settled(place, acknowledged);
  const ends = await endAll(bots, { ...how, signal: "SIGTERM" });
  for (const end of ends) if (end !== undefined) wrong.push(`at last: ${end}`);
  return {
    ...nothingYet(how.what),
    kills,
    acknowledged: acknowledged.length,
    lost: lost.length,
    duplicates: doubled.length,
    stopped: await place.troubles(),
    wrong,
    said: [
      ...lost.slice(0, 3).map((cause) => `lost: ${cause}`),
      ...doubled.map((cause) => `doubled: ${cause}`),
      ...(lost.length + doubled.length === 0 ? [] : bots.flatMap(({ lines }) => lines.filter(isWarning).slice(-4))),
    ],
  };
}

/** Pino's levels: 40 warns, 50 is an error. */
const isWarning = (line: string): boolean => /"level":[45]0/.test(line);

/** Posts to every bot until each has taken all, or ended; true: one acknowledged them. */
async function deliver(bots: readonly Serving[], mine: readonly Expected[]): Promise<boolean> {
  const alerts = mine.map(({ alert }) => alert);
  const taken = await Promise.all(
    bots.map(async (bot) => {
      const until = Date.now() + PATIENCE;
      while (!bot.isOver() && Date.now() < until) {
        if (await post(bot.url, alerts)) return true;
        await sleep(20);
      }
      return false;
    }),
  );
  return taken.includes(true);
}

/** Ends processes; what was wrong with how one ended, in words. Every other SIGKILL takes the Git that it started along. */
async function endAll(
  bots: readonly Serving[],
  { signal, random }: Pick<ServeRounds, "signal" | "random">,
): Promise<readonly (string | undefined)[]> {
  for (const bot of bots) bot.kill(signal, signal === "SIGKILL" && random() < 0.5);
  return Promise.all(
    bots.map(async (bot) => {
      const end = await Promise.race([bot.ended, sleep(GRACE, undefined, { ref: false })]);
      if (end === undefined) {
        bot.kill("SIGKILL", true);
        return `still there ${GRACE / 1000} s after ${signal}`;
      }
      if (signal === "SIGKILL" || end.code === 0) return undefined;
      return `ended with ${end.signal ?? `exit code ${end.code}`} after ${signal}: ${bot.errors().slice(-300)}`;
    }),
  );
}

/** Waits until every cause has its outcome, or nothing comes any more. */
async function settled(
  place: Place,
  expected: readonly Expected[],
): Promise<{ readonly lost: readonly string[]; readonly doubled: readonly string[] }> {
  let missing = expected.length;
  let since = Date.now();
  for (;;) {
    const outcomes = await place.outcomes();
    const lost = expected.map(({ cause }) => cause).filter((cause) => !outcomes.has(cause));
    const doubled = [...outcomes].flatMap(([cause, count]) => Array.from({ length: count - 1 }, () => cause));
    if (lost.length < missing) since = Date.now();
    missing = lost.length;
    // Duplicates may still be closed.
    if (lost.length + doubled.length === 0 || Date.now() - since > PATIENCE) return { lost, doubled };
    await sleep(200);
  }
}
