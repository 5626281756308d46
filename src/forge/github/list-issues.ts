import type { Issue } from "../../domain/alert/incident.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { GitHubClient } from "./client/client.ts";
import type { ClosedIssuesReader } from "./closed-issues.ts";
import type { RepositoryName } from "./context.ts";
import { type ListedIssues, readIssue, readIssuePages } from "./issue-pages.ts";
import type { WriteMemory } from "./write-memory.ts";

/** How long an issue that is closed is remembered: 90 days, in milliseconds. */
export const REMEMBERED = 90 * 86_400_000;

/** The issues that this process wrote a moment ago. */
export type IssueMemory = WriteMemory<Issue>;

/** The bot's issues. `complete` is false where there are too many to list, or one cannot be read. */
export interface BotIssues {
  readonly issues: readonly Issue[];
  readonly complete: boolean;
}

/**
 * The bot's issues that are open and, with a reader of closed ones, those closed in the last 90 days. An issue that this
 * process wrote a moment ago is read by its number where the lists do not show it as written. Throws ForgeError.
 */
export async function listIssues(
  client: GitHubClient,
  repository: RepositoryName,
  memory: IssueMemory,
  readClosed: ClosedIssuesReader = async () => ({ issues: [], fresh: new Set(), complete: true }),
  now: () => Instant = Date.now,
): Promise<BotIssues> {
  const since = now() - REMEMBERED;
  const [open, closed] = await Promise.all([listOpen(client, repository), readClosed(since)]);
  // An issue that was closed between the two reads is in both lists: then what was read now is newer, what was remembered older.
  const [read, remembered] = [true, false].map((isFresh) =>
    closed.issues.filter(({ number }) => closed.fresh.has(number) === isFresh),
  );
  const all = [...(remembered ?? []), ...open.issues, ...(read ?? [])];
  const byNumber = new Map(all.map((issue) => [issue.number, issue]));
  const isAsWritten = (written: Issue) => byNumber.get(written.number)?.state === written.state;
  const outdated = memory.recent().filter((written) => !isAsWritten(written));
  const again = await Promise.all(outdated.map((written) => readIssue(client, repository, written.number)));
  for (const issue of again) if (issue !== undefined) byNumber.set(issue.number, issue);
  const issues = [...byNumber.values()].filter((issue) => issue.state === "open" || (issue.endedAt ?? 0) > since);
  return { issues, complete: open.complete && closed.complete && !again.includes(undefined) };
}

async function listOpen(client: GitHubClient, repository: RepositoryName): Promise<ListedIssues> {
  return readIssuePages(client, repository, { states: ["OPEN"], filter: null }, Number.NEGATIVE_INFINITY);
}
