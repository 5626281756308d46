import * as z from "zod";
import type { Issue } from "../../domain/alert/incident.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { ForgeError } from "../forge.ts";
import type { GitHubClient } from "./client/client.ts";
import type { RepositoryName } from "./context.ts";
import { PageInfo, readCursorPages } from "./cursor-pages.ts";
import { ISSUE_FIELDS, IssueNode, toIssue } from "./issue-node.ts";

const ListedIssue = IssueNode.extend({ updatedAt: z.string() });
const Page = z.object({
  repository: z.object({
    issues: z.object({
      pageInfo: PageInfo,
      nodes: z.array(ListedIssue.nullable()).nullable(),
    }),
  }),
});

/** Newest change first. */
const LIST = `query Issues($owner: String!, $name: String!, $after: String, $states: [IssueState!], $filter: IssueFilters) {
  repository(owner: $owner, name: $name) {
    issues(first: 50, after: $after, states: $states, filterBy: $filter, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { updatedAt ${ISSUE_FIELDS} }
    }
  }
}`;

/** Most pages read: 2,000 issues. */
const MOST_PAGES = 40;

/** What pages of issues hold, anybody's. */
export interface ListedIssues {
  /** The bot's. */
  readonly issues: readonly Issue[];
  /** The number of every issue that was read. */
  readonly seen: ReadonlySet<number>;
  /** Whether all of them were read, down to the moment that was asked for. */
  readonly complete: boolean;
  /** When the newest of them was changed, and the oldest that was read; undefined where there is none. */
  readonly newest: Instant | undefined;
  readonly oldest: Instant | undefined;
}

/** Reads issues of one state, those changed after a moment. Throws ForgeError. */
export async function readIssuePages(
  client: GitHubClient,
  repository: RepositoryName,
  which: { readonly states: readonly string[]; readonly filter: { readonly since: string } | null },
  until: Instant,
): Promise<ListedIssues> {
  const found = new Map<number, Issue>();
  const seen = new Set<number>();
  const moments: Instant[] = [];
  let isReached = false;
  const complete = await readCursorPages<z.infer<typeof ListedIssue>>({
    most: MOST_PAGES,
    async read(after) {
      const page = await client.query("read the issues", LIST, { ...repository, ...which, after }, Page);
      return page.repository.issues;
    },
    take(nodes) {
      for (const node of nodes) {
        if (node === null) return false;
        isReached = Date.parse(node.updatedAt) <= until;
        if (isReached) return false;
        moments.push(Date.parse(node.updatedAt));
        seen.add(node.number);
        const issue = toIssue(node);
        if (issue !== undefined) found.set(issue.number, issue);
      }
      return true;
    },
  });
  const [newest, oldest] = [moments[0], moments.at(-1)];
  return { issues: [...found.values()], seen, complete: complete || isReached, newest, oldest };
}

const ONE = `query Issue($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) { ${ISSUE_FIELDS} } }
}`;
const OneIssue = z.object({ repository: z.object({ issue: IssueNode }) });

/** One issue of the bot; undefined where there is none of that number, or somebody else opened it. Throws ForgeError. */
export async function readIssue(
  client: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<Issue | undefined> {
  try {
    const answer = await client.query(`read issue #${number}`, ONE, { ...repository, number }, OneIssue);
    return toIssue(answer.repository.issue);
  } catch (error) {
    if (error instanceof ForgeError && error.code === "not-found") return undefined;
    throw error;
  }
}
