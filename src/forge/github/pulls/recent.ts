import * as z from "zod";
import { BRANCH_PREFIX } from "../../../domain/branch-name.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Instant } from "../../../domain/values/scalars.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { PageInfo, readCursorPages } from "../cursor-pages.ts";
import { isSameAccount } from "./pull.ts";
import { readPulls } from "./read-pull.ts";

const ListedPull = z.object({
  number: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  headRefName: z.string(),
  isCrossRepository: z.boolean(),
  author: z.object({ login: z.string() }).nullable(),
});
const ListPage = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    pullRequests: z.object({ pageInfo: PageInfo, nodes: z.array(ListedPull.nullable()).nullable() }),
  }),
});

/** Short entries: a page of them costs one point of GitHub's 5,000 an hour, and GitHub answers it within its ten seconds. */
const LIST = `query Recent($owner: String!, $name: String!, $after: String, $field: IssueOrderField!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequests(first: 100, after: $after, orderBy: {field: $field, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { number createdAt updatedAt headRefName isCrossRepository author { login } }
    }
  }
}`;

/** Most pages of short entries: 10,000 pull requests. */
const MOST_PAGES = 100;

/** What a list of short entries says. */
interface RecentList {
  /** The bot's pull requests among them: the branch of each number. */
  readonly own: ReadonlyMap<number, string>;
  /** The newest entry's moment; `until` where there is none. */
  readonly newest: Instant;
  readonly pages: number;
}

/**
 * Reads the newest entries down to a moment, by the field that orders them; `former` are the bot's former accounts. Undefined where an entry cannot be read, or there
 * are more than 10,000. Throws ForgeError.
 */
async function listDownTo(
  client: GitHubClient,
  repository: RepositoryName,
  order: "createdAt" | "updatedAt",
  until: Instant,
  former: readonly string[],
): Promise<RecentList | undefined> {
  const field = order === "createdAt" ? "CREATED_AT" : "UPDATED_AT";
  const own = new Map<number, string>();
  let [viewer, newest, pages, isReached] = ["", until, 0, false];
  const isComplete = await readCursorPages<z.infer<typeof ListedPull>>({
    most: MOST_PAGES,
    async read(after) {
      const page = await client.query("read the newest pull requests", LIST, { ...repository, after, field }, ListPage);
      viewer = page.viewer.login;
      pages += 1;
      return page.repository.pullRequests;
    },
    take(nodes) {
      for (const node of nodes) {
        if (node === null) return false;
        isReached = Date.parse(node[order]) <= until;
        if (isReached) return false;
        newest = Math.max(newest, Date.parse(node[order]));
        const isOnBotBranch = !node.isCrossRepository && node.headRefName.startsWith(BRANCH_PREFIX);
        const isOwn = [viewer, ...former].some((login) => isSameAccount(node.author, login));
        if (isOnBotBranch && isOwn) own.set(node.number, node.headRefName);
      }
      return true;
    },
  });
  return isComplete || isReached ? { own, newest, pages } : undefined;
}

/**
 * The bot's pull requests opened after a moment, by number, with their branches; undefined where more than 10,000 were opened since.
 * Those of former accounts count, proven or not: a limit that counts too many opens too few.
 */
export async function listOpenedSince(
  client: GitHubClient,
  repository: RepositoryName,
  since: Instant,
  former: readonly string[] = [],
): Promise<ReadonlyMap<number, string> | undefined> {
  return (await listDownTo(client, repository, "createdAt", since, former))?.own;
}

/** GitHub's lists may be older than its last writes, and its moments are whole seconds. Milliseconds. */
const OVERLAP = 600_000;

/** How far back from the newest change a reader remembers, in milliseconds: further than anything that a pass reads. */
const REMEMBERED = 100 * 86_400_000;

/** Lists the bot's pull requests opened or ended after a moment; undefined where that cannot be known. Throws ForgeError. */
export type RecentPullsReader = (since: Instant) => Promise<readonly PullRequest[] | undefined>;

/**
 * A reader that remembers what it read: a pull request that was not changed since is as it was, so that later reads list only
 * the changes of the last minutes, however many people's pull requests were changed in the week. Undefined where more than
 * 10,000 were changed. `rewritten` are numbers of pull requests on which the caller wrote since the last read; it is emptied. GitHub
 * does not promise that an edit of a comment counts as a change of its pull request.
 */
export function createRecentPullsReader(
  client: GitHubClient,
  repository: RepositoryName,
  former: readonly string[],
  rewritten: Set<number>,
): RecentPullsReader {
  let known: { readonly since: Instant; readonly until: Instant; readonly pulls: readonly PullRequest[] } | undefined;
  return async (since) => {
    const before = known !== undefined && known.since <= since ? known : { since, until: since, pulls: [] };
    // Everything that was opened or ended after a moment was also changed after it.
    const listed = await listDownTo(client, repository, "updatedAt", Math.max(since, before.until - OVERLAP), former);
    // What was changed while the pages were read may have moved from a page not yet read to one that was.
    const again =
      listed !== undefined && listed.pages > 1
        ? await listDownTo(client, repository, "updatedAt", Math.max(since, listed.newest - 1000), former)
        : listed;
    if (listed === undefined || again === undefined) return undefined;
    const remembered = before.pulls.map(({ number }) => number).filter((number) => rewritten.has(number));
    const numbers = [...new Set([...listed.own.keys(), ...again.own.keys(), ...remembered])];
    const changed = await readPulls(client, repository, numbers);
    if (changed === undefined) return undefined;
    for (const number of numbers) rewritten.delete(number);
    const all = new Map([...before.pulls, ...changed].map((pull) => [pull.number, pull]));
    const until = Math.max(before.until, listed.newest);
    const oldest = Math.max(before.since, until - REMEMBERED);
    const pullsSince = (at: Instant) =>
      [...all.values()].filter((pull) => pull.createdAt > at || (pull.endedAt ?? 0) > at);
    // A read of a week must not forget what a read of three months found.
    known = { since: oldest, until, pulls: pullsSince(oldest) };
    return pullsSince(since);
  };
}
