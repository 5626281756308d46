import { BRANCH_PREFIX } from "../../../domain/branch-name.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Instant } from "../../../domain/values/scalars.ts";
import { ForgeError, type PullRequests } from "../../forge.ts";
import { withForgeErrors } from "../../with-forge-errors.ts";
import { fetchMissing } from "../branches/commit-facts.ts";
import { type GiteaList, listPages, PAGE } from "../client/pages.ts";
import { explainNoPulls } from "../context.ts";
import type { OwnPulls } from "./own-pulls.ts";
import { type PullContext, toPull } from "./read.ts";
import { GiteaPull, isBranchGone, isOnOwnBranch } from "./shape.ts";

/** Most pages of open pull requests, anybody's: 10,000. */
const MOST_PAGES = 200;
const HEADS = "refs/heads/";

/**
 * The open pull requests on the bot's branches and, for each of `branches`, the bot's newest ended one. Throws ForgeError where
 * the lists cannot be read.
 */
export async function listGiteaPulls(
  context: PullContext,
  own: OwnPulls,
  branches: readonly string[],
): Promise<PullRequests> {
  const wanted = new Set(branches);
  // One after the other: what is closed in between is in both lists, and not in none.
  const open = await listOpenOnBranches(context);
  const [past, { login }] = await Promise.all([
    wanted.size === 0 ? { items: [], complete: true } : own(context),
    context.account(),
  ]);
  const isOpen = new Set(open.items.map(({ number }) => number));
  const newest = new Map(
    past.items
      .filter(({ head, state, number }) => wanted.has(head.label) && state === "closed" && !isOpen.has(number))
      .toSorted((a, b) => a.number - b.number)
      .map((pull) => [pull.head.label, pull]),
  );
  await fetchMissing(
    context,
    open.items.map(({ head }) => head.sha),
  );
  const read = await toPulls(context, [...open.items, ...newest.values()]);
  return { pulls: read.pulls, complete: open.complete && past.complete && read.complete, account: login };
}

/** The pull requests; one whose commits or comments cannot be read is left out. */
async function toPulls(
  context: PullContext,
  all: readonly GiteaPull[],
): Promise<{ readonly pulls: readonly PullRequest[]; readonly complete: boolean }> {
  const read = await Promise.all(
    all.map((pull) =>
      toPull(context, pull).catch((error: unknown) => {
        if (error instanceof ForgeError) return undefined;
        throw error;
      }),
    ),
  );
  const pulls = read.filter((pull) => pull !== undefined);
  return { pulls, complete: pulls.length === all.length };
}

/**
 * The open pull requests on the bot's branches, with the heads that the branches have now: a list shows a head only some time
 * after it was pushed.
 */
export async function listOpenOnBranches(context: PullContext): Promise<GiteaList<GiteaPull>> {
  const listed = await listOpen(context);
  const own = listed.items.filter((pull) => isOnOwnBranch(pull) && !isBranchGone(pull));
  if (own.length === 0) return { ...listed, items: own };
  const heads = await withForgeErrors(() => context.repository.remoteRefs(`${HEADS}${BRANCH_PREFIX}`));
  const items = own.map((pull) => {
    const sha = heads.get(`${HEADS}${pull.head.label}`) ?? pull.head.sha;
    return { ...pull, head: { ...pull.head, sha } };
  });
  return { ...listed, items };
}

/** Every open pull request, anybody's, oldest first, so that what is opened meanwhile moves none to another page. */
export async function listOpen(context: PullContext): Promise<GiteaList<GiteaPull>> {
  const doing = "list the open pull requests";
  const query = { state: "open", sort: "oldest" };
  const path = `${context.path}/pulls`;
  for (let attempt = 1; ; attempt += 1) {
    const listed = await listPages(context.client, {
      ...{ doing, path, query, shape: GiteaPull, most: MOST_PAGES },
      absent: () => explainNoPulls(context),
    });
    const isWhole =
      !listed.complete || (await isUnmoved(context, listed.items, `${path}?${new URLSearchParams(query)}`));
    if (isWhole || attempt === 3) return { ...listed, complete: listed.complete && isWhole };
  }
}

/**
 * Whether no pull request was closed while several pages were read: it moves the later ones forward, and the first of the next
 * page would be missed. Then the one in front of the last page is another than was read.
 */
async function isUnmoved(context: PullContext, items: readonly GiteaPull[], list: string): Promise<boolean> {
  const boundary = Math.floor((items.length - 1) / PAGE) * PAGE;
  if (boundary < PAGE) return true;
  const found = await context.client.get("list again", `${list}&limit=1&page=${boundary}`, GiteaPull.array());
  return found?.[0]?.number === items[boundary - 1]?.number;
}

/** The branches of the pull requests that the bot opened after a moment. Undefined where one cannot be read. Throws ForgeError. */
export async function listOpenedBranches(
  context: PullContext,
  own: OwnPulls,
  since: Instant,
): Promise<readonly string[] | undefined> {
  const { items, complete } = await own(context);
  return complete
    ? items.filter((pull) => Date.parse(pull.created_at) > since).map(({ head }) => head.label)
    : undefined;
}

/** The bot's pull requests opened or ended after a moment; undefined where they cannot all be read. Throws ForgeError. */
export async function listRecentPulls(
  context: PullContext,
  own: OwnPulls,
  since: Instant,
): Promise<readonly PullRequest[] | undefined> {
  const { items, complete } = await own(context);
  const isEnded = (pull: GiteaPull) => pull.state === "closed" && Date.parse(pull.closed_at ?? "") > since;
  const recent = items.filter((pull) => Date.parse(pull.created_at) > since || isEnded(pull));
  const read = await toPulls(context, recent);
  return complete && read.complete ? read.pulls : undefined;
}
