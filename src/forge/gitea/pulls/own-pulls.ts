import type { Instant } from "../../../domain/values/scalars.ts";
import { type GiteaList, listPages, PAGE } from "../client/pages.ts";
import { explainNoPulls } from "../context.ts";
import type { PullContext } from "./read.ts";
import { GiteaPull, isOnOwnBranch } from "./shape.ts";

/** Lists the bot's pull requests, in every state. Throws ForgeError. */
export type OwnPulls = (context: PullContext) => Promise<GiteaList<GiteaPull>>;

/** Most pages: the bot's last 20,000 pull requests count; older ones are forgotten. */
const MOST_PAGES = 400;
/** Clocks may differ by this much, and moments are whole seconds. Milliseconds. */
const OVERLAP = 60_000;

/**
 * A reader that remembers what it read: later reads list only what was changed since. Gitea cannot list the pull requests of one
 * branch, so those of all branches are read, the bot's own alone.
 */
export function createOwnPulls(): OwnPulls {
  const known = new Map<number, GiteaPull>();
  let until: Instant | undefined;
  /** Reads what was changed since `until`. */
  const readChanged = async (
    context: PullContext,
  ): Promise<{ readonly pages: number; readonly unreadable: boolean }> => {
    const { id, login } = await context.account();
    const after = until === undefined ? Number.NEGATIVE_INFINITY : until - OVERLAP;
    const listed = await listPages(context.client, {
      doing: "list the bot's pull requests",
      path: `${context.path}/pulls`,
      query: { state: "all", sort: "recentupdate", poster: login },
      shape: GiteaPull,
      most: MOST_PAGES,
      absent: () => explainNoPulls(context),
      enough: (page) => page.some((pull) => Date.parse(pull.updated_at) <= after),
    });
    for (const pull of listed.items.toReversed())
      if (pull.user?.id === id && isOnOwnBranch(pull)) known.set(pull.number, pull);
    const newest = Math.max(...listed.items.map((pull) => Date.parse(pull.updated_at)));
    if (!listed.unreadable && newest > (until ?? 0)) until = newest;
    return { pages: listed.items.length / PAGE, unreadable: listed.unreadable };
  };
  return async (context) => {
    let read = await readChanged(context);
    // What was changed while later pages were read has moved to the first one.
    if (read.pages > 1 && !read.unreadable) read = await readChanged(context);
    return { items: [...known.values()], complete: !read.unreadable, unreadable: read.unreadable };
  };
}
