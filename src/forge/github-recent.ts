import * as z from "zod";
import type { StandingPull } from "../domain/change.ts";
import type { Instant } from "../domain/scalars.ts";
import type { GitHubClient } from "./github-client.ts";
import { isOurs, PULL_FIELDS, PullNode, toStandingPull } from "./github-pull.ts";
import type { Place } from "./github-standing.ts";

const Page = z.object({
  repository: z.object({
    pullRequests: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(z.object({ createdAt: z.string(), headRefName: z.string(), isCrossRepository: z.boolean() })),
    }),
  }),
});

const RECENT = `query Recent($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: 100, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { createdAt headRefName isCrossRepository }
    }
  }
}`;

const RecentPage = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({ pullRequests: z.object({ nodes: z.array(PullNode.nullable()).nullable() }) }),
});

const NEWEST = `query Newest($owner: String!, $name: String!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequests(first: 100, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { ${PULL_FIELDS} } }
  }
}`;

/** The bot's pull requests opened after a moment; undefined where that was before the hundredth newest of the repository. */
export async function recentPulls(
  client: GitHubClient,
  place: Place,
  since: Instant,
): Promise<readonly StandingPull[] | undefined> {
  const { viewer, repository } = await client.query("read the newest pull requests", NEWEST, { ...place }, RecentPage);
  const nodes = repository.pullRequests.nodes ?? [];
  const read = nodes.filter((node) => node !== null);
  if (read.length < nodes.length) return undefined;
  const near = read.filter((node) => Date.parse(node.createdAt) > since);
  if (near.length === 100) return undefined;
  return near.filter(isOurs).map((node) => toStandingPull(node, viewer.login));
}

/** Pages looked at: what 5,000 pull requests do not tell is not known. */
const MOST_PAGES = 50;

/** How many pull requests on branches of the bot were opened after a moment; undefined where there are too many to tell. */
export async function openedSince(client: GitHubClient, place: Place, since: Instant): Promise<number | undefined> {
  let count = 0;
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const variables: Readonly<Record<string, unknown>> = { ...place, after };
    const { repository }: z.infer<typeof Page> = await client.query(
      "read the newest pull requests",
      RECENT,
      variables,
      Page,
    );
    const { nodes, pageInfo } = repository.pullRequests;
    for (const node of nodes) {
      if (Date.parse(node.createdAt) <= since) return count;
      if (!node.isCrossRepository && node.headRefName.startsWith("raos/")) count += 1;
    }
    if (!pageInfo.hasNextPage) return count;
    after = pageInfo.endCursor;
  }
  return undefined;
}
