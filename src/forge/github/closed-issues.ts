import type { Issue } from "../../domain/alert/incident.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { GitHubClient } from "./client/client.ts";
import type { RepositoryName } from "./context.ts";
import { readIssuePages } from "./issue-pages.ts";

/** The bot's issues that were closed. */
export interface ClosedIssues {
  readonly issues: readonly Issue[];
  /** The numbers of those that were read now; the others are as an earlier read showed them. */
  readonly fresh: ReadonlySet<number>;
  readonly complete: boolean;
}

/** Lists the bot's issues that were closed after a moment. Throws ForgeError. */
export type ClosedIssuesReader = (since: Instant) => Promise<ClosedIssues>;

/** What has to be known for the list to be complete: a week; older ones are read as far as the pages go. Milliseconds. */
const NEEDED = 7 * 86_400_000;
/** GitHub's lists may be older than its last writes. Milliseconds. */
const OVERLAP = 600_000;

/**
 * A reader that remembers what it read, so that later reads list only what was changed in the last minutes, however many
 * issues people closed before.
 */
export function createClosedIssuesReader(
  client: GitHubClient,
  repository: RepositoryName,
  now: () => Instant = Date.now,
): ClosedIssuesReader {
  let known: { readonly since: Instant; readonly until: Instant; readonly issues: readonly Issue[] } | undefined;
  return async (since) => {
    const before = known !== undefined && known.since <= since ? known : { since, until: since, issues: [] };
    const from = Math.max(since, before.until - OVERLAP);
    // An issue that was closed after a moment was also changed after it.
    const which = { states: ["CLOSED"], filter: { since: new Date(from).toISOString() } };
    const listed = await readIssuePages(client, repository, which, from);
    const remembered = before.issues.filter(({ number }) => !listed.seen.has(number));
    const issues = [...remembered, ...listed.issues].filter(({ endedAt = 0 }) => endedAt > since);
    // Where the pages end before what is known, a gap would be remembered; so nothing is.
    const isWhole = listed.complete || (before.until === since && (listed.oldest ?? since) <= now() - NEEDED);
    if (isWhole) known = { since: before.since, until: Math.max(before.until, listed.newest ?? before.until), issues };
    return { issues, fresh: listed.seen, complete: isWhole };
  };
}
