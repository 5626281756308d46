import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { git, payloadOf } from "../adversary/fleet.ts";
import { type Expected, firing, type localPlace } from "./place.ts";
import { runToEnd, startRaos } from "./raos-process.ts";
import { nothingYet, type Tally } from "./tally.ts";

interface CommandRounds {
  readonly rounds: number;
  readonly random: () => number;
  readonly folder: string;
}
type Local = ReturnType<typeof localPlace>;

/** From the middle of its start-up to its end, as long as a run takes. */
function momentOf(took: number, random: () => number): number {
  return took * (0.4 + 0.6 * random());
}

/** Ends `raos` after a moment, unless it has ended by itself; whether it was ended, and how long it lived. */
async function endedWithin(
  running: ReturnType<typeof startRaos>,
  milliseconds: number,
  random: () => number,
): Promise<{ readonly isKilled: boolean; readonly lived: number }> {
  const started = Date.now();
  await Promise.race([running.ended, sleep(milliseconds)]);
  const isKilled = !running.isOver();
  running.kill("SIGKILL", random() < 0.7);
  await running.ended;
  return { isKilled, lived: Date.now() - started };
}

/** `raos reconcile --alerts` that ends in the middle, with one alert more each time; the last one runs to its end. */
export async function reconcileRounds(place: Local, { rounds, random, folder }: CommandRounds): Promise<Tally> {
  const cache = join(folder, "cache-0");
  const source = firing();
  const all: Expected[] = [];
  const argv = ["reconcile", "--repo", place.bare, "--alerts", "-", "--output", "json"];
  const next = (): string => {
    const { value } = source.next();
    if (value !== undefined) all.push(value);
    return payloadOf(all.map(({ alert }) => alert));
  };
  const wrong: string[] = [];
  // The second one finds everything compiled and cached, as those after it do.
  await runToEnd(argv, folder, next());
  let { took } = await runToEnd(argv, folder, next());
  let kills = 0;
  for (let round = 0; kills < rounds && round < 2 * rounds; round++) {
    const running = startRaos(argv, {}, cache, next());
    const { isKilled, lived } = await endedWithin(running, momentOf(took, random), random);
    if (isKilled) kills++;
    else if ((await running.ended).code !== 0) wrong.push(`round ${round}: ${running.errors().slice(-500)}`);
    // A machine with less to do is faster than the first runs were.
    else took = lived;
  }
  const last = await runToEnd(argv, folder, next());
  if (last.code !== 0) wrong.push(`the last: exit code ${last.code}: ${last.errors.slice(-500)}`);
  const outcomes = await place.outcomes();
  return {
    ...nothingYet("reconcile, killed"),
    kills,
    acknowledged: all.length,
    lost: all.filter(({ cause }) => !outcomes.has(cause)).length,
    duplicates: [...outcomes.values()].reduce((sum, count) => sum + count - 1, 0),
    stopped: await place.troubles(),
    wrong,
  };
}

/**
 * `raos pr merge` that ends in the middle, one pull request after another, in a bare repository or in a folder that has
 * the base checked out. Afterwards every pull request merges, and a person commits and pushes.
 */
export async function mergeRounds(
  place: Local,
  isFolder: boolean,
  { rounds, random, folder }: CommandRounds,
): Promise<Tally> {
  const cache = join(folder, "cache-0");
  const source = firing();
  const all = Array.from({ length: Math.ceil(rounds * 2) + 2 }, () => source.next().value)
    .filter((one) => one !== undefined)
    .filter(({ cause }) => cause.endsWith("/out-of-memory"));
  const payload = payloadOf(all.map(({ alert }) => alert));
  const opened = await runToEnd(
    ["reconcile", "--repo", place.bare, "--alerts", "-", "--output", "json"],
    folder,
    payload,
  );
  const wrong: string[] = opened.code === 0 ? [] : [`reconcile: ${opened.errors.slice(-500)}`];
  const where = isFolder ? checkedOut(place.bare, folder) : place.bare;
  const numbers = [
    ...git(place.bare, ["for-each-ref", "--format=%(refname)", "refs/raos/pulls"]).matchAll(/(\d+)\/meta/g),
  ];
  const [one = "1", ...rest] = numbers.map((match) => match[1] ?? "");
  const merge = (which: readonly string[]): readonly string[] => ["pr", "merge", ...which, "--repo", where];
  let { took } = await runToEnd(merge([one]), folder);
  let kills = 0;
  for (const number of rest) {
    if (kills === rounds) break;
    const running = startRaos(merge([number]), {}, cache);
    const { isKilled, lived } = await endedWithin(running, momentOf(took, random), random);
    if (isKilled) kills++;
    else if ((await running.ended).code !== 0) wrong.push(`merge #${number}: ${running.errors().slice(-300)}`);
    else took = lived;
  }
  const stopped: string[] = [];
  const listed = await runToEnd(["pr", "list", "--repo", where, "--output", "json"], folder);
  const open: readonly { readonly number: number }[] = listed.code === 0 ? JSON.parse(listed.out) : [];
  if (listed.code !== 0) stopped.push(`raos pr list: ${listed.errors.slice(-300)}`);
  if (open.length > 0) {
    const last = await runToEnd(merge(open.map(({ number }) => String(number))), folder);
    if (last.code !== 0) stopped.push(`raos pr merge: ${last.errors.slice(-500)}`);
  }
  stopped.push(...(isFolder ? committed(where) : await place.troubles()));
  const outcomes = await place.outcomes();
  return {
    ...nothingYet(isFolder ? "pr merge in a folder, killed" : "pr merge, killed"),
    kills,
    acknowledged: all.length,
    lost: all.filter(({ cause }) => !outcomes.has(cause)).length,
    duplicates: [...outcomes.values()].reduce((sum, count) => sum + count - 1, 0),
    stopped,
    wrong,
  };
}

/** The repository in a folder with main checked out, pull requests and all. */
function checkedOut(bare: string, folder: string): string {
  const work = join(folder, "work");
  git(folder, ["clone", "--quiet", bare, work]);
  git(work, ["fetch", "--quiet", "origin", "refs/raos/*:refs/raos/*", "refs/heads/raos/*:refs/heads/raos/*"]);
  return work;
}

/** A person commits in the folder. */
function committed(folder: string): readonly string[] {
  try {
    const status = git(folder, ["status", "--porcelain"]);
    git(folder, ["commit", "--quiet", "--allow-empty", "--message=A person's"]);
    const said = git(folder, ["fsck", "--no-progress", "--no-dangling"]);
    return [
      ...(status === "" ? [] : [`git status: ${status.slice(0, 300)}`]),
      ...(said === "" ? [] : [`git fsck: ${said}`]),
    ];
  } catch (error) {
    return [`git commit: ${String(error).slice(0, 500)}`];
  }
}
