import type { PullRequest } from "../../domain/pull-request.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { PullRequests } from "../forge.ts";

/** The longest time after which a write appears in GitHub's lists: usually seconds, seldom minutes. Milliseconds. */
const LAG = 600_000;
/**
 * How long to wait before a write without an answer is repeated: lists show its result after seconds. If it is repeated too
 * early, the duplicate is found and closed later. Milliseconds.
 */
const LOST_WAIT = 10_000;
/** Most entries; the oldest is dropped first. */
const MOST = 2000;

/** What this process wrote in the last minutes, by number. It corrects GitHub's lists. */
export interface WriteMemory<T extends { readonly number: number }> {
  /** Remembers the state after a write. */
  remember(item: T): void;
  /** What was written within the last ten minutes. */
  recent(): readonly T[];
  /** Remembers that a write had no answer: GitHub may have done it. */
  rememberLost(name: string): void;
  /** Whether a write of this name had no answer in the last seconds. */
  wasLost(name: string): boolean;
}

/** An empty memory of this process. */
export function createWriteMemory<T extends { readonly number: number }>(now: () => Instant): WriteMemory<T> {
  const lost = new Map<string, Instant>();
  const written = new Map<number, { readonly item: T; readonly at: Instant }>();
  return {
    remember(item) {
      written.delete(item.number);
      written.set(item.number, { item, at: now() });
      const [oldest] = written.size > MOST ? written.keys() : [];
      if (oldest !== undefined) written.delete(oldest);
    },
    recent() {
      for (const [number, { at }] of written) if (now() - at >= LAG) written.delete(number);
      return [...written.values()].map(({ item }) => item);
    },
    rememberLost: (name) => void lost.set(name, now()),
    wasLost(name) {
      for (const [other, at] of lost) if (now() - at >= LOST_WAIT) lost.delete(other);
      return lost.has(name);
    },
  };
}

/**
 * Corrects a list: reads by its number each pull request that this process wrote in the last minutes and that the list does
 * not show as written. A list may be older than a write; a read by number is not. `branches` are those whose ended pull
 * requests belong to the list. Throws what `read` throws.
 */
export async function rereadRecentWrites(
  listed: PullRequests,
  memory: WriteMemory<PullRequest>,
  branches: ReadonlySet<string>,
  read: (number: number) => Promise<PullRequest | undefined>,
): Promise<PullRequests> {
  const byNumber = new Map(listed.pulls.map((pull) => [pull.number, pull]));
  let { complete } = listed;
  const outdated = memory.recent().filter((written) => !isAsWritten(byNumber.get(written.number), written, branches));
  const fresh = await Promise.all(outdated.map(async (written) => [written, await read(written.number)] as const));
  for (const [written, pull] of fresh) {
    byNumber.delete(written.number);
    if (pull === undefined) complete = false;
    else if (pull.state === "open" || branches.has(pull.branch)) byNumber.set(pull.number, pull);
  }
  return { ...listed, pulls: fresh.length === 0 ? listed.pulls : newestEnded([...byNumber.values()]), complete };
}

function isAsWritten(listed: PullRequest | undefined, written: PullRequest, branches: ReadonlySet<string>): boolean {
  if (written.state !== "open" && !branches.has(written.branch)) return listed === undefined;
  return listed?.state === written.state && listed.head === written.head && listed.body === written.body;
}

/** Every open pull request, and of each branch the newest ended one. */
function newestEnded(pulls: readonly PullRequest[]): readonly PullRequest[] {
  const open = pulls.filter((pull) => pull.state === "open");
  const ended = pulls.filter((pull) => pull.state !== "open").toSorted((a, b) => a.number - b.number);
  return [...open, ...new Map(ended.map((pull) => [pull.branch, pull])).values()];
}
