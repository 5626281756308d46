import type { StandingPull } from "../domain/change.ts";
import type { Instant } from "../domain/scalars.ts";

/** What GitHub lists may lag behind what was just written, by seconds, seldom minutes; milliseconds. */
const LAG = 600_000;
/**
 * How long a write whose answer was lost is not asked for again, in milliseconds: lists show it after seconds. What is doubled all
 * the same is found and closed.
 */
const DOUBT = 10_000;
/** Entries kept; the oldest goes first. */
const MOST = 2000;

/** What this process wrote a moment ago, by number: its lists are corrected by it. */
export interface WriteMemory<T extends { readonly number: number }> {
  /** Remembers how something stands after a write. */
  note(standing: T): void;
  /** What was written within the last ten minutes. */
  recent(): readonly T[];
  /** Remembers that a write of this name had no answer: it may have been done. */
  lose(name: string): void;
  /** Whether a write of this name had no answer a moment ago. */
  isLost(name: string): boolean;
}

export function createWriteMemory<T extends { readonly number: number }>(now: () => Instant): WriteMemory<T> {
  const lost = new Map<string, Instant>();
  const written = new Map<number, { readonly standing: T; readonly at: Instant }>();
  return {
    note(standing) {
      written.delete(standing.number);
      written.set(standing.number, { standing, at: now() });
      const [oldest] = written.size > MOST ? written.keys() : [];
      if (oldest !== undefined) written.delete(oldest);
    },
    recent() {
      for (const [number, { at }] of written) if (now() - at >= LAG) written.delete(number);
      return [...written.values()].map(({ standing }) => standing);
    },
    lose: (name) => void lost.set(name, now()),
    isLost(name) {
      for (const [other, at] of lost) if (now() - at >= DOUBT) lost.delete(other);
      return lost.has(name);
    },
  };
}

/** A list of pull requests, with those that it shows otherwise than this process left them read again, one by one. */
export interface Corrected {
  readonly pulls: readonly StandingPull[];
  readonly complete: boolean;
}

/**
 * Reads again, by its number, each pull request that this process wrote a moment ago and that a list of the open ones does
 * not show as it was left: a list may be older than a write, a read by number is not. `branches` are those whose ended pull
 * requests were asked for as well. Throws what `read` throws.
 */
export async function corrected(
  listed: Corrected,
  memory: WriteMemory<StandingPull>,
  branches: ReadonlySet<string>,
  read: (number: number) => Promise<StandingPull | undefined>,
): Promise<Corrected> {
  const byNumber = new Map(listed.pulls.map((pull) => [pull.number, pull]));
  let { complete } = listed;
  const doubtful = memory.recent().filter((left) => !agrees(byNumber.get(left.number), left, branches));
  const fresh = await Promise.all(doubtful.map(async (left) => [left, await read(left.number)] as const));
  for (const [left, pull] of fresh) {
    byNumber.delete(left.number);
    if (pull === undefined) complete = false;
    else if (pull.state === "open" || branches.has(pull.branch)) byNumber.set(pull.number, pull);
  }
  return { pulls: fresh.length === 0 ? listed.pulls : newestEnded([...byNumber.values()]), complete };
}

function agrees(listed: StandingPull | undefined, left: StandingPull, branches: ReadonlySet<string>): boolean {
  if (left.state !== "open" && !branches.has(left.branch)) return listed === undefined;
  return listed?.state === left.state && listed.head === left.head && listed.body === left.body;
}

/** Every open one, and of each branch the newest that ended. */
function newestEnded(pulls: readonly StandingPull[]): readonly StandingPull[] {
  const open = pulls.filter((pull) => pull.state === "open");
  const ended = pulls.filter((pull) => pull.state !== "open").toSorted((a, b) => a.number - b.number);
  return [...open, ...new Map(ended.map((pull) => [pull.branch, pull])).values()];
}
