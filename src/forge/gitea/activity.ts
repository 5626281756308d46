import * as z from "zod";
import { type CommentKind, commentKindsOf, rolloutIn } from "../comment-markers.ts";
import { listPages } from "./client/pages.ts";
import { type GiteaContext, GiteaUser, refuseAbsent } from "./context.ts";

/** What happened to a pull request or an issue, as far as RAOS asks. */
export interface Activity {
  /** What the bot's own comment says of the roll-out; undefined: there is none. */
  readonly rollout: string | undefined;
  /** The kinds of the bot's own comments. */
  readonly comments: ReadonlySet<CommentKind>;
  /** Whether the bot's account closed it last. */
  readonly closedByAccount: boolean;
  /**
   * Whether Gitea closed it last in the account's name, because the account had deleted a branch of that name. It does so in a
   * queue: a pull request that was opened on the same branch a moment later is closed, too.
   */
  readonly closedByDeletion: boolean;
}

const TimelineEntry = z.object({ type: z.string(), user: GiteaUser.nullish(), body: z.string().nullish() });

/** Most pages of fifty entries; of a longer timeline, the first of them. */
const MOST_PAGES = 20;
const NOTHING: Activity = { rollout: undefined, comments: new Set(), closedByAccount: false, closedByDeletion: false };

/** What is known of a pull request or an issue from a list: with it an earlier answer is recognised as the present one. */
export interface Stamp {
  readonly number: number;
  readonly updatedAt: string;
  readonly state: string;
  /** How many comments it has, anybody's. */
  readonly comments: number;
}

/** Reads activities; each is read again only where its stamp has changed. */
export type ActivityReader = (context: GiteaContext, stamp: Stamp) => Promise<Activity>;

/** Most activities that are kept. */
const KEPT = 5000;

/** A reader that remembers what it read. Of an open or merged one on which nobody commented, nothing is read. */
export function createActivityReader(): ActivityReader {
  const known = new Map<number, { readonly key: string; readonly activity: Activity }>();
  return async (context, { number, updatedAt, state, comments }) => {
    if (comments === 0 && state !== "closed") return NOTHING;
    const key = `${updatedAt} ${state} ${comments}`;
    const before = known.get(number);
    if (before?.key === key) return before.activity;
    const activity = await readActivity(context, number);
    // A moment is a whole second: what was changed in this one may change once more within it.
    if (Date.parse(updatedAt) < Date.now() - SETTLED) {
      if (known.size >= KEPT) known.clear();
      known.set(number, { key, activity });
    }
    return activity;
  };
}

/** Clocks may differ by this much. Milliseconds. */
const SETTLED = 60_000;

async function readActivity(context: GiteaContext, number: number): Promise<Activity> {
  const { id } = await context.account();
  const { items } = await listPages(context.client, {
    doing: `read the timeline of #${number}`,
    path: `${context.path}/issues/${number}/timeline`,
    query: {},
    shape: TimelineEntry,
    most: MOST_PAGES,
    absent: () => refuseAbsent(`#${number}`),
    endsEmpty: true,
  });
  const own = items.filter(({ type, user }) => type === "comment" && user?.id === id);
  const closing = items.findLastIndex(({ type }) => type === "close");
  const isOfAccount = (entry: z.infer<typeof TimelineEntry> | undefined) => entry?.user?.id === id;
  const next = items[closing + 1];
  const bodies = own.map(({ body }) => body ?? "");
  return {
    rollout: rolloutIn(bodies),
    comments: commentKindsOf(bodies),
    closedByAccount: isOfAccount(items[closing]),
    closedByDeletion: isOfAccount(items[closing]) && next?.type === "delete_branch" && isOfAccount(next),
  };
}
