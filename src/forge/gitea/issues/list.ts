import type { Issue } from "../../../domain/alert/incident.ts";
import { type GiteaList, listPages } from "../client/pages.ts";
import { readRepositoryFacts } from "../context.ts";
import type { PullContext } from "../pulls/read.ts";
import { GiteaIssue, toBotIssue } from "./shape.ts";

/** How long an issue that is closed is remembered: 90 days, in milliseconds. */
const REMEMBERED = 90 * 86_400_000;
/** Most pages of issues of one state: 5,000. */
const MOST_PAGES = 100;

/** The bot's open issues, and those closed in the last 90 days. Throws ForgeError. */
export async function listGiteaIssues(
  context: PullContext,
): Promise<{ readonly issues: readonly Issue[]; readonly complete: boolean }> {
  const since = Date.now() - REMEMBERED;
  // One after the other: what is closed in between is in both lists, and not in none.
  const open = await listState(context, "open", {});
  const closed = await listState(context, "closed", { since: new Date(since).toISOString() });
  const listed = [...open.items, ...closed.items];
  const all = await Promise.all(listed.map((issue) => toBotIssue(context, issue)));
  const byNumber = new Map(all.flatMap((issue) => (issue === undefined ? [] : [[issue.number, issue]])));
  const issues = [...byNumber.values()].filter((issue) => issue.state === "open" || (issue.endedAt ?? 0) > since);
  return { issues, complete: open.complete && closed.complete };
}

async function listState(
  context: PullContext,
  state: "open" | "closed",
  more: Readonly<Record<string, string>>,
): Promise<GiteaList<GiteaIssue>> {
  const { login } = await context.account();
  return listPages(context.client, {
    doing: `list the ${state} issues`,
    path: `${context.path}/issues`,
    query: { type: "issues", state, created_by: login, ...more },
    shape: GiteaIssue,
    most: MOST_PAGES,
    // Where issues are turned off there are none, and opening one says so.
    absent: async () => void (await readRepositoryFacts(context)),
  });
}
